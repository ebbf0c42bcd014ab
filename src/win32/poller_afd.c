/* SPDX-License-Identifier: MIT */
/* Pollers over requests to AFD on a completion port. The siblings are
 * posix/poller_epoll.c, poller_kqueue.c and poller_poll.c.
 *
 * A request is told once. So that events are levels, a watch whose event was
 * handed out waits in a queue, and is asked about again when the next wait
 * begins. So are new ones and changed ones, for what happens before that wait
 * (bytes that are read, say) must not be told; but if a thread is waiting, they
 * are asked about at once. */
#include "afd.h"

#include <stdlib.h>

/* Flags of a watch. */
enum {
  PENDING = 1,  /* its completion will come */
  QUEUED = 2,   /* to be asked about by the next wait */
  REMOVED = 4,  /* is in no table; freed when neither of the above */
  CANCELLED = 8 /* by skt_cancel */
};

typedef struct watch {
  skt__afd_request request;
  void *user;
  struct watch *next;   /* in its chain of the table */
  struct watch *queued; /* and in the queue */
  uint32_t s, base;     /* no handle has more bits (Windows, "Interprocess
                         * communication between 32-bit and 64-bit") */
  uint32_t group;
  uint8_t events, asked; /* now; by what is pending */
  uint8_t flags;
} watch;

_Static_assert(sizeof(watch) <= 104,
               "with 8 for malloc and 8 for the table "
               "at most 128 bytes a socket");

/* Requests through one file of the driver are kept in a list that is searched
 * when one is cancelled, so each file gets few. */
typedef struct group {
  HANDLE afd;
  uint32_t used;
} group;

enum { GROUP_SIZE = 32, BATCH = 64, FIRST_CHAINS = 16 };

typedef struct poller_core {
  SRWLOCK lock; /* for all below that changes */
  HANDLE port;
  struct poller_core *next; /* of all pollers */
  watch **chains;           /* by handle; a power of 2 of them */
  watch *first, **last;     /* the queue */
  group *groups;
  size_t chain_count, watches;
  size_t ending; /* removed, but pending */
  uint32_t group_count;
  uint32_t roomy; /* no group before it has room */
  bool waiting;
} poller_core;

/* The table */

static watch **chain_of(const poller_core *c, uint32_t s) {
  return &c->chains[s / 4 & (c->chain_count - 1)]; /* handles count by 4 */
}

static watch **find_watch(const poller_core *c, SOCKET s) {
  watch **w = chain_of(c, (uint32_t)s);
  while (*w != NULL && (*w)->s != s) {
    w = &(*w)->next;
  }
  return w;
}

/* Longer chains are no error, should there be no memory for shorter ones. */
static void shorten_chains(poller_core *c) {
  poller_core longer = *c;
  longer.chain_count = 2 * c->chain_count;
  longer.chains = calloc(longer.chain_count, sizeof(watch *));
  if (longer.chains == NULL) {
    return;
  }
  for (size_t i = 0; i < c->chain_count; ++i) {
    for (watch *w = c->chains[i], *next; w != NULL; w = next) {
      watch **chain = chain_of(&longer, w->s);
      next = w->next;
      w->next = *chain;
      *chain = w;
    }
  }
  free(c->chains);
  c->chains = longer.chains;
  c->chain_count = longer.chain_count;
}

/* Groups */

static int add_group(poller_core *c) {
  group *more = realloc(c->groups, (c->group_count + 1) * sizeof *more);
  if (more == NULL) {
    return SKT_ENOMEM;
  }
  c->groups = more;
  more += c->group_count;
  more->used = 0;
  int rc = skt__afd_open(&more->afd, c->port);
  c->group_count += rc == 0;
  return rc;
}

static int enter_group(poller_core *c, uint32_t *out) {
  uint32_t i = c->roomy;
  while (i < c->group_count && c->groups[i].used == GROUP_SIZE) {
    ++i;
  }
  c->roomy = i;
  int rc = i < c->group_count ? 0 : add_group(c);
  if (rc == 0) {
    ++c->groups[i].used;
    *out = i;
  }
  return rc;
}

