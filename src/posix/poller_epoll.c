/* SPDX-License-Identifier: MIT */
/* Pollers over epoll. The siblings are poller_kqueue.c, poller_poll.c and
 * win32/poller_afd.c. */
#include "../sys.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#ifndef SKT__EVENTFD
#error "epoll without eventfd: take SKT_POLLER=poll"
#endif

/* What epoll returns for the waker, and for sockets that are watched for no
 * event: addresses that are no caller's. */
static const char marks[2];
#define WAKER ((void *)&marks[0])
#define NO_EVENTS ((void *)&marks[1])

static int control(const skt_poller *p, int op, int s, uint32_t events,
                   void *user) {
  struct epoll_event e = {.events = events, .data.ptr = user};
  return epoll_ctl((int)p->handle, op, s, &e) < 0 ? skt__fail_in(SKT__IN_WATCH)
                                                  : 0;
}

/* The waker is never drained: edge-triggered, each write to an eventfd is an
 * event (epoll(7)). It is watched for both, although it is always writable, so
 * that each wake reports both (eventfd(2)): see skt__sys_poller_wait. That it
 * is writable is the first event, which is discarded here. */
static int watch_waker(const skt_poller *p, int read_end) {
  struct epoll_event writable;
  int rc =
      control(p, EPOLL_CTL_ADD, read_end, EPOLLIN | EPOLLOUT | EPOLLET, WAKER);
  if (rc == 0 && epoll_wait((int)p->handle, &writable, 1, 0) < 0) {
    rc = skt__fail_in(SKT__IN_WATCH);
  }
  return rc;
}

int skt__sys_poller_create(skt_poller *p) {
  int read_end, write_end;
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) {
    return skt__fail_in(SKT__IN_WATCH);
  }
  p->handle = (uintptr_t)epoll;
  int rc = skt__sys_waker_create(&read_end, &write_end);
  if (rc == 0) {
    p->wakes = (uintptr_t)write_end;
    rc = watch_waker(p, read_end);
    if (rc < 0) {
      close(read_end);
    }
  }
  if (rc < 0) {
    close(epoll);
  }
  return rc;
}

void skt__sys_poller_destroy(skt_poller *p) {
  close((int)p->wakes);
  close((int)p->handle);
}

/* The bits of epoll are 1 for EPOLLIN and 4 for EPOLLOUT, 8 for EPOLLERR and 16
 * for EPOLLHUP, on every processor. Halved and rounded up they are those of
 * skt.h, with an error as 4 and a hang-up as 8. */
enum { ERROR = 4, HUNG_UP = 8 };
_Static_assert(EPOLLIN == 1 && EPOLLOUT == 4 && EPOLLERR == 8 && EPOLLHUP == 16,
               "as above");
_Static_assert(SKT_READ == 1 && SKT_WRITE == 2, "as above");

static uint32_t epoll_bits(int both) {
  return (uint32_t)(both + (both & SKT_WRITE));
}

/* An error is both. A hang-up comes when both sides have finished, which is no
 * error; alone, as for a cancelled socket, it is reported as one, because a
 * wait could not discard it. */
static int without_errors(int events) {
  return (events & ERROR) != 0 || events == HUNG_UP ? SKT_BOTH
                                                    : events & SKT_BOTH;
}

/* epoll reports errors of a socket that is watched for no event, too. Such a
 * socket is one-shot, and its one report is discarded (epoll_ctl(2)). */
static SKT__COLD int watch_rarely(const skt_poller *p, int op, int s,
                                  int events, void *user) {
  int both = events & SKT_BOTH;
  return control(p, op, s, EPOLLONESHOT | epoll_bits(both),
                 both != 0 ? user : NO_EVENTS);
}

static int watch(const skt_poller *p, int op, int s, int events, void *user) {
  if ((unsigned)events - 1 >= SKT_BOTH) {
    return watch_rarely(p, op, s, events, user);
  }
  return control(p, op, s, epoll_bits(events), user);
}

int skt__sys_poller_add(skt_poller *p, int s, int events, void *user) {
  return watch(p, EPOLL_CTL_ADD, s, events, user);
}

int skt__sys_poller_modify(skt_poller *p, int s, int events, void *user) {
  return watch(p, EPOLL_CTL_MOD, s, events, user);
}

int skt__sys_poller_remove(skt_poller *p, int s) {
  return control(p, EPOLL_CTL_DEL, s, 0, NULL);
}

/* Replace the waker's mark by its event, remove the others, and name errors. If
 * none is left, the marks may have taken the room of events: the caller waits
 * again. */
static SKT__COLD int translate_rest(skt_event *events, int n) {
  int kept = 0, woke = 0;
  for (int i = 0; i < n; ++i) {
    skt_event e = events[i];
    if (e.user == NO_EVENTS) {
      continue;
    }
    if (e.user == WAKER) {
      e = (skt_event){.events = SKT_WOKEN};
      woke = SKT__WOKE;
    } else {
      e.events = without_errors(e.events);
    }
    events[kept++] = e;
  }
  return kept > 0 ? kept | woke : SKT__EINTR;
}

enum { NATIVE_SIZE = sizeof(struct epoll_event) };
_Static_assert(NATIVE_SIZE <= sizeof(skt_event), "in place");

/* Translate event i of the array. Returns its bits. */
static inline int translate(skt_event *events, int i) {
  struct epoll_event native;
  memcpy(&native, (const char *)events + (size_t)i * NATIVE_SIZE, NATIVE_SIZE);
  events[i].user = native.data.ptr;
  events[i].events = (int)((native.events + 1) / 2);
  return events[i].events;
}

/* From the last to the first, two at a time. Returns the bits of all. */
static int translate_all(skt_event *events, int n) {
  int bits = 0;
  for (; n >= 2; n -= 2) {
    bits |= translate(events, n - 1);
    bits |= translate(events, n - 2);
  }
  return n == 0 ? bits : bits | translate(events, 0);
}

/* epoll fills the caller's array with its own events, which are no larger, so
 * that they are translated in place. A wait mostly returns many or one. Marks
 * and errors have more bits than SKT_WRITE, and so have sockets that are ready
 * for both. */
SKT__INLINED int skt__sys_poller_wait(skt_poller *p, skt_event *events,
                                      size_t capacity, int timeout_ms) {
  int n = epoll_wait((int)p->handle, (struct epoll_event *)(void *)events,
                     (int)capacity, timeout_ms);
  if (n <= 0) {
    return n < 0 ? skt__fail_in(SKT__IN_WAIT) : 0;
  }
  int bits = n == 1 ? translate(events, 0) : translate_all(events, n);
  return bits > SKT_WRITE ? translate_rest(events, n) : n;
}

int skt__sys_poller_wake(skt_poller *p) {
  return skt__sys_waker_write((int)p->wakes);
}

/* epoll reports both by itself. */
void skt__sys_poller_closing(int s) { (void)s; }

void skt__sys_poller_cancelled(int s) { (void)s; }
