/* SPDX-License-Identifier: MIT */
/* Waiting for many sockets. */
#include "retry.h"

static int check_poller(const skt_poller *p) {
  if (p == NULL) {
    return SKT_EFAULT;
  }
  return p->open == 0 ? SKT_EBADF : 0;
}

int skt_poller_create(skt_poller *p) {
  if (p == NULL) {
    return SKT_EFAULT;
  }
  *p = (skt_poller){.open = 0};
  int rc = skt__sys_start();
  if (rc == 0) {
    SKT__UNINTERRUPTED(rc, skt__sys_poller_create(p));
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
  if (rc < 0) {
    return rc;
  }
  if ((events & ~(SKT_BOTH | SKT_ONESHOT)) != 0) {
    return SKT_EINVAL;
  }
  return skt__check_wait(s);
}

int skt_poller_add(skt_poller *p, skt *s, int events, void *user) {
  int rc = check_watch(p, s, events);
  if (rc == 0) {
    SKT__UNINTERRUPTED(rc,
                       skt__sys_poller_add(p, skt__handle(s), events, user));
  }
  return rc;
}

int skt_poller_modify(skt_poller *p, skt *s, int events, void *user) {
  int rc = check_watch(p, s, events);
  if (rc == 0) {
    SKT__UNINTERRUPTED(rc,
                       skt__sys_poller_modify(p, skt__handle(s), events, user));
  }
  return rc;
}

int skt_poller_remove(skt_poller *p, skt *s) {
  int rc = check_poller(p);
  if (rc == 0) {
    rc = skt__check(s);
  }
  if (rc == 0) {
    SKT__UNINTERRUPTED(rc, skt__sys_poller_remove(p, skt__handle(s)));
  }
  return rc;
}

/* The first call of a wait for ever, or of a look, mostly is the only one, and
 * it needs no clock. */
static SKT__COLD int wait_with_clock(skt_poller *p, skt_event *events,
                                     size_t capacity, int timeout_ms) {
  int rc;
  skt__timer timer = skt__timer_start(timeout_ms);
  do {
    rc = skt__sys_poller_wait(p, events, capacity, timer.left_ms);
  } while (rc <= 0 && skt__timer_goes_on(&timer, &rc));
  return rc;
}

static int wait_for_events(skt_poller *p, skt_event *events, size_t capacity,
                           int timeout_ms) {
  int rc = 0;
  if (timeout_ms <= 0) {
    rc = skt__sys_poller_wait(p, events, capacity, timeout_ms);
  }
  if (rc <= 0 && (rc == SKT__EINTR || (rc == 0 && timeout_ms != 0))) {
    rc = wait_with_clock(p, events, capacity, timeout_ms);
  }
  return rc;
}

/* What is wrong with the arguments, in the order of skt.h; or the capacity is
 * larger than a backend takes, and the wait begins again with less. */
/* NOLINTBEGIN(misc-no-recursion): once, and skt_poller_wait stays short */
static SKT__COLD int refuse_or_cut(skt_poller *p, skt_event *events,
                                   size_t capacity, int timeout_ms) {
  int rc = check_poller(p);
  if (rc < 0) {
    return rc;
  }
  if (events == NULL) {
    return SKT_EFAULT;
  }
  if (capacity == 0 || timeout_ms < -1) {
    return SKT_EINVAL;
  }
  return skt_poller_wait(p, events, SKT__EVENTS_MAX, timeout_ms);
}

/* If a wake was reported. That also makes visible what other threads
 * wrote before their wakes. */
static SKT__COLD void clear_pending(skt_poller *p, const skt_event *events,
                                    int n) {
  for (int i = 0; i < n; ++i) {
    if (events[i].events == SKT_WOKEN) {
      skt__wake_taken(&p->pending);
    }
  }
}

int skt_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                    int timeout_ms) {
  if (p == NULL || p->open == 0 || events == NULL || timeout_ms < -1 ||
      capacity - 1 >= SKT__EVENTS_MAX) {
    return refuse_or_cut(p, events, capacity, timeout_ms);
  }
  if (!SKT__CLAIM(&p->waiting)) {
    return SKT_EBUSY;
  }
  int rc = wait_for_events(p, events, capacity, timeout_ms);
  if ((SKT__FLAG(&p->pending) & SKT__WAKES) != 0) {
    clear_pending(p, events, rc);
  }
  SKT__RELEASE(&p->waiting);
  return rc;
}
/* NOLINTEND(misc-no-recursion) */

int skt_poller_wake(skt_poller *p) {
  uint32_t seen;
  int rc = check_poller(p);
  if (rc < 0 || !skt__wake_begins(&p->pending, &seen)) {
    return rc;
  }
  SKT__UNINTERRUPTED(rc, skt__sys_poller_wake(p));
  return skt__wake_ends(&p->pending, seen, rc);
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