static void free_watch(poller_core *c, watch *w) {
  --c->groups[w->group].used;
  c->roomy = w->group < c->roomy ? w->group : c->roomy;
  free(w);
}

/* The life of a watch; all of it under the lock */

static int post(const poller_core *c, OVERLAPPED *io) {
  return PostQueuedCompletionStatus(c->port, 0, 0, io) ? 0 : skt__fail();
}

/* Begin a request, if there is something to ask that is not being asked. What
 * asks too little is ended, and begun anew when that completes. The driver
 * knows nothing of a listener that skt_cancel has ended. */
static int ask_driver(poller_core *c, watch *w) {
  int wanted = w->events & SKT_BOTH;
  HANDLE afd = c->groups[w->group].afd;
  if (wanted == 0 || (w->flags & REMOVED) != 0) {
    return 0;
  }
  if ((w->flags & PENDING) != 0) {
    if ((wanted & ~w->asked) != 0) {
      skt__afd_end(afd, &w->request);
    }
    return 0;
  }
  int rc = (w->flags & CANCELLED) != 0
               ? post(c, &w->request.io)
               : skt__afd_begin(afd, &w->request, w->base, wanted);
  if (rc == 0) {
    w->flags |= PENDING;
    w->asked = (uint8_t)wanted;
  }
  return rc;
}

static void queue(poller_core *c, watch *w) {
  if ((w->flags & QUEUED) == 0) {
    w->flags |= QUEUED;
    w->queued = NULL;
    *c->last = w;
    c->last = &w->queued;
  }
}

static void remove_watch(poller_core *c, watch *w) {
  *find_watch(c, w->s) = w->next;
  --c->watches;
  w->flags |= REMOVED;
  if ((w->flags & PENDING) != 0) {
    ++c->ending;
    skt__afd_end(c->groups[w->group].afd, &w->request);
  } else if ((w->flags & QUEUED) == 0) {
    free_watch(c, w);
  }
}

/* A socket that was closed behind our back leaves, and is no error. */
static int ask_or_remove(poller_core *c, watch *w) {
  int rc = ask_driver(c, w);
  if (rc == SKT_ENOTSOCK) {
    remove_watch(c, w);
    rc = 0;
  }
  return rc;
}

/* Tried again by the next wait, which tells why, when it fails now. */
static void ask_now_or_later(poller_core *c, watch *w) {
  if (!c->waiting || ask_or_remove(c, w) < 0) {
    queue(c, w);
  }
}

static int ask_all_queued(poller_core *c) {
  for (watch *w = c->first; w != NULL; w = c->first) {
    int rc = ask_or_remove(c, w);
    if (rc < 0) {
      return rc;
    }
    c->first = w->queued;
    w->flags &= (uint8_t)~QUEUED;
    if ((w->flags & (REMOVED | PENDING)) == REMOVED) {
      free_watch(c, w);
    }
  }
  c->last = &c->first;
  return 0;
}

/* Told of nothing, it is asked about again: the request was ended, or asked
 * more than is wanted now. Returns whether there is an event. */
static bool complete(poller_core *c, watch *w, skt_event *e) {
  w->flags &= (uint8_t)~PENDING;
  if ((w->flags & REMOVED) != 0) {
    --c->ending;
    if ((w->flags & QUEUED) == 0) {
      free_watch(c, w);
    }
    return false;
  }
  int told =
      (w->flags & CANCELLED) != 0 ? SKT__FAILED : skt__afd_told(&w->request);
  if ((told & SKT__CLOSED) != 0) {
    remove_watch(c, w);
    return false;
  }
  int wanted = w->events & SKT_BOTH;
  told = (told & SKT__FAILED) != 0 && wanted != 0 ? SKT_BOTH : told & wanted;
  if (told == 0) {
    ask_now_or_later(c, w);
    return false;
  }
  *e = (skt_event){.user = w->user, .events = told};
  if ((w->events & SKT_ONESHOT) != 0) {
    w->events = 0;
  } else {
    queue(c, w);
  }
  return true;
}

