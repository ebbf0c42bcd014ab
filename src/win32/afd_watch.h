/* SPDX-License-Identifier: MIT */
#ifndef SKT_AFD_WATCH_H
#define SKT_AFD_WATCH_H

/*
 * What poller_afd.c keeps of each socket. The poller's lock protects all of it.
 *
 * An AFD poll request completes once. To get level-triggered events, a socket
 * whose event was delivered is queued and its request is submitted again when
 * the next wait starts. Added and modified sockets are queued too, so that data
 * consumed before that wait is not reported; if a thread is already waiting,
 * their requests are submitted at once.
 */
#include "afd.h"

typedef struct skt__watch {
  skt__afd_request request;
  void *user;
  struct skt__watch *next;        /* in its bucket */
  struct skt__watch *next_queued; /* in the queue */
  /* No handle has more bits (Windows, "Interprocess communication between
   * 32-bit and 64-bit"). */
  uint32_t s, base;
  uint32_t wait_number; /* of the wait in which the request was submitted */
  /* Visual C++ warns of bit-fields of smaller types (C4214). */
  unsigned group : 16;
  unsigned events : 4;    /* wanted now, or'ed with SKT_ONESHOT */
  unsigned asked : 2;     /* the events of the pending request */
  unsigned pending : 1;   /* the request was submitted, and not completed */
  unsigned queued : 1;    /* for the next wait to submit the request */
  unsigned removed : 1;   /* in no bucket; freed once not pending or queued */
  unsigned cancelled : 1; /* by skt_cancel */
} skt__watch;

_Static_assert(sizeof(skt__watch) <= 104,
               "with 8 for malloc and 8 for the "
               "table under 128 bytes a socket");
_Static_assert((SKT_BOTH | SKT_ONESHOT) < 1 << 4 && SKT_BOTH < 1 << 2,
               "skt__watch.events, skt__watch.asked");

/* To withdraw a request, the kernel searches all those of its file. So a file
 * has few. */
typedef struct skt__group {
  HANDLE afd;
  uint32_t used;
} skt__group;

typedef struct skt__afd_poller {
  SRWLOCK lock; /* for all below */
  HANDLE port;
  struct skt__afd_poller *next; /* in the list of all; that has its own lock */
  skt__watch **buckets;         /* a hash table, by handle */
  skt__watch *first, **last;    /* the queue */
  skt__group *groups;
  size_t bucket_count, watch_count;
  size_t removed_count; /* watches that are removed and not freed */
  uint32_t wait_number; /* of the last wait that has started */
  uint16_t group_count;
  uint16_t first_free; /* the first group that may have room */
  bool waiting;        /* a thread waits on the port */
} skt__afd_poller;

/* Make zeroed memory a poller without sockets; free what it holds then, but for
 * the watches and the port. */
int skt__afd_poller_create(skt__afd_poller *ap);
void skt__afd_poller_free(skt__afd_poller *ap);

/* NULL if the socket is not watched. */
skt__watch *skt__watch_find(const skt__afd_poller *ap, SOCKET s);

/* SKT_EEXIST if the socket is watched. On any error the caller frees w. */
int skt__watch_add(skt__afd_poller *ap, skt__watch *w);

/* Report no more events of w. It is freed at once, or when its pending request
 * has completed and it has left the queue. */
void skt__watch_remove(skt__afd_poller *ap, skt__watch *w);

/* Submit the request of w for the events wanted, if a thread is waiting; else
 * queue w. A wait that starts submits the requests of the queue; after an error
 * it leaves the rest queued and returns the error. */
void skt__watch_submit(skt__afd_poller *ap, skt__watch *w);
int skt__watch_submit_queued(skt__afd_poller *ap);

/* skt_cancel has ended the socket: an error, from now on. */
void skt__watch_cancel(skt__afd_poller *ap, skt__watch *w);

/* Which of SKT_READ and SKT_WRITE a completed request reports that may be
 * stale: it was submitted in an earlier wait, and since then a thread may have
 * read or written. */
int skt__watch_stale(const skt__afd_poller *ap, const skt__watch *w);

/* The request of w has completed. Returns whether *e is an event; or discard
 * the report, and submit the request again. */
bool skt__watch_complete(skt__afd_poller *ap, skt__watch *w, skt_event *e);
void skt__watch_discard(skt__afd_poller *ap, skt__watch *w);

/* Free the removed watches that are not pending but in the queue. */
void skt__watch_free_removed(skt__afd_poller *ap);

#endif
