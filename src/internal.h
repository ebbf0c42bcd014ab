/* SPDX-License-Identifier: MIT */
#ifndef SKT_INTERNAL_H
#define SKT_INTERNAL_H

/*
 * The inside of a socket, and the steps that several verbs share. address.h has
 * the parts of addresses, retry.h what decides whether a call is made again.
 */

#include "sys.h"

/* skt.kind holds domain, type, state and flags. The public states are in skt.h;
 * a fresh socket has none. SKT_NONBLOCK is a flag of every socket;
 * SKT_DUAL_STACK and one of three that share are those that skt_bind was given,
 * and of a fresh socket what SKT_OPT_V6ONLY and SKT_OPT_SHARE asked for. Two of
 * the three have bits of their own here. */
enum {
  SKT__SHARE_MULTICAST = 0x0008,
  SKT__SHARE_LOAD = 0x0080,
  SKT__LIMITED = 0x0800,     /* one of its directions has a limit */
  SKT__WAS_LIMITED = 0x8000, /* has a limit, or once had one */
  SKT__SHARED = SKT_EXCLUSIVE | SKT__SHARE_MULTICAST | SKT__SHARE_LOAD,
  SKT__FLAGS = SKT_NONBLOCK | SKT_DUAL_STACK
};
_Static_assert((SKT_DOMAINS ^ SKT_TYPES ^ SKT_STATES ^ SKT__LIMITED ^
                SKT__WAS_LIMITED ^ SKT__SHARED ^ SKT__FLAGS) == 0xffff,
               "no two of them overlap");

/* States beside the public ones. */
enum {
  SKT__FRESH = 0,
  SKT__CONNECTING_TO_LOCAL = 0x0600 /* and perhaps to itself */
};

/* skt.reading and skt.writing: 0 before there is a connection, then one of
 * these, or the error that ended the direction. A socket that needs no
 * connection reads from the start, until skt_cancel. */
enum {
  SKT__OPEN = 1,
  SKT__SHUT = 2,      /* by this side */
  SKT__ACCEPTING = 3, /* skt.reading of a listener */
  SKT__ENDED = 4, /* skt.reading: the stream's end was returned, and stays */
  SKT__TRAINS = 5 /* skt.reading: open, but for skt_receive alone */
};

/* skt.calls: the bit that skt_cancel sets; the one that skt_receive_from sets
 * when it has bound a fresh socket; what skt_send has found out about trains;
 * and the number of calls that skt_cancel must see end, with its own. No call
 * that others may accompany changes skt.kind, so that these read it without a
 * lock. */
enum {
  SKT__CANCELLED = 0x8000,
  SKT__HAS_PORT = 0x4000,
  SKT__TRAINS_KNOWN = 0x2000, /* whether there are trains; the next bit says */
  SKT__NO_TRAINS = 0x1000,    /* no trains here, or the caller wants none */
  SKT__HAS_CONTROL = 0x0800,  /* messages may arrive with control data */
  SKT__CALLS = 0x07ff
};

/* Make a call until no signal interrupts it before it does anything. */
#define SKT__UNINTERRUPTED(rc, call)                                           \
  do {                                                                         \
    (rc) = (call);                                                             \
  } while ((rc) == SKT__EINTR)

/* The first check of every public function on a socket. No kind is 0. */
static inline int skt__check(const skt *s) {
  if (s == NULL) {
    return SKT_EFAULT;
  }
  return s->kind == 0 ? SKT_EBADF : 0;
}

static inline skt__os_handle skt__handle(const skt *s) {
  return (skt__os_handle)s->handle;
}

static inline int skt__state(const skt *s) { return s->kind & SKT_STATES; }

static inline int skt__domain(const skt *s) { return s->kind & SKT_DOMAINS; }

static inline int skt__type(const skt *s) { return s->kind & SKT_TYPES; }

/* Whether the socket sends and receives without a connection. The numbers of
 * the two types that need one differ in one bit. */
static inline bool skt__connectionless(const skt *s) {
  int differs = SKT_SEQPACKET ^ SKT_STREAM;
  return (skt__type(s) & ~differs) != SKT_STREAM;
}
_Static_assert((SKT_DATAGRAM & ~0x20) != SKT_STREAM &&
                   (SKT_RAW & ~0x20) != SKT_STREAM &&
                   (SKT_RDM & ~0x20) != SKT_STREAM &&
                   (SKT_SEQPACKET & ~0x20) == SKT_STREAM,
               "see skt__connectionless");

