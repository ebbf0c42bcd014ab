/* SPDX-License-Identifier: MIT */
/* Pollers over requests to AFD on a completion port. The siblings are
 * posix/poller_epoll.c, poller_kqueue.c and poller_poll.c. */
#include "afd_watch.h"

#include <stdlib.h>

enum { BATCH = 64, EVENTS = SKT_BOTH | SKT_ONESHOT };

/* All pollers of the process, for the sockets that it closes and cancels. A
 * thread that holds both locks has taken this one first. */
static SRWLOCK pollers_lock = SRWLOCK_INIT;
static skt__afd_poller *pollers;

static skt__afd_poller *afd_poller_of(const skt_poller *p) {
  return (skt__afd_poller *)p->handle;
}

/* NULL for a wake. The OVERLAPPED is the first member of a watch. */
static skt__watch *watch_of(const OVERLAPPED_ENTRY *e) {
  return (skt__watch *)(void *)e->lpOverlapped;
}

static void free_poller(skt__afd_poller *ap) {
  skt__afd_poller_free(ap);
  if (ap->port != NULL) {
    CloseHandle(ap->port);
  }
  free(ap);
}

/* 0x7fff threads may run that have taken completions from the port. With fewer,
 * threads that did so once and now compute would keep the kernel from waking
 * the thread that waits (Windows, CreateIoCompletionPort). */
int skt__sys_poller_create(skt_poller *p) {
  skt__afd_poller *ap = calloc(1, sizeof *ap);
  if (ap == NULL) {
    return SKT_ENOMEM;
  }
  int rc = skt__afd_poller_create(ap);
  if (rc == 0) {
    ap->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0x7fff);
    rc = ap->port == NULL ? skt__fail_in(SKT__IN_WATCH) : 0;
  }
  if (rc < 0) {
    free_poller(ap);
    return rc;
  }
  p->handle = (uintptr_t)ap;
  AcquireSRWLockExclusive(&pollers_lock);
  ap->next = pollers;
  pollers = ap;
  ReleaseSRWLockExclusive(&pollers_lock);
  return 0;
}

static void leave_pollers(const skt__afd_poller *ap) {
  AcquireSRWLockExclusive(&pollers_lock);
  skt__afd_poller **link = &pollers;
  while (*link != ap) {
    link = &(*link)->next;
  }
  *link = ap->next;
  ReleaseSRWLockExclusive(&pollers_lock);
}

/* Take completions from the port and discard what they report. A wake is posted
 * again for the next wait, unless the poller is being destroyed, which is when
 * this waits. Returns false if there are none. */
static bool discard_completed(skt__afd_poller *ap, DWORD timeout_ms) {
  OVERLAPPED_ENTRY done[BATCH];
  ULONG n = 0;
  if (!GetQueuedCompletionStatusEx(ap->port, done, BATCH, &n, timeout_ms,
                                   FALSE)) {
    return false;
  }
  for (ULONG i = 0; i < n; ++i) {
    if (watch_of(&done[i]) != NULL) {
      skt__watch_discard(ap, watch_of(&done[i]));
    } else if (timeout_ms == 0) {
      skt__afd_post(ap->port, NULL);
    }
  }
  return true;
}

/* The driver writes into a pending request until it completes, so that its
 * memory cannot be freed before. */
void skt__sys_poller_destroy(skt_poller *p) {
  skt__afd_poller *ap = afd_poller_of(p);
  leave_pollers(ap);
  for (size_t i = 0; i < ap->bucket_count; ++i) {
    while (ap->buckets[i] != NULL) {
      skt__watch_remove(ap, ap->buckets[i]);
    }
  }
  skt__watch_free_removed(ap);
  while (ap->removed_count > 0 && discard_completed(ap, INFINITE)) {
  }
  free_poller(ap);
}

int skt__sys_poller_add(skt_poller *p, SOCKET s, int events, void *user) {
  skt__afd_poller *ap = afd_poller_of(p);
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
                    .events = (unsigned)events & EVENTS};
  AcquireSRWLockExclusive(&ap->lock);
  rc = skt__watch_add(ap, w);
  if (rc == 0) {
    skt__watch_submit(ap, w);
  }
  ReleaseSRWLockExclusive(&ap->lock);
  if (rc < 0) {
    free(w);
  }
  return rc;
}

int skt__sys_poller_modify(skt_poller *p, SOCKET s, int events, void *user) {
  skt__afd_poller *ap = afd_poller_of(p);
  AcquireSRWLockExclusive(&ap->lock);
  skt__watch *w = skt__watch_find(ap, s);
  if (w != NULL) {
    w->user = user;
    w->events = (unsigned)events & EVENTS;
    skt__watch_submit(ap, w);
  }
  ReleaseSRWLockExclusive(&ap->lock);
  return w == NULL ? SKT_ENOENT : 0;
}

/* Removed watches are freed by the next wait. If no thread waits while many
 * sockets are removed, they are freed here. */
