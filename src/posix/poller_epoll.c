/* SPDX-License-Identifier: MIT */
/* Pollers over epoll. The siblings are poller_kqueue.c, poller_poll.c and
 * win32/poller_afd.c. */
#include "../sys.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Data that no user can give: of the waker, and of sockets that are watched for
 * nothing. */
static const char marks[2];
#define WAKER ((void *)&marks[0])
#define NOBODY ((void *)&marks[1])

static bool is_mark(const void *user) {
  return (uintptr_t)user - (uintptr_t)marks < sizeof marks;
}

static int control(const skt_poller *p, int op, int s, uint32_t events,
                   void *user) {
  struct epoll_event e = {.events = events, .data.ptr = user};
  return epoll_ctl((int)p->handle, op, s, &e) < 0 ? skt__fail() : 0;
}

/* An eventfd that is watched for edges need never be read: each write is one
 * (epoll(7)). */
int skt__sys_poller_create(skt_poller *p) {
  int waits, wakes;
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) {
    return skt__fail();
  }
  p->handle = (uintptr_t)epoll;
  int rc = skt__sys_waker_create(&waits, &wakes);
  if (rc == 0) {
    p->wakes = (uintptr_t)wakes;
    rc = control(p, EPOLL_CTL_ADD, waits, EPOLLIN | EPOLLET, WAKER);
    if (rc < 0) {
      close(waits);
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

/* epoll tells of errors whether asked or not. A socket that is watched for
 * nothing tells of them once, to nobody (epoll_ctl(2)). */
static int watch(const skt_poller *p, int op, int s, int events, void *user) {
  if ((events & SKT_BOTH) == 0) {
    return control(p, op, s, EPOLLONESHOT, NOBODY);
  }
  uint32_t native = ((events & SKT_READ) != 0 ? EPOLLIN : 0u) |
                    ((events & SKT_WRITE) != 0 ? EPOLLOUT : 0u) |
                    ((events & SKT_ONESHOT) != 0 ? EPOLLONESHOT : 0u);
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

/* What epoll's low bits mean to a caller: EPOLLIN is 1, EPOLLOUT 4, and an
 * error, EPOLLERR 8 or EPOLLHUP 16, is both. */
static int events_of(uint32_t native) {
  static const uint8_t meanings[] = {0, 1, 0, 1, 2, 3, 2, 3, 3, 3, 3,
                                     3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
                                     3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
  return meanings[native & 31];
}

/* Take the marks out, and say what they mean. When nothing else was told, there
 * may have been no room for more. */
static SKT__COLD int settle_marks(skt_poller *p, skt_event *events, int n) {
  int kept = 0;
  for (int i = 0; i < n; ++i) {
    if (events[i].user == WAKER) {
      (void)SKT__TAKE(&p->pending);
      events[i] = (skt_event){.events = SKT_WOKEN};
    } else if (events[i].user == NOBODY) {
      continue;
    }
    events[kept++] = events[i];
  }
  return kept > 0 ? kept : SKT__EINTR;
}

_Static_assert(sizeof(struct epoll_event) <= sizeof(skt_event), "in place");

/* The caller's array takes the system's events, which are no larger, and they
 * are translated in place, from the last to the first. */
int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms) {
  int n = epoll_wait((int)p->handle, (struct epoll_event *)(void *)events,
                     (int)capacity, timeout_ms);
  if (n < 0) {
    return skt__fail_in(SKT__IN_WAIT);
  }
  bool marked = false;
  for (int i = n; i-- > 0;) {
    struct epoll_event e;
    memcpy(&e, (const char *)events + (size_t)i * sizeof e, sizeof e);
    events[i].user = e.data.ptr;
    events[i].events = events_of(e.events);
    marked |= is_mark(e.data.ptr);
  }
  return marked ? settle_marks(p, events, n) : n;
}

int skt__sys_poller_wake(skt_poller *p) {
  return skt__sys_waker_write((int)p->wakes);
}

void skt__sys_poller_closing(int s) { (void)s; }

void skt__sys_poller_cancelled(int s) { (void)s; }
