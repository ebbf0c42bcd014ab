/* SPDX-License-Identifier: MIT */
/* The verbs of a server, and the beginning of every socket. */
#include "core.h"

void skt__set_state(skt *s, int state) {
  skt__set_kind(s, (s->kind & ~SKT__STATE) | state);
  int16_t end = state == SKT_CONNECTED ? SKT__OPEN : 0;
  SKT__STORE(&s->writing, end);
  end = skt__cancelled(s)        ? SKT_ECANCELED
        : state == SKT_LISTENING ? SKT__ACCEPTING
        : skt__connectionless(s) ? SKT__OPEN
                                 : end;
  SKT__STORE(&s->reading, end);
}

void skt__fill(skt *s, skt__os_handle handle, int kind) {
  *s = (skt){.handle = (uintptr_t)handle, .kind = (uint16_t)kind};
  skt__set_state(s, kind & SKT__STATE);
}

static bool is_kind(int domain, int type, int protocol) {
  return (domain == SKT_IPV4 || domain == SKT_IPV6 || domain == SKT_UNIX) &&
         type >= SKT_STREAM && type <= SKT_PACKET && (type & ~SKT__TYPE) == 0 &&
         protocol >= 0;
}

/* What no system has, or only some of them under that name. The packet type has
 * no number that means the same on two systems. Linux makes a datagram socket
 * of a raw unix socket (unix_create), and has no raw sockets of protocol 0,
 * which elsewhere take every protocol. */
static bool is_nowhere(int domain, int type, int protocol) {
  return skt__native_type(type) < 0 ||
         (type == SKT_RAW && (domain == SKT_UNIX || protocol == 0));
}

enum { SCTP = 132 };

/* SCTP has connections that keep messages apart, and calls them SOCK_STREAM
 * (RFC 6458 4). Its SOCK_SEQPACKET has none: accept is refused there, and send
 * without an address too (3; Linux 6.1: EOPNOTSUPP, EPIPE). */
static bool is_sctp_seqpacket(int domain, int type, int protocol) {
  return domain != SKT_UNIX && type == SKT_SEQPACKET &&
         (protocol == 0 || protocol == SCTP);
}

static int make(skt__os_handle *out, int domain, int type, int protocol,
                bool nonblocking) {
  return is_sctp_seqpacket(domain, type, protocol)
             ? skt__sys_socket(out, domain, SKT_STREAM, SCTP, nonblocking)
             : skt__sys_socket(out, domain, type, protocol, nonblocking);
}

int skt_socket(skt *s, int domain, int type, int protocol) {
  bool nonblocking = (type & SKT_NONBLOCK) != 0;
  skt__os_handle handle = SKT__NO_HANDLE;
  if (s == NULL) {
    return SKT_EFAULT;
  }
  *s = (skt){.kind = 0};
  type &= ~SKT_NONBLOCK;
  if (!is_kind(domain, type, protocol)) {
    return SKT_EINVAL;
  }
  if (is_nowhere(domain, type, protocol)) {
    return SKT_EPROTONOSUPPORT;
  }
  int rc = skt__sys_start();
  if (rc == 0) {
    rc = make(&handle, domain, type, protocol, nonblocking);
  }
  if (rc == 0) {
    skt__fill(s, handle, domain | type | (nonblocking ? SKT_NONBLOCK : 0));
  }
  return rc;
}

/* What accept reports is not always the listener's: Linux hands out errors of
 * the connection it takes, the BSDs and Windows tell that the peer gave up
 * (accept(2), Linux; Winsock accept, WSAECONNRESET). Each such answer used up
 * one waiting connection, so asking again comes to an end. */
static bool is_the_peers_misfortune(int code) {
  switch (code) {
  case SKT_ECONNABORTED:
  case SKT_ECONNRESET:
  case SKT_EPROTO:
  case SKT_ENOPROTOOPT:
  case SKT_ETIMEDOUT:
  case SKT_ENOTCONN: /* Wine: it was reset before its address was asked */
  case SKT_ENETUNREACH:
  case SKT_EHOSTUNREACH:
    return true;
  default:
    return false;
  }
}

