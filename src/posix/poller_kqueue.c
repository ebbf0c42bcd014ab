/* SPDX-License-Identifier: MIT */
/* Pollers over kqueue. The siblings are poller_epoll.c, poller_poll.c and
 * win32/poller_afd.c. */
#include "../sys.h"

#include <fcntl.h>
#include <sys/event.h>
#include <time.h>
#include <unistd.h>

/*
 * A watched socket has two filters, EVFILT_READ and EVFILT_WRITE; what it is
 * not watched for is disabled. A closed descriptor loses them by itself. They
 * keep the flags they were added with, and only their pointer can be changed
 * (kqueue_register, FreeBSD and NetBSD), so they are deleted and added again.
 * EVFILT_READ goes first and comes last: who has deleted it is alone.
 *
 * The flags come back with each event: none for levels, for one-shot
 */
#define ONE_EVENT EV_DISPATCH /* it disables itself */
#define ONE_OF_BOTH EV_CLEAR  /* the other one is to be disabled too */
#define WAKER (~(uintptr_t)0) /* no descriptor */

/*
 * Whether a socket is watched is asked by changing nothing. On FreeBSD, NetBSD
 * and macOS that changes the pointer. FreeBSD has a flag against it; elsewhere
 * a third filter is asked, of a kind that nobody is told of.
 */
#if defined EV_KEEPUDATA
#define ASKED EVFILT_READ
#define ASKING EV_KEEPUDATA
#elif defined EVFILT_EXCEPT
#define ASKED EVFILT_EXCEPT
#define ASKED_NOTES NOTE_OOB
#elif defined EVFILT_EMPTY
#define ASKED EVFILT_EMPTY
#define ASKED_NOTES 0
#else /* as with libkqueue, where the pointer stays */
#define ASKED EVFILT_READ
#endif
#ifndef ASKING
#define ASKING EV_CLEAR /* means nothing when nothing is added */
#endif

enum { FILTERS_MAX = 6, BATCH = 64 };

/* A list of changes, which kevent makes up to the first that fails. */
typedef struct changes {
  struct kevent list[FILTERS_MAX];
  int n;
} changes;

static void change(changes *c, uintptr_t id, int filter, int flags,
                   unsigned notes, void *user) {
  EV_SET(&c->list[c->n], id, (short)filter, (unsigned short)flags, notes, 0,
         user);
  ++c->n;
}

static int apply(const skt_poller *p, const changes *c) {
  static const struct timespec at_once;
  int rc = kevent((int)p->handle, c->list, c->n, NULL, 0, &at_once);
  return rc < 0 ? skt__fail() : 0;
}

static void delete_filters(changes *c, int s) {
  change(c, (uintptr_t)s, EVFILT_READ, EV_DELETE, 0, NULL);
  change(c, (uintptr_t)s, EVFILT_WRITE, EV_DELETE, 0, NULL);
}

static void add_filters(changes *c, int s, int events, void *user) {
  int often = (events & SKT_ONESHOT) == 0       ? 0
              : (events & SKT_BOTH) == SKT_BOTH ? ONE_OF_BOTH
                                                : ONE_EVENT;
  int write = (events & SKT_WRITE) != 0 ? EV_ADD : EV_ADD | EV_DISABLE;
  int read = (events & SKT_READ) != 0 ? EV_ADD : EV_ADD | EV_DISABLE;
  change(c, (uintptr_t)s, EVFILT_WRITE, write | often, 0, user);
  change(c, (uintptr_t)s, EVFILT_READ, read | often, 0, user);
}

/* The third filter, where there is one. */
static void change_asked(changes *c, int s, int flags) {
#ifdef ASKED_NOTES
  change(c, (uintptr_t)s, ASKED, flags, ASKED_NOTES, NULL);
#else
  (void)c, (void)s, (void)flags;
#endif
}

