/* SPDX-License-Identifier: MIT */
/* Pollers over epoll. The siblings are poller_kqueue.c, poller_poll.c and
 * win32/poller_afd.c. */
#include "../sys.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* What epoll returns for the waker, and for sockets that are watched for no
 * event: addresses that are no caller's. */
static const char marks[2];
#define WAKER ((void *)&marks[0])
#define NO_EVENTS ((void *)&marks[1])

static bool is_mark(const void *user) {
  return (uintptr_t)user - (uintptr_t)marks < sizeof marks;
}

static int control(const skt_poller *p, int op, int s, uint32_t events,
                   void *user) {
  struct epoll_event e = {.events = events, .data.ptr = user};
  return epoll_ctl((int)p->handle, op, s, &e) < 0 ? skt__fail_in(SKT__IN_WATCH)
                                                  : 0;
}

/* The waker is never drained: edge-triggered, each write to an eventfd is an
 * event (epoll(7)). */
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
    rc = control(p, EPOLL_CTL_ADD, read_end, EPOLLIN | EPOLLET, WAKER);
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

/* epoll reports errors of a socket that is watched for no event, too. Such a
 * socket is one-shot, and its one report is discarded (epoll_ctl(2)). */
static int watch(const skt_poller *p, int op, int s, int events, void *user) {
  if ((events & SKT_BOTH) == 0) {
    return control(p, op, s, EPOLLONESHOT, NO_EVENTS);
  }
  uint32_t native = (events & SKT_ONESHOT) != 0 ? EPOLLONESHOT : 0;
  if ((events & SKT_READ) != 0) {
    native |= EPOLLIN;
  }
  if ((events & SKT_WRITE) != 0) {
    native |= EPOLLOUT;
  }
  return control(p, op, s, native, user);
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

/* The events of skt.h by epoll's low bits: EPOLLIN is 1, EPOLLOUT 4. An error,
 * EPOLLERR 8, is both. EPOLLHUP 16 comes when both sides have finished, which
 * is no error; alone, as for a cancelled socket, it is reported as one, because
 * a wait could not discard it. */
static int events_of(uint32_t native) {
  static const uint8_t meanings[] = {0, 1, 0, 1, 2, 3, 2, 3, 3, 3, 3,
                                     3, 3, 3, 3, 3, 3, 1, 3, 1, 2, 3,
                                     2, 3, 3, 3, 3, 3, 3, 3, 3, 3};
  return meanings[native & 31];
}

/* Replace the waker's mark by its event and remove the others. If none is left,
 * the marks may have taken the room of events: the caller waits again. */
static SKT__COLD int translate_marks(skt_event *events, int n) {
  int kept = 0;
  for (int i = 0; i < n; ++i) {
    if (events[i].user == NO_EVENTS) {
      continue;
    }
    if (events[i].user == WAKER) {
      events[i] = (skt_event){.events = SKT_WOKEN};
    }
    events[kept++] = events[i];
  }
  return kept > 0 ? kept : SKT__EINTR;
}

enum { NATIVE_SIZE = sizeof(struct epoll_event) };
_Static_assert(NATIVE_SIZE <= sizeof(skt_event), "in place");

/* epoll fills the caller's array with its own events, which are no larger. They
 * are translated in place, from the last to the first. */
int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms) {
  int n = epoll_wait((int)p->handle, (struct epoll_event *)(void *)events,
                     (int)capacity, timeout_ms);
  if (n < 0) {
    return skt__fail_in(SKT__IN_WAIT);
  }
  bool marked = false;
  const char *native = (const char *)events + (size_t)n * NATIVE_SIZE;
  for (skt_event *e = events + n; e != events;) {
    struct epoll_event from;
    native -= NATIVE_SIZE;
    memcpy(&from, native, NATIVE_SIZE);
    --e;
    e->user = from.data.ptr;
    e->events = events_of(from.events);
    marked |= is_mark(from.data.ptr);
  }
  return marked ? translate_marks(events, n) : n;
}

int skt__sys_poller_wake(skt_poller *p) {
  return skt__sys_waker_write((int)p->wakes);
}

/* epoll reports both by itself. */
void skt__sys_poller_closing(int s) { (void)s; }

void skt__sys_poller_cancelled(int s) { (void)s; }