/* skt_cancel counts on calls to be counted that could begin to wait after it
 * has woken all who did. */
static inline int accept_one(skt *s, skt__os_handle *out, skt_addr *peer,
                             bool nonblocking) {
  bool inherited = !skt__waits(s) || skt__keeps_limits(s);
  if (!SKT__ACCEPT_CAN_BE_MISSED) {
    return skt__sys_accept(skt__handle(s), out, peer, inherited, nonblocking);
  }
  SKT__ENTER(&s->calls);
  int rc = skt__cancelled(s) ? SKT_ECANCELED
                             : skt__sys_accept(skt__handle(s), out, peer,
                                               inherited, nonblocking);
  SKT__LEAVE(&s->calls);
  return rc;
}

static SKT__COLD int hand_out_nothing(const skt *s, skt *out, skt_addr *peer,
                                      int rc) {
  if (out != NULL && out != s) {
    *out = (skt){.kind = 0};
  }
  if (peer != NULL) {
    *peer = (skt_addr){.length = 0};
  }
  return rc;
}

/* Why there is nothing to accept, in the order of skt.h. */
static SKT__COLD int refuse(const skt *s, const skt *out, unsigned flags) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  bool misused = out == s || (flags & ~(unsigned)SKT_NONBLOCK) != 0 ||
                 skt__state(s) != SKT_LISTENING;
  return out == NULL ? SKT_EFAULT : misused ? SKT_EINVAL : SKT_ECANCELED;
}

/* Limits are handed on by all systems (Linux and Wine, measured). */
static SKT__COLD int drop_limits(skt *out, skt_addr *peer) {
  int rc = skt_set_limit(out, SKT_BOTH, -1);
  if (rc < 0) {
    skt_close(out);
    return hand_out_nothing(NULL, out, peer, rc);
  }
  return 0;
}

static inline int hand_out(const skt *s, skt *out, skt_addr *peer,
                           skt__os_handle handle, unsigned flags) {
  int kind = s->kind & (SKT__DOMAIN | SKT__TYPE | SKT_DUAL_STACK);
  *out = (skt){.handle = (uintptr_t)handle,
               .kind = (uint16_t)(kind | SKT_CONNECTED | (int)flags),
               .reading = SKT__OPEN,
               .writing = SKT__OPEN};
  return skt__limited(s) ? drop_limits(out, peer) : 0;
}

/* Whether to accept again after an answer: 1, or the error to return. */
static int accepts_on(const skt *s, int rc, int64_t *deadline_us) {
  return skt__cancelled(s) ? SKT_ECANCELED
         : rc == SKT__EINTR || rc == SKT_EAGAIN
             ? skt__again(s, SKT_READ, rc, deadline_us)
         : is_the_peers_misfortune(rc) ? 1
                                       : rc;
}

/* What comes of an accept whose first call has answered rc, an error. */
static SKT__COLD int accept_again(skt *s, skt *out, skt_addr *peer,
                                  unsigned flags, int rc) {
  skt__os_handle handle = SKT__NO_HANDLE;
  int64_t deadline_us = 0;
  do {
    int on = accepts_on(s, rc, &deadline_us);
    if (on < 0) {
      return hand_out_nothing(s, out, peer, on);
    }
    rc = accept_one(s, &handle, peer, flags != 0);
  } while (rc < 0);
  return hand_out(s, out, peer, handle, flags);
}

int skt_accept(skt *s, skt *out, skt_addr *peer, unsigned flags) {
  skt__os_handle handle = SKT__NO_HANDLE; /* which gcc -O3 wants to see */
  if (s == NULL || out == NULL || out == s ||
      (flags & ~(unsigned)SKT_NONBLOCK) != 0 ||
      SKT__LOAD(&s->reading) != SKT__ACCEPTING) {
    return hand_out_nothing(s, out, peer, refuse(s, out, flags));
  }
  int rc = accept_one(s, &handle, peer, flags != 0);
  return rc < 0 ? accept_again(s, out, peer, flags, rc)
                : hand_out(s, out, peer, handle, flags);
}
