/* SPDX-License-Identifier: MIT */
/* The sockets of a poller, see afd_watch.h. */
#include "afd_watch.h"

#include <stdlib.h>

enum { GROUP_SIZE = 32, FIRST_BUCKETS = 16 /* a power of 2 */ };

int skt__afd_poller_create(skt__afd_poller *ap) {
  ap->last = &ap->first;
  ap->bucket_count = FIRST_BUCKETS;
  ap->buckets = calloc(FIRST_BUCKETS, sizeof(skt__watch *));
  return ap->buckets == NULL ? SKT_ENOMEM : 0;
}

void skt__afd_poller_free(skt__afd_poller *ap) {
  for (uint32_t i = 0; i < ap->group_count; ++i) {
    CloseHandle(ap->groups[i].afd);
  }
  free(ap->groups);
  free(ap->buckets);
}

static skt__watch **bucket_of(const skt__afd_poller *ap, SOCKET s) {
  return &ap->buckets[s / 4 & (ap->bucket_count - 1)]; /* multiples of 4 */
}

/* The link to the watch of a socket, or to NULL at the end of its bucket. */
static skt__watch **link_of(const skt__afd_poller *ap, SOCKET s) {
  skt__watch **link = bucket_of(ap, s);
  while (*link != NULL && (*link)->s != s) {
    link = &(*link)->next;
  }
  return link;
}

skt__watch *skt__watch_find(const skt__afd_poller *ap, SOCKET s) {
  return *link_of(ap, s);
}

/* Without memory for more buckets, those that exist get longer. */
static void double_buckets(skt__afd_poller *ap) {
  skt__afd_poller more = {.bucket_count = 2 * ap->bucket_count};
  more.buckets = calloc(more.bucket_count, sizeof(skt__watch *));
  if (more.buckets == NULL) {
    return;
  }
  for (size_t i = 0; i < ap->bucket_count; ++i) {
    for (skt__watch *w = ap->buckets[i], *next; w != NULL; w = next) {
      skt__watch **bucket = bucket_of(&more, w->s);
      next = w->next;
      w->next = *bucket;
      *bucket = w;
    }
  }
  free(ap->buckets);
  ap->buckets = more.buckets;
  ap->bucket_count = more.bucket_count;
}

static int add_group(skt__afd_poller *ap) {
  if (ap->group_count == UINT16_MAX) {
    return SKT_ENOBUFS;
  }
  skt__group *groups =
      realloc(ap->groups, (ap->group_count + 1) * sizeof *ap->groups);
  if (groups == NULL) {
    return SKT_ENOMEM;
  }
  ap->groups = groups;
  groups[ap->group_count].used = 0;
  int rc = skt__afd_open(&groups[ap->group_count].afd, ap->port);
  if (rc == 0) {
    ++ap->group_count;
  }
  return rc;
}

static int enter_group(skt__afd_poller *ap, skt__watch *w) {
  while (ap->first_free < ap->group_count &&
         ap->groups[ap->first_free].used == GROUP_SIZE) {
    ++ap->first_free;
  }
  int rc = ap->first_free < ap->group_count ? 0 : add_group(ap);
  if (rc == 0) {
    ++ap->groups[ap->first_free].used;
    w->group = ap->first_free;
  }
  return rc;
}

int skt__watch_add(skt__afd_poller *ap, skt__watch *w) {
  if (skt__watch_find(ap, w->s) != NULL) {
    return SKT_EEXIST;
  }
  int rc = enter_group(ap, w);
  if (rc < 0) {
    return rc;
  }
  if (++ap->watch_count > 2 * ap->bucket_count) {
    double_buckets(ap);
  }
  *link_of(ap, w->s) = w;
  return 0;
}

static void free_if_idle(skt__afd_poller *ap, skt__watch *w) {
  if (w->pending || w->queued) {
    return;
  }
  --ap->removed_count;
  --ap->groups[w->group].used;
  if (w->group < ap->first_free) {
    ap->first_free = (uint16_t)w->group;
  }
  free(w);
}

static void withdraw(skt__afd_poller *ap, skt__watch *w) {
  skt__afd_withdraw(ap->groups[w->group].afd, &w->request);
}

void skt__watch_remove(skt__afd_poller *ap, skt__watch *w) {
  *link_of(ap, w->s) = w->next;
  --ap->watch_count;
  ++ap->removed_count;
  w->removed = 1;
  if (w->pending) {
    withdraw(ap, w);
  }
  free_if_idle(ap, w);
}

