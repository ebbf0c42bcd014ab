/* SPDX-License-Identifier: MIT */
/* Creating a socket; its addresses; which kinds the system supports. */
#include "address.h"

static int16_t reading_in_state(const skt *s, int state) {
  if (state == SKT_CONNECTED) {
    return SKT__OPEN;
  }
  if (state == SKT_LISTENING) {
    return SKT__ACCEPTING;
  }
  return skt__connectionless(s) ? SKT__OPEN : 0;
}

void skt__set_state(skt *s, int state) {
  skt__set_kind(s, (s->kind & ~SKT_STATES) | state);
  SKT__STORE(&s->writing, state == SKT_CONNECTED ? SKT__OPEN : 0);
  int16_t reading = reading_in_state(s, state);
  if (SKT__LOAD(&s->reading) == SKT__TRAINS) {
    reading = SKT__TRAINS;
  }
  SKT__STORE(&s->reading, skt__cancelled(s) ? SKT_ECANCELED : reading);
}

void skt__set_failed(skt *s, int rc) {
  skt__set_kind(s, (s->kind & ~SKT_STATES) | SKT_FAILED);
  SKT__STORE(&s->reading, (int16_t)rc);
  SKT__STORE(&s->writing, (int16_t)rc);
}

void skt__choose_icmp(const skt *s) {
  if (skt__type(s) == SKT_DATAGRAM && skt__domain(s) != SKT_UNIX) {
    skt__sys_report_icmp(skt__handle(s), skt__state(s) == SKT_CONNECTED);
  }
}

void skt__fill(skt *s, skt__os_handle handle, int kind) {
  int state = kind & SKT_STATES;
  *s = (skt){.handle = (uintptr_t)handle,
             .kind = (uint16_t)kind,
             .writing = state == SKT_CONNECTED ? SKT__OPEN : 0};
  s->reading = reading_in_state(s, state);
}

static bool is_valid_kind(int domain, int type, int protocol) {
  return (domain == SKT_IPV4 || domain == SKT_IPV6 || domain == SKT_UNIX) &&
         type >= SKT_STREAM && type <= SKT_PACKET && (type & ~SKT_TYPES) == 0 &&
         protocol >= 0;
}

/* Whether no system has the kind, or its meaning differs between systems. The
 * packet type has no common number. Linux creates a datagram socket for a raw
 * unix socket (unix_create), and has no raw sockets of protocol 0, which
 * elsewhere receive every protocol. */
static bool is_unportable(int domain, int type, int protocol) {
  if (type <= SKT_DATAGRAM) {
    return false;
  }
  return skt__native_type(type) < 0 ||
         (type == SKT_RAW && (domain == SKT_UNIX || protocol == 0));
}

enum { SCTP = 132 };

/* SCTP's connections keep message boundaries; their type is SOCK_STREAM (RFC
 * 6458 4). Its SOCK_SEQPACKET is one-to-many: accept fails, and so does send
 * without an address (RFC 6458 3; Linux 6.1: EOPNOTSUPP, EPIPE). */
static bool is_sctp_seqpacket(int domain, int type, int protocol) {
  return domain != SKT_UNIX && type == SKT_SEQPACKET &&
         (protocol == 0 || protocol == SCTP);
}

static int create_socket(skt__os_handle *out, int domain, int type,
                         int protocol, bool nonblocking) {
  int rc;
  if (is_sctp_seqpacket(domain, type, protocol)) {
    type = SKT_STREAM;
    protocol = SCTP;
  }
  SKT__UNINTERRUPTED(rc,
                     skt__sys_socket(out, domain, type, protocol, nonblocking));
  return rc;
}

int skt_socket(skt *s, int domain, int type, int protocol) {
  bool nonblocking = (type & SKT_NONBLOCK) != 0;
  skt__os_handle handle = SKT__NO_HANDLE;
  if (s == NULL) {
    return SKT_EFAULT;
  }
  *s = (skt){.kind = 0};
  type &= ~SKT_NONBLOCK;
  if (!is_valid_kind(domain, type, protocol)) {
    return SKT_EINVAL;
  }
  if (is_unportable(domain, type, protocol)) {
    return SKT_EPROTONOSUPPORT;
  }
  int rc = skt__sys_start();
  if (rc == 0) {
    rc = create_socket(&handle, domain, type, protocol, nonblocking);
  }
  if (rc == 0) {
    skt__fill(s, handle, domain | type | (nonblocking ? SKT_NONBLOCK : 0));
  }
  return rc;
}

/* Linux can have IPv6 compiled in and disabled; then no interface has ::1
 * (ip-sysctl, disable_ipv6). */
static int try_loopback(skt *s) {
  skt__ip ip = {.domain = SKT_IPV6, .bytes[15] = 1};
  skt_addr loopback;
  skt__addr_set_ip(&loopback, &ip);
  return skt_bind(s, &loopback, 0);
}

int skt_supports(int domain, int type, int protocol) {
  skt s;
  if ((type & SKT_NONBLOCK) != 0) {
    return SKT_EINVAL;
  }
  int rc = skt_socket(&s, domain, type, protocol);
  if (rc == 0) {
    if (domain == SKT_IPV6 && (type == SKT_STREAM || type == SKT_DATAGRAM)) {
      rc = try_loopback(&s);
    }
    skt_close(&s);
  }
  switch (rc) {
  case 0:
    return 1;
  case SKT_EAFNOSUPPORT:
  case SKT_EPROTONOSUPPORT:
  case SKT_EADDRNOTAVAIL:
    return 0;
  default:
    return rc;
  }
}

int skt_start(void) { return skt__sys_start(); }

int skt_kind(const skt *s) {
  enum { ALL = SKT_DOMAINS | SKT_TYPES | SKT_NONBLOCK | SKT_DUAL_STACK };
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  int state = skt__state(s);
  if (state == SKT__CONNECTING_TO_LOCAL) {
    state = SKT_CONNECTING;
  } else if (state == SKT__FRESH && !skt__is_fresh(s)) {
    state = SKT_BOUND;
  }
  return (s->kind & ALL) | state;
}

/* Zeroes *out and checks the arguments. */
static int begin_query(const skt *s, skt_addr *out) {
  if (out != NULL) {
    *out = (skt_addr){.length = 0};
  }
  int rc = skt__check(s);
  return rc == 0 && out == NULL ? SKT_EFAULT : rc;
}

int skt_local(const skt *s, skt_addr *out) {
  int rc = begin_query(s, out);
  if (rc < 0) {
    return rc;
  }
  /* Windows has no address for a socket that was never bound (Winsock
   * getsockname, WSAEINVAL); POSIX systems return the wildcard and port 0, or
   * unnamed. */
  bool fresh = skt__state(s) == SKT__FRESH;
  if (!fresh || skt__connectionless(s)) { /* sending binds those */
    rc = skt__sys_local(skt__handle(s), out);
  }
  if (fresh && (rc == SKT_EINVAL || !skt__connectionless(s))) {
    skt__addr_any(out, skt__domain(s));
    rc = 0;
  }
  return rc;
}

int skt_peer(const skt *s, skt_addr *out) {
  int rc = begin_query(s, out);
  if (rc < 0) {
    return rc;
  }
  return skt__state(s) == SKT_CONNECTED || skt__connecting(s)
             ? skt__sys_peer(skt__handle(s), out)
             : SKT_ENOTCONN;
}
