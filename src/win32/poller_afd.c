/* SPDX-License-Identifier: MIT */
/* Pollers over requests to AFD on a completion port. The siblings are
 * posix/poller_epoll.c, poller_kqueue.c and poller_poll.c. */
#include "afd_watch.h"

#include <stdlib.h>

enum { BATCH = 64 };

static SRWLOCK pollers_lock = SRWLOCK_INIT;
static skt__core *pollers;

static skt__core *core_of(const skt_poller *p) {
  return (skt__core *)p->handle;
}

static skt__watch *watch_of(const OVERLAPPED_ENTRY *e) {
  return (skt__watch *)(void *)e->lpOverlapped; /* which is its first member */
}

static void free_core(skt__core *c) {
  skt__core_free(c);
  if (c->port != NULL) {
    CloseHandle(c->port);
  }
  free(c);
}

/* Any number of threads may run that have taken from the port: else one that
 * did so once, and computes, could hold up the one that waits (Windows,
 * CreateIoCompletionPort). */
int skt__sys_poller_create(skt_poller *p) {
  skt__core *c = calloc(1, sizeof *c);
  if (c == NULL) {
    return SKT_ENOMEM;
  }
  int rc = skt__core_create(c);
  if (rc == 0) {
    c->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0x7fff);
    rc = c->port == NULL ? skt__fail() : 0;
  }
  if (rc < 0) {
    free_core(c);
    return rc;
  }
  p->handle = (uintptr_t)c;
  AcquireSRWLockExclusive(&pollers_lock);
  c->next = pollers;
  pollers = c;
  ReleaseSRWLockExclusive(&pollers_lock);
  return 0;
}

static void leave_pollers(const skt__core *c) {
  AcquireSRWLockExclusive(&pollers_lock);
  skt__core **link = &pollers;
  while (*link != c) {
    link = &(*link)->next;
  }
  *link = c->next;
  ReleaseSRWLockExclusive(&pollers_lock);
}

/* Take completions without events. Returns false when there are none. */
static bool drop_completed(skt__core *c, DWORD timeout_ms) {
  OVERLAPPED_ENTRY done[BATCH];
  ULONG n = 0;
  if (!GetQueuedCompletionStatusEx(c->port, done, BATCH, &n, timeout_ms,
                                   FALSE)) {
    return false;
  }
  for (ULONG i = 0; i < n; ++i) {
    if (watch_of(&done[i]) != NULL) {
      skt__watch_drop(c, watch_of(&done[i]));
    } else if (timeout_ms == 0) {
      skt__afd_post(c->port, NULL); /* a wake, for the next who waits */
    }
  }
  return true;
}

/* The driver writes into what is pending until it completes. */
void skt__sys_poller_destroy(skt_poller *p) {
  skt__core *c = core_of(p);
  leave_pollers(c);
  for (size_t i = 0; i < c->chain_count; ++i) {
    while (c->chains[i] != NULL) {
      skt__watch_remove(c, c->chains[i]);
    }
  }
  skt__core_tidy(c);
  while (c->removed > 0 && drop_completed(c, INFINITE)) {
  }
  free_core(c);
}

int skt__sys_poller_add(skt_poller *p, SOCKET s, int events, void *user) {
  skt__core *c = core_of(p);
  SOCKET base;
  int rc = skt__afd_base(s, &base);
  if (rc < 0) {
    return rc;
  }
  skt__watch *w = malloc(sizeof *w);
  if (w == NULL) {
    return SKT_ENOMEM;
  }
  *w = (skt__watch){.s = (uint32_t)s,
                    .base = (uint32_t)base,
                    .user = user,
                    .events = (uint8_t)events};
  AcquireSRWLockExclusive(&c->lock);
  rc = skt__watch_add(c, w);
  if (rc == 0) {
    skt__watch_ask(c, w);
  }
  ReleaseSRWLockExclusive(&c->lock);
  if (rc < 0) {
    free(w);
  }
  return rc;
}

int skt__sys_poller_modify(skt_poller *p, SOCKET s, int events, void *user) {
  skt__core *c = core_of(p);
  AcquireSRWLockExclusive(&c->lock);
  skt__watch *w = skt__watch_find(c, s);
  if (w != NULL) {
    w->user = user;
    w->events = (uint8_t)events;
    skt__watch_ask(c, w);
  }
  ReleaseSRWLockExclusive(&c->lock);
  return w == NULL ? SKT_ENOENT : 0;
}