/* The driver does not report a listener that skt_cancel has ended. */
static int submit_idle(skt__afd_poller *ap, skt__watch *w, unsigned wanted) {
  int rc = w->cancelled ? skt__afd_post(ap->port, &w->request.io)
                        : skt__afd_submit(ap->groups[w->group].afd, &w->request,
                                          w->base, (int)wanted);
  if (rc == 0) {
    w->pending = 1;
    w->asked = wanted & SKT_BOTH;
    w->wait_number = ap->wait_number;
  }
  return rc;
}

/* A pending request that asks for too few events is withdrawn. When it
 * completes, it is submitted again for more. */
static int submit(skt__afd_poller *ap, skt__watch *w) {
  unsigned wanted = w->events & SKT_BOTH;
  if (wanted == 0) {
    return 0;
  }
  if (!w->pending) {
    return submit_idle(ap, w, wanted);
  }
  if ((wanted & ~(unsigned)w->asked) != 0) {
    withdraw(ap, w);
  }
  return 0;
}

/* A socket that was closed, and not by skt, is no longer watched. That is no
 * error. */
static int submit_or_remove(skt__afd_poller *ap, skt__watch *w) {
  int rc = submit(ap, w);
  if (rc == SKT_ENOTSOCK) {
    skt__watch_remove(ap, w);
    rc = 0;
  }
  return rc;
}

static void enqueue(skt__afd_poller *ap, skt__watch *w) {
  if (!w->queued) {
    w->queued = 1;
    w->next_queued = NULL;
    *ap->last = w;
    ap->last = &w->next_queued;
  }
}

void skt__watch_submit(skt__afd_poller *ap, skt__watch *w) {
  if (!ap->waiting || submit_or_remove(ap, w) < 0) {
    enqueue(ap, w);
  }
}

static void leave_queue(skt__afd_poller *ap, skt__watch **link) {
  skt__watch *w = *link;
  /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): `queued` keeps w from free */
  *link = w->next_queued;
  if (*link == NULL) {
    ap->last = link;
  }
  w->queued = 0;
  if (w->removed) {
    free_if_idle(ap, w);
  }
}

int skt__watch_submit_queued(skt__afd_poller *ap) {
  while (ap->first != NULL) {
    int rc = ap->first->removed ? 0 : submit_or_remove(ap, ap->first);
    if (rc < 0) {
      return rc;
    }
    leave_queue(ap, &ap->first);
  }
  return 0;
}

void skt__watch_free_removed(skt__afd_poller *ap) {
  for (skt__watch **link = &ap->first; *link != NULL;) {
    if ((*link)->removed) {
      leave_queue(ap, link);
    } else {
      link = &(*link)->next_queued;
    }
  }
}

void skt__watch_cancel(skt__afd_poller *ap, skt__watch *w) {
  if (!w->cancelled) {
    w->cancelled = 1;
    w->asked = 0; /* so that a pending request is withdrawn */
    skt__watch_submit(ap, w);
  }
}

int skt__watch_stale(const skt__afd_poller *ap, const skt__watch *w) {
  if (w->wait_number == ap->wait_number || w->removed || w->cancelled) {
    return 0;
  }
  int reported = skt__afd_reported(&w->request);
  /* An error stays, and is not stale. */
  return (reported & ~SKT_BOTH) != 0 ? 0 : reported & (int)w->events;
}

/* The reported events that are wanted, SKT__CLOSED aside. */
static int wanted_of(const skt__watch *w, int reported) {
  int wanted = (int)w->events & SKT_BOTH;
  if ((reported & SKT__FAILED) != 0 && wanted != 0) {
    return SKT_BOTH;
  }
  return reported & wanted;
}

bool skt__watch_complete(skt__afd_poller *ap, skt__watch *w, skt_event *e) {
  w->pending = 0;
  if (w->removed) {
    free_if_idle(ap, w);
    return false;
  }
  int reported = w->cancelled ? SKT__FAILED : skt__afd_reported(&w->request);
  if ((reported & SKT__CLOSED) != 0) {
    skt__watch_remove(ap, w);
    return false;
  }
  int events = wanted_of(w, reported);
  if (events == 0) { /* withdrawn, or the events are no longer wanted */
    skt__watch_submit(ap, w);
    return false;
  }
  *e = (skt_event){.user = w->user, .events = events};
  if ((w->events & SKT_ONESHOT) != 0) {
    w->events = 0;
  } else {
    enqueue(ap, w);
  }
  return true;
}

void skt__watch_discard(skt__afd_poller *ap, skt__watch *w) {
  w->pending = 0;
  if (w->removed) {
    free_if_idle(ap, w);
  } else {
    skt__watch_submit(ap, w);
  }
}