/* Should many be removed while nobody waits. What completed for those that stay
 * is asked again. */
static void free_ended(poller_core *c) {
  OVERLAPPED_ENTRY done[BATCH];
  ULONG n = 0;
  if (c->ending <= c->watches + BATCH ||
      !GetQueuedCompletionStatusEx(c->port, done, BATCH, &n, 0, FALSE)) {
    return;
  }
  for (ULONG i = 0; i < n; ++i) {
    watch *w = (watch *)(void *)done[i].lpOverlapped;
    if (w == NULL) {
      post(c, NULL); /* a wake */
    } else if ((w->flags & REMOVED) != 0) {
      complete(c, w, NULL);
    } else {
      w->flags &= (uint8_t)~PENDING;
      ask_now_or_later(c, w);
    }
  }
}

/* The seam */

static SRWLOCK pollers_lock = SRWLOCK_INIT;
static poller_core *pollers;

static poller_core *core_of(const skt_poller *p) {
  return (poller_core *)p->handle;
}

static void free_core(poller_core *c) {
  for (uint32_t i = 0; i < c->group_count; ++i) {
    CloseHandle(c->groups[i].afd);
  }
  if (c->port != NULL) {
    CloseHandle(c->port);
  }
  free(c->groups);
  free(c->chains);
  free(c);
}

/* Any number of threads may take from the port, or one that has done so once
 * and now computes would hold up the one that waits (Windows,
 * CreateIoCompletionPort). */