/* Whether skt has given the socket no address yet. */
static inline bool skt__is_fresh(const skt *s) {
  return skt__state(s) == SKT__FRESH &&
         (SKT__LOAD(&s->calls) & SKT__HAS_PORT) == 0;
}

static inline bool skt__cancelled(const skt *s) {
  return (SKT__LOAD(&s->calls) & SKT__CANCELLED) != 0;
}

static inline bool skt__connecting(const skt *s) {
  return skt__state(s) == SKT_CONNECTING ||
         skt__state(s) == SKT__CONNECTING_TO_LOCAL;
}

static inline bool skt__is_blocking(const skt *s) {
  return (s->kind & SKT_NONBLOCK) == 0;
}

static inline bool skt__has_limit(const skt *s) {
  return (s->kind & SKT__LIMITED) != 0;
}

/* The system copies a listener's limits to a connection when that arrives, so
 * that also one which is accepted after they were removed can have them. */
static inline bool skt__was_limited(const skt *s) {
  return (s->kind & SKT__WAS_LIMITED) != 0;
}

/* Whether its calls wait, and for a limited time. */
static inline bool skt__waits_limited(const skt *s) {
  return (s->kind & (SKT_NONBLOCK | SKT__LIMITED)) == SKT__LIMITED;
}

/* Whether skt enforces the limits of this socket, because the system's are
 * unusable. The socket is then natively non-blocking, whatever its user sees.
 */
static inline bool skt__enforces_limits(const skt *s) {
  return !skt__system.keeps_limits && skt__has_limit(s);
}

/* skt_cancel reads the kind from another thread. */
static inline void skt__set_kind(skt *s, int kind) {
  SKT__STORE(&s->kind, (uint16_t)kind);
}

/* The flags of skt_bind that say who shares the port; at most one is set. */
enum { SKT__SHARING = SKT_EXCLUSIVE | SKT_SHARE_MULTICAST | SKT_SHARE_LOAD };

static inline int skt__sharing(const skt *s) {
  int flags = s->kind & SKT_EXCLUSIVE;
  flags |= (s->kind & SKT__SHARE_MULTICAST) != 0 ? SKT_SHARE_MULTICAST : 0;
  return flags | ((s->kind & SKT__SHARE_LOAD) != 0 ? SKT_SHARE_LOAD : 0);
}

static inline void skt__set_sharing(skt *s, int flags) {
  int kind = (s->kind & ~SKT__SHARED) | (flags & SKT_EXCLUSIVE);
  kind |= (flags & SKT_SHARE_MULTICAST) != 0 ? SKT__SHARE_MULTICAST : 0;
  kind |= (flags & SKT_SHARE_LOAD) != 0 ? SKT__SHARE_LOAD : 0;
  skt__set_kind(s, kind);
}

/* Whether the socket can be bound with none or this one of these flags. */
static inline bool skt__takes_sharing(const skt *s, int sharing) {
  bool is_datagram = skt__type(s) == SKT_DATAGRAM;
  bool has_ports =
      skt__domain(s) != SKT_UNIX && (skt__type(s) == SKT_STREAM || is_datagram);
  switch (sharing) {
  case 0:
  case SKT_EXCLUSIVE:
    return true;
  case SKT_SHARE_MULTICAST:
    return has_ports && is_datagram;
  case SKT_SHARE_LOAD:
    return has_ports;
  default: /* more than one, or another number */
    return false;
  }
}

/* Enter a state: set it, and what it means for reading and writing. */
void skt__set_state(skt *s, int state);

/* Enter the state of a socket whose connect failed, with that code. */
void skt__set_failed(skt *s, int rc);

/* Let a datagram socket report the ICMP errors of its peer, if it has one:
 * other errors would be about nothing that the caller knows. */
void skt__choose_icmp(const skt *s);

/* Put a native handle into a struct. */
void skt__fill(skt *s, skt__os_handle handle, int kind);

/* Why a call on a direction cannot go straight to the system: an error, 0 when
 * there is nothing to do, or 1 when nothing is in the way, perhaps with an
 * empty message. In the order of skt.h.
 *   end  &s->reading or &s->writing */
int skt__check_io(skt *s, const int16_t *end, const void *buffer, size_t n);
int skt__check_open(skt *s, const int16_t *end, size_t n);

/* The steps after a connect has begun: await its outcome, SKT_EINPROGRESS if
 * the deadline comes first; refuse a self-connect; record the outcome, and
 * return it or SKT_ECANCELED. */
int skt__await_connect(const skt *s, int64_t deadline_us);
int skt__refuse_itself(const skt *s, const skt_addr *peer);
int skt__conclude(skt *s, int rc);

