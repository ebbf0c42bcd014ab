/* SPDX-License-Identifier: MIT */
#ifndef SKT_INTERNAL_H
#define SKT_INTERNAL_H

/*
 * What the shared sources share: the inside of a socket, and the steps that
 * several verbs have in common. The parts of addresses are in address.h, and
 * when a call is made again in retry.h.
 */

#include "sys.h"

/* State and flags live in skt.kind beside domain and type. The public states
 * come first; a fresh socket has none. Of the flags SKT_NONBLOCK is there, and
 * SKT_EXCLUSIVE and SKT_DUAL_STACK if skt_bind was told so; of a fresh socket
 * SKT_DUAL_STACK is what SKT_OPT_V6ONLY tells skt_bind. */
enum {
  SKT__LIMITED = 0x8000, /* in skt.kind: skt_set_limit has set a limit */
  SKT__DOMAIN = 0x000f,
  SKT__TYPE = 0x00f0,
  SKT__STATE = 0x0f00,
  SKT__FRESH = 0,
  SKT__CONNECTING = 0x0300,
  SKT__CONNECTING_HERE = 0x0600, /* the same, and perhaps to itself */
  SKT__CONNECT_FAILED = 0x0500   /* the code is in skt.reading */
};

/* skt.reading and skt.writing: 0 before there is a connection, then one of
 * these, or the error that ended the direction. A socket that needs no
 * connection is open for reading from the start, and only skt_cancel ends it.
 */
enum {
  SKT__OPEN = 1,
  SKT__SHUT = 2,     /* by this side */
  SKT__ACCEPTING = 3 /* skt.reading of a socket that listens */
};

/* The first check of every public function on a socket. No kind is 0. */
static inline int skt__check(const skt *s) {
  return s == NULL ? SKT_EFAULT : s->kind == 0 ? SKT_EBADF : 0;
}

static inline skt__os_handle skt__handle(const skt *s) {
  return (skt__os_handle)s->handle;
}

static inline int skt__state(const skt *s) { return s->kind & SKT__STATE; }

static inline int skt__domain(const skt *s) { return s->kind & SKT__DOMAIN; }

static inline int skt__type(const skt *s) { return s->kind & SKT__TYPE; }

/* Whether it sends and receives without a connection. */
static inline bool skt__connectionless(const skt *s) {
  int type = skt__type(s);
  return type == SKT_DATAGRAM || type == SKT_RAW || type == SKT_RDM;
}

/* skt.calls: this bit, and the number of calls that skt_cancel must see end,
 * with its own. */
enum { SKT__CANCELLED = 0x8000, SKT__CALLS = 0x7fff };

static inline bool skt__cancelled(const skt *s) {
  return (SKT__LOAD(&s->calls) & SKT__CANCELLED) != 0;
}

/* skt_cancel looks at it from another thread. */
static inline void skt__set_kind(skt *s, int kind) {
  SKT__STORE(&s->kind, (uint16_t)kind);
}

void skt__set_state(skt *s, int state);

static inline bool skt__connecting(const skt *s) {
  return skt__state(s) == SKT__CONNECTING ||
         skt__state(s) == SKT__CONNECTING_HERE;
}

static inline bool skt__waits(const skt *s) {
  return (s->kind & SKT_NONBLOCK) == 0;
}

/* Put a native handle into a struct. */
void skt__fill(skt *s, skt__os_handle handle, int kind);

static inline bool skt__limited(const skt *s) {
  return (s->kind & SKT__LIMITED) != 0;
}

/* Whether the limits of this socket are kept here and not by the system. It is
 * then natively non-blocking, whatever its user sees. */
static inline bool skt__keeps_limits(const skt *s) {
  return !SKT__LIMITS_BIND && skt__limited(s);
}
/* What a backend is given for an empty message, instead of NULL. */
extern char skt__nothing[1];

/* Why a call on a direction cannot go straight to the system: an error, 0 for
 * nothing to do, or 1 when nothing is in the way, which may be with an empty
 * message. In the order of skt.h. */
int skt__detain(const skt *s, const int16_t *end, const void *buffer, size_t n);

/* Wait for one socket until a deadline, whatever interrupts it. Returns what
 * skt__sys_poll says is ready, 0, which never comes early, or a code. Looks at
 * least once. */
int skt__wait(const skt *s, int events, int64_t deadline_us);

/* Whether a socket is in a state in which it can become ready; and whether a
 * waker is one. */
int skt__check_wait(const skt *s);
int skt__check_waker(const skt_waker *w);

#endif
