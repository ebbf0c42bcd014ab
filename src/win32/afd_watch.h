/* SPDX-License-Identifier: MIT */
#ifndef SKT_AFD_WATCH_H
#define SKT_AFD_WATCH_H

/*
 * What poller_afd.c keeps of each socket, and what becomes of it. All of it is
 * under the poller's lock.
 *
 * A request to AFD is told once. So that events are levels, a watch whose event
 * was handed out waits in a queue, and is asked about again when the next wait
 * begins. So are new ones and changed ones, for what is over before that wait
 * (bytes that were read, say) must not be told; but while a thread waits, they
 * are asked about at once.
 */
#include "afd.h"

typedef struct skt__watch {
  skt__afd_request request;
  void *user;
  struct skt__watch *next;   /* in its chain of the table */
  struct skt__watch *queued; /* and in the queue */
  uint32_t s, base;          /* no handle has more bits (Windows, "Interprocess
                              * communication between 32-bit and 64-bit") */
  uint32_t asked_in;         /* which wait of the poller */
  uint16_t group;
  uint8_t events; /* wanted now */
  uint8_t flags;
} skt__watch;

_Static_assert(sizeof(skt__watch) <= 104,
               "with 8 for malloc and 8 for the "
               "table under 128 bytes a socket");

/* AFD finds a request that is cancelled by going through all those of one
 * file; so each file gets few. */
typedef struct skt__group {
  HANDLE afd;
  uint32_t used;
} skt__group;

typedef struct skt__core {
  SRWLOCK lock; /* for all below */
  HANDLE port;
  struct skt__core *next;    /* of all pollers, under another lock */
  skt__watch **chains;       /* the table, by handle */
  skt__watch *first, **last; /* the queue */
  skt__group *groups;
  size_t chain_count, watches;
  size_t removed; /* that cannot be freed yet */
  uint32_t waits; /* so far, with the one that goes on */
  uint16_t group_count;
  uint16_t roomy; /* no group before it has room */
  bool waiting;
} skt__core;

/* Zeroed memory becomes one without sockets. */
int skt__core_create(skt__core *c);
void skt__core_free(skt__core *c);

skt__watch *skt__watch_find(const skt__core *c, SOCKET s);

/* SKT_EEXIST if its socket is there; on any error it stays the caller's. */
int skt__watch_add(skt__core *c, skt__watch *w);

/* No event will be told of it. It is freed when nothing is pending any more. */
void skt__watch_remove(skt__core *c, skt__watch *w);

/* Ask what it is to be asked now, or when the next wait begins; and do so. An
 * error is told by the wait, and is tried again by the next. */
void skt__watch_ask(skt__core *c, skt__watch *w);
int skt__watch_ask_queued(skt__core *c);

/* skt_cancel has ended the socket: that is an error, from now on. */
void skt__watch_cancel(skt__core *c, skt__watch *w);

/* What it tells, having completed, that may be over: it was asked in an earlier
 * wait, after which its socket may have been read or written. SKT_READ,
 * SKT_WRITE or both, or 0 when there is no doubt. */
int skt__watch_doubt(const skt__core *c, const skt__watch *w);

/* A completion has been taken from the port. Returns whether it makes an event;
 * or drop it, and ask again. */
bool skt__watch_complete(skt__core *c, skt__watch *w, skt_event *e);
void skt__watch_drop(skt__core *c, skt__watch *w);

/* Free those removed that only wait in the queue. */
void skt__core_tidy(skt__core *c);

#endif
