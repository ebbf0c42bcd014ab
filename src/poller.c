/* SPDX-License-Identifier: MIT */
/* Waiting for many sockets. */
#include "retry.h"

static int check_poller(const skt_poller *p) {
  return p == NULL ? SKT_EFAULT : p->open == 0 ? SKT_EBADF : 0;
}

int skt_poller_create(skt_poller *p) {
  if (p == NULL) {
    return SKT_EFAULT;
  }
  *p = (skt_poller){.open = 0};
  int rc = skt__sys_start();
  if (rc == 0) {
    rc = skt__sys_poller_create(p);
  }
  if (rc < 0) {
    *p = (skt_poller){.open = 0};
  } else {
    p->open = 1;
  }
  return rc;
}

static int check_watch(const skt_poller *p, const skt *s, int events) {
  int rc = check_poller(p);
  if (rc == 0) {
    rc = skt__check(s);
  }
  return rc < 0                                      ? rc
         : (events & ~(SKT_BOTH | SKT_ONESHOT)) != 0 ? SKT_EINVAL
                                                     : skt__check_wait(s);
}

int skt_poller_add(skt_poller *p, skt *s, int events, void *user) {
  int rc = check_watch(p, s, events);
  return rc < 0 ? rc : skt__sys_poller_add(p, skt__handle(s), events, user);
}

int skt_poller_modify(skt_poller *p, skt *s, int events, void *user) {
  int rc = check_watch(p, s, events);
  return rc < 0 ? rc : skt__sys_poller_modify(p, skt__handle(s), events, user);
}

int skt_poller_remove(skt_poller *p, skt *s) {
  int rc = check_poller(p);
  if (rc == 0) {
    rc = skt__check(s);
  }
  return rc < 0 ? rc : skt__sys_poller_remove(p, skt__handle(s));
}

/* Why nobody can wait here now, in the order of skt.h. */
static SKT__COLD int refuse_wait(const skt_poller *p, const skt_event *events) {
  int rc = check_poller(p);
  return rc < 0 ? rc : events == NULL ? SKT_EFAULT : SKT_EINVAL;
}

/* Whether a wait that told nothing goes on, and for how long. */
static SKT__COLD bool goes_on_waiting(int *rc, int *timeout_ms,
                                      int64_t deadline_us) {
  bool looked = *rc == 0 || *timeout_ms > 0;
  if (*rc != 0 && *rc != SKT__EINTR) {
    return false;
  }
  *rc = 0;
  *timeout_ms = skt__remaining_ms(deadline_us);
  return *timeout_ms != 0 || !looked;
}

int skt_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                    int timeout_ms) {
  if (p == NULL || p->open == 0 || events == NULL || capacity == 0 ||
      timeout_ms < -1) {
    return refuse_wait(p, events);
  }
  if (!SKT__CLAIM(&p->waiting)) {
    return SKT_EBUSY;
  }
  int rc;
  int64_t deadline_us = skt__deadline(timeout_ms);
  capacity = capacity < SKT__EVENTS_MAX ? capacity : SKT__EVENTS_MAX;
  do {
    rc = skt__sys_poller_wait(p, events, capacity, timeout_ms);
  } while (rc <= 0 && goes_on_waiting(&rc, &timeout_ms, deadline_us));
  SKT__RELEASE(&p->waiting);
  return rc;
}

int skt_poller_wake(skt_poller *p) {
  int rc = check_poller(p);
  if (rc < 0 || !SKT__CLAIM(&p->pending)) {
    return rc;
  }
  do {
    rc = skt__sys_poller_wake(p);
  } while (rc == SKT__EINTR);
  if (rc < 0) {
    SKT__RELEASE(&p->pending);
  }
  return rc;
}

int skt_poller_destroy(skt_poller *p) {
  int rc = check_poller(p);
  if (rc < 0) {
    return rc;
  }
  if (!SKT__CLAIM(&p->waiting)) {
    return SKT_EBUSY;
  }
  skt__sys_poller_destroy(p);
  *p = (skt_poller){.open = 0};
  return 0;
}
