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
    p->open = p->idle = 1;
  }
  return rc;
}

/* A call of add or modify, kept in memory so that the fast path saves no
 * registers. */
typedef struct watch_request {
  skt_poller *p;
  skt *s;
  int events;
  void *user;
} watch_request;

typedef int watch_call(skt_poller *p, skt__os_handle s, int events, void *user);

static bool has_known_events(int events) {
  return (events & ~(SKT_BOTH | SKT_ONESHOT)) == 0;
}

static int check_watch(const watch_request *r) {
  int rc = check_poller(r->p);
  if (rc == 0) {
    rc = skt__check(r->s);
  }
  if (rc < 0) {
    return rc;
  }
  return has_known_events(r->events) ? skt__check_wait(r->s) : SKT_EINVAL;
}

static SKT__COLD int watch_slowly(const watch_request *r, watch_call *call) {
  int rc = check_watch(r);
  if (rc == 0) {
    SKT__UNINTERRUPTED(rc, call(r->p, skt__handle(r->s), r->events, r->user));
  }
  return rc;
}

/* The usual watch is of a connection: no further check stops it. */
static inline bool is_usual(const skt_poller *p, const skt *s, int events) {
  return p != NULL && p->open != 0 && s != NULL &&
         skt__state(s) == SKT_CONNECTED && !skt__cancelled(s) &&
         has_known_events(events);
}

int skt_poller_add(skt_poller *p, skt *s, int events, void *user) {
  watch_request r = {p, s, events, user};
  int rc = SKT__EINTR;
  if (is_usual(p, s, events)) {
    rc = skt__sys_poller_add(p, skt__handle(s), events, user);
  }
  return rc == SKT__EINTR ? watch_slowly(&r, skt__sys_poller_add) : rc;
}

int skt_poller_modify(skt_poller *p, skt *s, int events, void *user) {
  watch_request r = {p, s, events, user};
  int rc = SKT__EINTR;
  if (is_usual(p, s, events)) {
    rc = skt__sys_poller_modify(p, skt__handle(s), events, user);
  }
  return rc == SKT__EINTR ? watch_slowly(&r, skt__sys_poller_modify) : rc;
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

/* A wait in progress, kept in memory for the same reason. */
typedef struct waiting_poller {
  skt_poller *volatile p; /* else the fast path would keep it in a register */
  skt_event *events;
  size_t capacity;
  int timeout_ms;
} waiting_poller;

/* To take a wake also makes visible what other threads wrote before it. */
static int take_wake(skt_poller *p, int rc) {
  if (rc < 0 || (rc & SKT__WOKE) == 0) {
    return rc;
  }
  skt__wake_taken(&p->pending);
  return rc & ~SKT__WOKE;
}

/* Go on after a call that returned rc, whatever that is. */
static int wait_on(const waiting_poller *r, skt__timer timer, int rc) {
  while (rc <= 0 && skt__timer_goes_on(&timer, &rc)) {
    rc = skt__sys_poller_wait(r->p, r->events, r->capacity, timer.left_ms);
  }
  return take_wake(r->p, rc);
}

/* The first call of a wait for ever, or of a look, mostly is the only one, and
 * no deadline needs a clock. */
static SKT__COLD int wait_again(const waiting_poller *r, int rc) {
  return wait_on(r, skt__timer_start(r->timeout_ms), rc);
}

/* In the order of skt.h. */
static int check_request(const waiting_poller *r) {
  int rc = check_poller(r->p);
  if (rc < 0) {
    return rc;
  }
  if (r->events == NULL) {
    return SKT_EFAULT;
  }
  return r->capacity == 0 || r->timeout_ms < -1 ? SKT_EINVAL : 0;
}

/* A wait for a limited time, for which the clock is asked first: after a signal
 * nothing else knows how much is left. Or a capacity that no backend takes, or
 * an error. */
static SKT__COLD int wait_slowly(skt_poller *p, skt_event *events,
                                 size_t capacity, int timeout_ms) {
  waiting_poller r = {p, events, capacity, timeout_ms};
  int rc = check_request(&r);
  if (rc < 0) {
    return rc;
  }
  if (!SKT__CLAIM(&p->idle)) {
    return SKT_EBUSY;
  }
  r.capacity = capacity < SKT__EVENTS_MAX ? capacity : SKT__EVENTS_MAX;
  skt__timer timer = skt__timer_start(timeout_ms);
  rc = skt__sys_poller_wait(p, events, r.capacity, timeout_ms);
  rc = wait_on(&r, timer, rc);
  SKT__RELEASE(&p->idle);
  return rc;
}

/* Each test stands for two: 0 is no capacity, -1 and 0 alone are times that
 * need no clock, and what is no poller is not idle. */
int skt_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                    int timeout_ms) {
  if (p == NULL || events == NULL || capacity - 1 >= SKT__EVENTS_MAX ||
      (unsigned)timeout_ms + 1 > 1 || !SKT__CLAIM(&p->idle)) {
    return wait_slowly(p, events, capacity, timeout_ms);
  }
  waiting_poller r = {p, events, capacity, timeout_ms};
  int rc = skt__sys_poller_wait(p, events, capacity, timeout_ms);
  if (rc <= 0 || rc > SKT__EVENTS_MAX) {
    rc = wait_again(&r, rc);
  }
  SKT__RELEASE(&r.p->idle);
  return rc;
}

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
  if (!SKT__CLAIM(&p->idle)) {
    return SKT_EBUSY;
  }
  skt__sys_poller_destroy(p);
  *p = (skt_poller){.open = 0};
  return 0;
}