/* The outcome of a connect that goes on by itself, for a call on a direction:
 * as long as the mode and the direction's limit allow, the call waits for it.
 * Returns 0, SKT_EAGAIN or SKT_ETIMEDOUT while it is unknown, or the connect's
 * code. */
int skt__settle(skt *s, int direction);

/* Whether a socket is connected, and be it since a moment. */
bool skt__is_connected(skt *s);

/* Wait for one socket until a deadline, whatever interrupts the wait. Looks at
 * least once. Returns the events that are there, with SKT__FAILED if the socket
 * has an error; 0 when the deadline has passed, never before; or a code. */
int skt__wait(const skt *s, int events, int64_t deadline_us);

/* As skt__wait, also in a process that may have no descriptors, where skt__wait
 * returns SKT_ENOBUFS. Apart, because it makes small programs larger. */
int skt__wait_unlimited(skt *s, int events, int64_t deadline_us);

/* Let other threads run for a moment. */
void skt__pause(void);

/* Take over the limits that other code has set on an adopted socket; and leave
 * a socket, for other code, in the mode that skt_blocking returns. */
int skt__find_limits(skt *s);
void skt__restore_mode(skt *s);

/* Whether a code of a call for an option means that the connection is gone. */
bool skt__is_gone(const skt *s, int rc);

/* The system's form of an option, to read or to set it. Return SKT_EINVAL for
 * another kind of socket, SKT_EALREADY while it connects, SKT_EOPNOTSUPP if the
 * system lacks the option. To set one settles a connect that has ended. */
int skt__option_to_read(const skt *s, int option, const skt__option_row **row);
int skt__option_to_set(skt *s, int option, const skt__option_row **row);

/* The code for the caller after the system returned rc for an option;
 * `when_gone` if the connection is gone. */
int skt__option_code(const skt *s, int rc, int when_gone);

/* The options that skt keeps for skt_bind, checked for kind and range. */
bool skt__is_kept_option(int option);
int skt__read_kept(const skt *s, int option);
int skt__set_kept(skt *s, int option, int value);

/* Whether the socket can send trains, and may; asks the system once. */
bool skt__has_trains(skt *s);

/* Give a fresh socket the wildcard and a port, and leave its state alone. */
int skt__bind_any(const skt *s);

/* The member `pending` of a waker or poller, which the threads that wake and
 * the one that waits change without a lock: whether a thread is waking, whether
 * a wake is made, and above these bits how many wakes waits have taken.
 *
 * A thread that finds a wake made need not wake: the wait that will take that
 * wake reports both. It wakes by itself while the other is still waking, which
 * can fail. A mark holds for one number, so that a thread cannot mark as made a
 * wake that a wait has taken meanwhile: then no later wake would be made. */
enum { SKT__WAKING = 1, SKT__WAKE_MADE = 2, SKT__WAKES = 3 };

/* Before a wake: whether to make one; *seen is for skt__wake_ends. */
bool skt__wake_begins(uint32_t *pending, uint32_t *seen);

/* After a wake, made or failed. Returns rc. */
int skt__wake_ends(uint32_t *pending, uint32_t seen, int rc);

/* A wait has taken a wake. */
void skt__wake_taken(uint32_t *pending);

/* Whether a socket is in a state in which it can become ready; and whether a
 * waker is one. */
int skt__check_wait(const skt *s);
int skt__check_waker(const skt_waker *w);

/* The shared sources call no system: the compiler refuses these names from here
 * on. In one file the backends come later, and need them. The headers come
 * first because some systems declare such calls in them. */
#if defined __GNUC__ && !defined SKT__ONE_FILE
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#undef errno /* a macro in MinGW's <stdlib.h> */
#pragma GCC poison accept accept4 bind close closesocket connect fcntl
#pragma GCC poison getpeername getsockname getsockopt ioctl ioctlsocket listen
#pragma GCC poison poll ppoll read readv recv recvfrom recvmmsg recvmsg select
#pragma GCC poison send sendmmsg sendmsg sendto setsockopt shutdown socket
#pragma GCC poison socketpair write writev errno GetLastError WSAGetLastError
#pragma GCC poison WSAIoctl WSAPoll WSARecv WSARecvFrom WSARecvMsg WSASend
#pragma GCC poison getaddrinfo getnameinfo freeaddrinfo gethostbyname
#pragma GCC poison GetAddrInfoW GetAddrInfoExW GetNameInfoW pthread_create
#pragma GCC poison WSASendMsg WSASendTo WSASocketA WSASocketW WSAStartup
#endif

#endif