int skt__sys_poller_create(skt_poller *p) {
  poller_core *c = calloc(1, sizeof *c);
  if (c == NULL) {
    return SKT_ENOMEM;
  }
  c->last = &c->first;
  c->chain_count = FIRST_CHAINS;
  c->chains = calloc(FIRST_CHAINS, sizeof(watch *));
  c->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0x7fff);
  if (c->chains == NULL || c->port == NULL) {
    int rc = c->chains == NULL ? SKT_ENOMEM : skt__fail();
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

static void leave_pollers(const poller_core *c) {
  AcquireSRWLockExclusive(&pollers_lock);
  poller_core **link = &pollers;
  while (*link != c) {
    link = &(*link)->next;
  }
  *link = c->next;
  ReleaseSRWLockExclusive(&pollers_lock);
}

/* The driver writes to the memory of what is pending, so that is waited for. */
void skt__sys_poller_destroy(skt_poller *p) {
  poller_core *c = core_of(p);
  OVERLAPPED_ENTRY done;
  ULONG n;
  leave_pollers(c);
  for (size_t i = 0; i < c->chain_count; ++i) {
    while (c->chains[i] != NULL) {
      remove_watch(c, c->chains[i]);
    }
  }
  ask_all_queued(c); /* which are all removed */
  while (c->ending > 0 &&
         GetQueuedCompletionStatusEx(c->port, &done, 1, &n, INFINITE, FALSE)) {
    if (done.lpOverlapped != NULL) {
      complete(c, (watch *)(void *)done.lpOverlapped, NULL);
    }
  }
  free_core(c);
}

static int add_watch(poller_core *c, watch *w) {
  if (*find_watch(c, w->s) != NULL) {
    return SKT_EEXIST;
  }
  int rc = enter_group(c, &w->group);
  if (rc < 0) {
    return rc;
  }
  if (c->watches >= 2 * c->chain_count) {
    shorten_chains(c);
  }
  *find_watch(c, w->s) = w;
  ++c->watches;
  return 0;
}

int skt__sys_poller_add(skt_poller *p, SOCKET s, int events, void *user) {
  poller_core *c = core_of(p);
  SOCKET base;
  int rc = skt__afd_base(s, &base);
  if (rc < 0) {
    return rc;
  }
  watch *w = calloc(1, sizeof *w);
  if (w == NULL) {
    return SKT_ENOMEM;
  }
  w->s = (uint32_t)s;
  w->base = (uint32_t)base;
  w->user = user;
  w->events = (uint8_t)events;
  AcquireSRWLockExclusive(&c->lock);
  rc = add_watch(c, w);
  if (rc < 0) {
    free(w);
  } else {
    ask_now_or_later(c, w);
  }
  ReleaseSRWLockExclusive(&c->lock);
  return rc;
}

int skt__sys_poller_modify(skt_poller *p, SOCKET s, int events, void *user) {
  poller_core *c = core_of(p);
  AcquireSRWLockExclusive(&c->lock);
  watch *w = *find_watch(c, s);
  if (w != NULL) {
    w->user = user;
    w->events = (uint8_t)events;
    ask_now_or_later(c, w);
  }
  ReleaseSRWLockExclusive(&c->lock);
  return w == NULL ? SKT_ENOENT : 0;
}

static bool remove_if_watched(poller_core *c, SOCKET s) {
  AcquireSRWLockExclusive(&c->lock);
  watch *w = *find_watch(c, s);
  if (w != NULL) {
    remove_watch(c, w);
    free_ended(c);
  }
  ReleaseSRWLockExclusive(&c->lock);
  return w != NULL;
}

int skt__sys_poller_remove(skt_poller *p, SOCKET s) {
  return remove_if_watched(core_of(p), s) ? 0 : SKT_ENOENT;
}

static int take_completed(skt_poller *p, const OVERLAPPED_ENTRY *done, ULONG n,
                          skt_event *events) {
  int count = 0;
  for (ULONG i = 0; i < n; ++i) {
    watch *w = (watch *)(void *)done[i].lpOverlapped;
    if (w == NULL) {
      SKT__STORE(&p->pending, 0);
      events[count++] = (skt_event){.events = SKT_WOKEN};
    } else {
      count += complete(core_of(p), w, &events[count]);
    }
  }
  return count;
}

int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms) {
  poller_core *c = core_of(p);
  OVERLAPPED_ENTRY done[BATCH];
  ULONG n = 0;
  AcquireSRWLockExclusive(&c->lock);
  int rc = ask_all_queued(c);
  c->waiting = rc == 0;
  ReleaseSRWLockExclusive(&c->lock);
  if (rc < 0) {
    return rc;
  }
  ULONG room = capacity < BATCH ? (ULONG)capacity : BATCH;
  if (!GetQueuedCompletionStatusEx(c->port, done, room, &n, (DWORD)timeout_ms,
                                   FALSE)) { /* -1 is INFINITE */
    n = 0;
    rc = GetLastError() == WAIT_TIMEOUT ? 0 : skt__fail_in(SKT__IN_WAIT);
  }
  AcquireSRWLockExclusive(&c->lock);
  c->waiting = false;
  int count = take_completed(p, done, n, events);
  ReleaseSRWLockExclusive(&c->lock);
  return rc < 0 ? rc : count;
}

int skt__sys_poller_wake(skt_poller *p) { return post(core_of(p), NULL); }

void skt__sys_closing(SOCKET s) {
  AcquireSRWLockShared(&pollers_lock);
  for (poller_core *c = pollers; c != NULL; c = c->next) {
    remove_if_watched(c, s);
  }
  ReleaseSRWLockShared(&pollers_lock);
}

void skt__pollers_cancel(SOCKET s) {
  AcquireSRWLockShared(&pollers_lock);
  for (poller_core *c = pollers; c != NULL; c = c->next) {
    AcquireSRWLockExclusive(&c->lock);
    watch *w = *find_watch(c, s);
    if (w != NULL && (w->flags & CANCELLED) == 0) {
      w->flags |= CANCELLED;
      w->asked = 0; /* so that it is asked anew */
      ask_now_or_later(c, w);
    }
    ReleaseSRWLockExclusive(&c->lock);
  }
  ReleaseSRWLockShared(&pollers_lock);
}