static bool remove_socket(skt__afd_poller *ap, SOCKET s) {
  AcquireSRWLockExclusive(&ap->lock);
  skt__watch *w = skt__watch_find(ap, s);
  if (w != NULL) {
    skt__watch_remove(ap, w);
    if (ap->removed_count > ap->watch_count + BATCH) {
      skt__watch_free_removed(ap);
      discard_completed(ap, 0);
    }
  }
  ReleaseSRWLockExclusive(&ap->lock);
  return w != NULL;
}

int skt__sys_poller_remove(skt_poller *p, SOCKET s) {
  return remove_socket(afd_poller_of(p), s) ? 0 : SKT_ENOENT;
}

static WSAPOLLFD entry_for(SOCKET s, int events) {
  WSAPOLLFD entry = {.fd = s};
  if ((events & SKT_READ) != 0) {
    entry.events |= POLLRDNORM;
  }
  if ((events & SKT_WRITE) != 0) {
    entry.events |= POLLWRNORM;
  }
  return entry;
}

static int events_of(const WSAPOLLFD *entry) {
  int broken = POLLERR | POLLNVAL, events = 0;
  if ((entry->revents & (POLLRDNORM | POLLHUP | broken)) != 0) {
    events |= SKT_READ;
  }
  if ((entry->revents & (POLLWRNORM | broken)) != 0) {
    events |= SKT_WRITE;
  }
  return events;
}

/* A request that completed before this wait started may report bytes that a
 * thread has read since, or room that it has filled. One WSAPoll asks the
 * kernel again for all such sockets. It does not report failed connects on
 * every system (see wait.c), but errors are never stale. */
static void remove_stale(const skt__afd_poller *ap,
                         const OVERLAPPED_ENTRY *done, ULONG n) {
  WSAPOLLFD entries[BATCH];
  skt__watch *watches[BATCH];
  ULONG count = 0;
  for (ULONG i = 0; i < n; ++i) {
    skt__watch *w = watch_of(&done[i]);
    int stale = w == NULL ? 0 : skt__watch_stale(ap, w);
    if (stale != 0) {
      entries[count] = entry_for(w->s, stale);
      watches[count++] = w;
    }
  }
  if (count == 0 || WSAPoll(entries, count, 0) < 0) {
    return;
  }
  for (ULONG i = 0; i < count; ++i) {
    skt__afd_restrict(&watches[i]->request, events_of(&entries[i]));
  }
}

static int report(skt__afd_poller *ap, const OVERLAPPED_ENTRY *done, ULONG n,
                  skt_event *events) {
  int count = 0, woke = 0;
  for (ULONG i = 0; i < n; ++i) {
    skt__watch *w = watch_of(&done[i]);
    if (w == NULL) {
      events[count++] = (skt_event){.events = SKT_WOKEN};
      woke = SKT__WOKE;
    } else {
      count += skt__watch_complete(ap, w, &events[count]);
    }
  }
  return count | woke;
}

int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms) {
  skt__afd_poller *ap = afd_poller_of(p);
  OVERLAPPED_ENTRY done[BATCH];
  ULONG n = 0, room = capacity < BATCH ? (ULONG)capacity : BATCH;
  AcquireSRWLockExclusive(&ap->lock);
  ++ap->wait_number;
  int rc = skt__watch_submit_queued(ap);
  ap->waiting = rc == 0;
  ReleaseSRWLockExclusive(&ap->lock);
  if (rc < 0) {
    return rc;
  }
  if (!GetQueuedCompletionStatusEx(ap->port, done, room, &n, (DWORD)timeout_ms,
                                   FALSE)) { /* -1 is INFINITE */
    n = 0;
    rc = GetLastError() == WAIT_TIMEOUT ? 0 : skt__fail_in(SKT__IN_WAIT);
  }
  AcquireSRWLockExclusive(&ap->lock);
  ap->waiting = false;
  remove_stale(ap, done, n);
  int count = report(ap, done, n, events);
  ReleaseSRWLockExclusive(&ap->lock);
  if (n > 0 && count == 0) { /* none was an event; there may be more */
    return SKT__EINTR;
  }
  return rc < 0 ? rc : count;
}

int skt__sys_poller_wake(skt_poller *p) {
  return skt__afd_post(afd_poller_of(p)->port, NULL);
}

void skt__sys_poller_closing(SOCKET s) {
  AcquireSRWLockShared(&pollers_lock);
  for (skt__afd_poller *ap = pollers; ap != NULL; ap = ap->next) {
    remove_socket(ap, s);
  }
  ReleaseSRWLockShared(&pollers_lock);
}

/* The driver does not report every socket that skt_cancel has ended. */
void skt__sys_poller_cancelled(SOCKET s) {
  AcquireSRWLockShared(&pollers_lock);
  for (skt__afd_poller *ap = pollers; ap != NULL; ap = ap->next) {
    AcquireSRWLockExclusive(&ap->lock);
    skt__watch *w = skt__watch_find(ap, s);
    if (w != NULL) {
      skt__watch_cancel(ap, w);
    }
    ReleaseSRWLockExclusive(&ap->lock);
  }
  ReleaseSRWLockShared(&pollers_lock);
}
