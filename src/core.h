/* SPDX-License-Identifier: MIT */
#ifndef SKT_CORE_H
#define SKT_CORE_H

/*
 * What the shared sources share: the inside of a socket, and the steps that
 * several verbs have in common.
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

SKT__OWN void skt__set_state(skt *s, int state);

static inline bool skt__connecting(const skt *s) {
  return skt__state(s) == SKT__CONNECTING ||
         skt__state(s) == SKT__CONNECTING_HERE;
}

static inline bool skt__waits(const skt *s) {
  return (s->kind & SKT_NONBLOCK) == 0;
}

/* Put a native handle into a struct. */
SKT__OWN void skt__fill(skt *s, skt__os_handle handle, int kind);

static inline bool skt__limited(const skt *s) {
  return (s->kind & SKT__LIMITED) != 0;
}

/* Whether the limits of this socket are kept here and not by the system. It is
 * then natively non-blocking, whatever its user sees. */
static inline bool skt__keeps_limits(const skt *s) {
  return !SKT__LIMITS_BIND && skt__limited(s);
}

/* What to do when a call in a direction has answered rc, SKT__EINTR or
 * SKT_EAGAIN or a stray code: 1 make it again, or the code to return. May wait.
 *   deadline_us  0 at first; goes from one time to the next */
SKT__OWN int skt__again(const skt *s, int direction, ptrdiff_t rc,
                        int64_t *deadline_us);

/* Whether rc tells what became of some earlier message: an ICMP answer to it.
 * Linux tells it to connected sockets (udp(7)), Windows to all (Winsock
 * recvfrom, WSAECONNRESET); it is read, and gone. No message is lost by asking
 * again. */
static inline bool skt__is_stray(const skt *s, ptrdiff_t rc) {
  return skt__connectionless(s) && skt__domain(s) != SKT_UNIX &&
         (rc == SKT_ECONNREFUSED || rc == SKT_ECONNRESET);
}

/* Whether skt__again is to be asked what to do. */
static inline bool skt__is_unsettled(const skt *s, ptrdiff_t rc) {
  return rc == SKT__EINTR || rc == SKT_EAGAIN || skt__is_stray(s, rc);
}

/* Where something is sent: the address as the socket's domain has it, which is
 * itself, or IPv4 mapped into IPv6 in *room for a socket that takes both; NULL
 * if nothing can be sent there. */
SKT__OWN const skt_addr *skt__destination(const skt *s, const skt_addr *a,
                                          skt_addr *room);

/* What a call that moves bytes has told, under its one name; kept in *end if
 * it ended the direction. */
SKT__OWN ptrdiff_t skt__note(const skt *s, int16_t *end, ptrdiff_t rc);

/* skt__note for a read; an end of stream that is none is found out. */
SKT__OWN ptrdiff_t skt__end_of_read(skt *s, ptrdiff_t rc);

/* What a backend is given for an empty message, instead of NULL. */
extern char skt__nothing[1];

/* The most bytes for one call; of messages there are no parts. */
static inline size_t skt__write_max(const skt *s) {
  bool whole =
      (skt__waits(s) && !skt__keeps_limits(s)) || skt__type(s) != SKT_STREAM;
  return whole ? SKT__IO_MAX : SKT__WRITE_MAX;
}

/* Whether a write that took some bytes of several ends with that. `cut` says
 * whether the last call took less than it was given. */
SKT__OWN bool skt__write_ends(const skt *s, bool cut);

/* Why a call on a direction cannot go straight to the system: an error, 0 for
 * nothing to do, or 1 when nothing is in the way, which may be with an empty
 * message. In the order of skt.h. */
SKT__OWN int skt__detain(const skt *s, const int16_t *end, const void *buffer,
                         size_t n);

/* The moment of skt__sys_now_us that a time means; for ever if it is -1. */
SKT__OWN int64_t skt__deadline(int timeout_ms);

/* Milliseconds left until then, rounded up so that no wait ends early. */
SKT__OWN int skt__remaining_ms(int64_t deadline_us);

/* Wait for one socket until a deadline, whatever interrupts it. Returns what
 * skt__sys_poll says is ready, 0, which never comes early, or a code. Looks at
 * least once. */
SKT__OWN int skt__wait(const skt *s, int events, int64_t deadline_us);

/* Whether a socket is in a state in which it can become ready; and whether a
 * waker is one. */
SKT__OWN int skt__check_wait(const skt *s);
SKT__OWN int skt__check_waker(const skt_waker *w);

/* The parts of an IPv4 or IPv6 address. */
typedef struct skt__ip {
  uint8_t bytes[16]; /* the first 4 for IPv4 */
  uint32_t scope;
  uint16_t port;
} skt__ip;

/* Returns the domain, or SKT_EINVAL if a is no address. The parts of a unix
 * address are zero. */
SKT__OWN int skt__addr_get_ip(const skt_addr *a, skt__ip *ip);
SKT__OWN void skt__addr_set_ip(skt_addr *a, int domain, const skt__ip *ip);
SKT__OWN bool skt__ip_is_mapped(const skt__ip *ip); /* ::ffff:1.2.3.4 */

/* Unix addresses, for address.c and address_text.c. `native` is a struct
 * sockaddr_un of that family and length; `text` stands after "unix:" when
 * parsed, and has room for any text when written. skt__unix_format returns the
 * length, or SKT_EINVAL when there is no such text. */
SKT__OWN void skt__unix_set(skt_addr *out, const void *native, size_t length);
SKT__OWN bool skt__unix_is_valid(const skt_addr *a);
SKT__OWN bool skt__unix_is_unnamed(const skt_addr *a);
SKT__OWN int skt__unix_parse(skt_addr *out, const char *text);
SKT__OWN int skt__unix_format(const skt_addr *a, char *text);

#endif