/* Should many be removed while nobody waits, they are freed here. */
static bool remove_socket(skt__core *c, SOCKET s) {
  AcquireSRWLockExclusive(&c->lock);
  skt__watch *w = skt__watch_find(c, s);
  if (w != NULL) {
    skt__watch_remove(c, w);
    if (c->removed > c->watches + BATCH) {
      skt__core_tidy(c);
      drop_completed(c, 0);
    }
  }
  ReleaseSRWLockExclusive(&c->lock);
  return w != NULL;
}

int skt__sys_poller_remove(skt_poller *p, SOCKET s) {
  return remove_socket(core_of(p), s) ? 0 : SKT_ENOENT;
}

/* What completed before this wait began may have been taken since, by a call on
 * the socket, and is then not told. One call looks at all of them. It does not
 * tell failed connects everywhere (see wait.c), but errors stay, and are in no
 * doubt. */
static void look_again(const skt__core *c, const OVERLAPPED_ENTRY *done,
                       ULONG n) {
  WSAPOLLFD fds[BATCH];
  skt__watch *doubtful[BATCH];
  ULONG count = 0;
  for (ULONG i = 0; i < n; ++i) {
    skt__watch *w = watch_of(&done[i]);
    int doubt = w == NULL ? 0 : skt__watch_doubt(c, w);
    if (doubt != 0) {
      fds[count] = (WSAPOLLFD){.fd = w->s};
      fds[count].events |= (doubt & SKT_READ) != 0 ? POLLRDNORM : 0;
      fds[count].events |= (doubt & SKT_WRITE) != 0 ? POLLWRNORM : 0;
      doubtful[count++] = w;
    }
  }
  if (count == 0 || WSAPoll(fds, count, 0) < 0) {
    return;
  }
  for (ULONG i = 0; i < count; ++i) {
    int there = fds[i].revents;
    int broken = POLLERR | POLLNVAL;
    skt__afd_restrict(
        &doubtful[i]->request,
        ((there & (POLLRDNORM | POLLHUP | broken)) != 0 ? SKT_READ : 0) |
            ((there & (POLLWRNORM | broken)) != 0 ? SKT_WRITE : 0));
  }
}

static int take_completed(skt__core *c, const OVERLAPPED_ENTRY *done, ULONG n,
                          skt_event *events, bool *woken) {
  int count = 0;
  for (ULONG i = 0; i < n; ++i) {
    skt__watch *w = watch_of(&done[i]);
    if (w == NULL) {
      *woken = true;
      events[count++] = (skt_event){.events = SKT_WOKEN};
    } else {
      count += skt__watch_complete(c, w, &events[count]);
    }
  }
  return count;
}

int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms, bool *woken) {
  skt__core *c = core_of(p);
  OVERLAPPED_ENTRY done[BATCH];
  ULONG n = 0, room = capacity < BATCH ? (ULONG)capacity : BATCH;
  AcquireSRWLockExclusive(&c->lock);
  ++c->waits;
  int rc = skt__watch_ask_queued(c);
  c->waiting = rc == 0;
  ReleaseSRWLockExclusive(&c->lock);
  if (rc < 0) {
    return rc;
  }
  if (!GetQueuedCompletionStatusEx(c->port, done, room, &n, (DWORD)timeout_ms,
                                   FALSE)) { /* -1 is INFINITE */
    n = 0;
    rc = GetLastError() == WAIT_TIMEOUT ? 0 : skt__fail_in(SKT__IN_WAIT);
  }
  AcquireSRWLockExclusive(&c->lock);
  c->waiting = false;
  look_again(c, done, n);
  int count = take_completed(c, done, n, events, woken);
  ReleaseSRWLockExclusive(&c->lock);
  /* When nothing was told of all that came, there may be more. */
  return rc < 0 ? rc : n > 0 && count == 0 ? SKT__EINTR : count;
}

int skt__sys_poller_wake(skt_poller *p) {
  return skt__afd_post(core_of(p)->port, NULL);
}

void skt__sys_poller_closing(SOCKET s) {
  AcquireSRWLockShared(&pollers_lock);
  for (skt__core *c = pollers; c != NULL; c = c->next) {
    remove_socket(c, s);
  }
  ReleaseSRWLockShared(&pollers_lock);
}

void skt__sys_poller_cancelled(SOCKET s) {
  AcquireSRWLockShared(&pollers_lock);
  for (skt__core *c = pollers; c != NULL; c = c->next) {
    AcquireSRWLockExclusive(&c->lock);
    skt__watch *w = skt__watch_find(c, s);
    if (w != NULL) {
      skt__watch_cancel(c, w);
    }
    ReleaseSRWLockExclusive(&c->lock);
  }
  ReleaseSRWLockShared(&pollers_lock);
}