/* Neither macOS nor OpenBSD has kqueue1 or kqueuex. */
int skt__sys_poller_create(skt_poller *p) {
  changes c = {.n = 0};
  int queue = kqueue();
  if (queue < 0) {
    return skt__fail();
  }
  p->handle = (uintptr_t)queue;
  int rc = fcntl(queue, F_SETFD, FD_CLOEXEC) < 0 ? skt__fail() : 0;
  change(&c, WAKER, EVFILT_USER, EV_ADD | EV_CLEAR, 0, NULL);
  rc = rc < 0 ? rc : apply(p, &c);
  if (rc < 0) {
    close(queue);
  }
  return rc;
}

void skt__sys_poller_destroy(skt_poller *p) { close((int)p->handle); }

static int ask_whether_watched(const skt_poller *p, int s) {
  changes c = {.n = 0};
  change(&c, (uintptr_t)s, ASKED, ASKING, 0, NULL);
  return apply(p, &c);
}

int skt__sys_poller_add(skt_poller *p, int s, int events, void *user) {
  changes c = {.n = 0};
  int rc = ask_whether_watched(p, s);
  if (rc != SKT_ENOENT) {
    return rc == 0 ? SKT_EEXIST : rc;
  }
  change_asked(&c, s, EV_ADD | EV_DISABLE);
  add_filters(&c, s, events, user);
  rc = apply(p, &c);
  for (int i = 0; rc < 0 && i < c.n; ++i) {
    changes undo = {.n = 0};
    change(&undo, (uintptr_t)s, c.list[i].filter, EV_DELETE, 0, NULL);
    (void)apply(p, &undo);
  }
  return rc;
}

int skt__sys_poller_modify(skt_poller *p, int s, int events, void *user) {
  changes c = {.n = 0};
  delete_filters(&c, s);
  add_filters(&c, s, events, user);
  return apply(p, &c);
}

int skt__sys_poller_remove(skt_poller *p, int s) {
  changes c = {.n = 0};
  delete_filters(&c, s);
  change_asked(&c, s, EV_DELETE);
  return apply(p, &c);
}

static int events_told(const struct kevent *e) {
  bool failed = (e->flags & EV_EOF) != 0 && e->fflags != 0;
  return failed ? SKT_BOTH : e->filter == EVFILT_READ ? SKT_READ : SKT_WRITE;
}

/* One event of several was told: the socket has gone, or is disabled. */
static void disable(const skt_poller *p, const struct kevent *e) {
  changes c = {.n = 0};
  change(&c, e->ident, EVFILT_READ, EV_DISABLE, 0, (void *)e->udata);
  change(&c, e->ident, EVFILT_WRITE, EV_DISABLE, 0, (void *)e->udata);
  (void)apply(p, &c);
}

static void tell(skt_poller *p, const struct kevent *e, skt_event *out) {
  if (e->ident == WAKER) {
    (void)SKT__TAKE(&p->pending);
    *out = (skt_event){.events = SKT_WOKEN};
    return;
  }
  *out = (skt_event){.user = (void *)e->udata, .events = events_told(e)};
  if ((e->flags & ONE_OF_BOTH) != 0) {
    disable(p, e);
  }
}

/* The two filters of a socket may both be told: they are one event. */
int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms) {
  struct kevent native[BATCH];
  struct timespec limit = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
  int room = capacity < BATCH ? (int)capacity : BATCH;
  int count = kevent((int)p->handle, NULL, 0, native, room,
                     timeout_ms < 0 ? NULL : &limit);
  if (count < 0) {
    return skt__fail_in(SKT__IN_WAIT);
  }
  int n = 0;
  for (int i = 0; i < count; ++i) {
    int first = 0;
    while (first < n && native[first].ident != native[i].ident) {
      ++first;
    }
    if (first < n) {
      events[first].events |= events_told(&native[i]);
    } else {
      tell(p, &native[i], &events[n]);
      native[n++] = native[i];
    }
  }
  return n;
}

int skt__sys_poller_wake(skt_poller *p) {
  changes c = {.n = 0};
  change(&c, WAKER, EVFILT_USER, 0, NOTE_TRIGGER, NULL);
  return apply(p, &c);
}

void skt__sys_poller_closing(int s) { (void)s; }

void skt__sys_poller_cancelled(int s) { (void)s; }
