/* SPDX-License-Identifier: MIT */
/* Pollers over kqueue. The siblings are poller_epoll.c, poller_poll.c and
 * win32/poller_afd.c. */
#include "../sys.h"

#include <fcntl.h>
#include <sys/event.h>
#include <time.h>
#include <unistd.h>

/*
 * A watched socket has two filters, EVFILT_READ and EVFILT_WRITE; the one it is
 * not watched for is disabled. The kernel deletes both when the descriptor is
 * closed. A filter keeps the flags it was added with, and only its pointer can
 * be changed (kqueue_register, FreeBSD and NetBSD), so that modify deletes both
 * and adds them again. EVFILT_READ is deleted first and added last: EV_DELETE
 * succeeds for only one of several threads, which serialises modify and remove.
 *
 * The kernel returns each event with the flags of its filter. A level-triggered
 * filter has none, a one-shot filter one of these:
 */
#define ONE_EVENT EV_DISPATCH /* the filter disables itself */
#define ONE_OF_BOTH EV_CLEAR  /* this backend disables both filters */
#define WAKER (~(uintptr_t)0) /* no descriptor */

/*
 * The probe finds out whether a socket is watched: a change that has no effect
 * fails with ENOENT if it is not. On FreeBSD, NetBSD and macOS a change of a
 * filter would replace its pointer. FreeBSD has a flag against that; on the
 * others the probe is of a third filter, which never reports an event.
 */
#if defined EV_KEEPUDATA
#define PROBE_FILTER EVFILT_READ
#define PROBE_FLAGS EV_KEEPUDATA
#elif defined EVFILT_EXCEPT
#define PROBE_FILTER EVFILT_EXCEPT
#define PROBE_NOTES NOTE_OOB
#elif defined EVFILT_EMPTY
#define PROBE_FILTER EVFILT_EMPTY
#define PROBE_NOTES 0
#else /* as with libkqueue, where the pointer stays */
#define PROBE_FILTER EVFILT_READ
#endif
#ifndef PROBE_FLAGS
#define PROBE_FLAGS EV_CLEAR /* means nothing when nothing is added */
#endif

enum { FILTERS_MAX = 6, BATCH = 64 };

/* kevent applies a list of changes up to the first that fails. */
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
  return rc < 0 ? skt__fail_in(SKT__IN_WATCH) : 0;
}

static void delete_filters(changes *c, int s) {
  change(c, (uintptr_t)s, EVFILT_READ, EV_DELETE, 0, NULL);
  change(c, (uintptr_t)s, EVFILT_WRITE, EV_DELETE, 0, NULL);
}

static int one_shot_flag(int events) {
  if ((events & SKT_ONESHOT) == 0) {
    return 0;
  }
  return (events & SKT_BOTH) == SKT_BOTH ? ONE_OF_BOTH : ONE_EVENT;
}

static void add_filters(changes *c, int s, int events, void *user) {
  int one_shot = one_shot_flag(events);
  int write = (events & SKT_WRITE) != 0 ? EV_ADD : EV_ADD | EV_DISABLE;
  int read = (events & SKT_READ) != 0 ? EV_ADD : EV_ADD | EV_DISABLE;
  change(c, (uintptr_t)s, EVFILT_WRITE, write | one_shot, 0, user);
  change(c, (uintptr_t)s, EVFILT_READ, read | one_shot, 0, user);
}

/* The probe's own filter, where it has one. */
static void change_probe(changes *c, int s, int flags) {
#ifdef PROBE_NOTES
  change(c, (uintptr_t)s, PROBE_FILTER, flags, PROBE_NOTES, NULL);
#else
  (void)c, (void)s, (void)flags;
#endif
}

/* Neither macOS nor OpenBSD has kqueue1 or kqueuex. */
int skt__sys_poller_create(skt_poller *p) {
  changes c = {.n = 0};
  int queue = kqueue();
  if (queue < 0) {
    return skt__fail_in(SKT__IN_WATCH);
  }
  p->handle = (uintptr_t)queue;
  int rc =
      fcntl(queue, F_SETFD, FD_CLOEXEC) < 0 ? skt__fail_in(SKT__IN_WATCH) : 0;
  change(&c, WAKER, EVFILT_USER, EV_ADD | EV_CLEAR, 0, NULL);
  rc = rc < 0 ? rc : apply(p, &c);
  if (rc < 0) {
    close(queue);
  }
  return rc;
}

void skt__sys_poller_destroy(skt_poller *p) { close((int)p->handle); }

/* 0 if the socket is watched, SKT_ENOENT if it is not. */
static int probe(const skt_poller *p, int s) {
  changes c = {.n = 0};
  change(&c, (uintptr_t)s, PROBE_FILTER, PROBE_FLAGS, 0, NULL);
  return apply(p, &c);
}

int skt__sys_poller_add(skt_poller *p, int s, int events, void *user) {
  changes c = {.n = 0};
  int rc = probe(p, s);
  if (rc != SKT_ENOENT) {
    return rc == 0 ? SKT_EEXIST : rc;
  }
  change_probe(&c, s, EV_ADD | EV_DISABLE);
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
  change_probe(&c, s, EV_DELETE);
  return apply(p, &c);
}

static int events_of(const struct kevent *e) {
  if ((e->flags & EV_EOF) != 0 && e->fflags != 0) { /* an error */
    return SKT_BOTH;
  }
  return e->filter == EVFILT_READ ? SKT_READ : SKT_WRITE;
}

/* A one-shot socket has reported one of its two filters. An error here means
 * that the socket was closed, or is watched no longer. */
static void disable(const skt_poller *p, const struct kevent *e) {
  changes c = {.n = 0};
  change(&c, e->ident, EVFILT_READ, EV_DISABLE, 0, (void *)e->udata);
  change(&c, e->ident, EVFILT_WRITE, EV_DISABLE, 0, (void *)e->udata);
  (void)apply(p, &c);
}

static void report(const skt_poller *p, const struct kevent *e,
                   skt_event *out) {
  if (e->ident == WAKER) {
    *out = (skt_event){.events = SKT_WOKEN};
    return;
  }
  *out = (skt_event){.user = (void *)e->udata, .events = events_of(e)};
  if ((e->flags & ONE_OF_BOTH) != 0) {
    disable(p, e);
  }
}

/* If kevent reports both filters of a socket, they become one event. The waker
 * has one filter. */
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
  int n = 0, woke = 0;
  for (int i = 0; i < count; ++i) {
    int first = 0;
    while (first < n && native[first].ident != native[i].ident) {
      ++first;
    }
    if (first < n) {
      events[first].events |= events_of(&native[i]);
    } else {
      report(p, &native[i], &events[n]);
      woke |= native[i].ident == WAKER ? SKT__WOKE : 0;
      native[n++] = native[i];
    }
  }
  return n | woke;
}

int skt__sys_poller_wake(skt_poller *p) {
  changes c = {.n = 0};
  change(&c, WAKER, EVFILT_USER, 0, NOTE_TRIGGER, NULL);
  return apply(p, &c);
}

/* kqueue reports both by itself. */
void skt__sys_poller_closing(int s) { (void)s; }

void skt__sys_poller_cancelled(int s) { (void)s; }
