/* SPDX-License-Identifier: MIT */
/* The verbs that make connections: arguments, states, retries. */
#include "sys.h"

#include <string.h>

static bool is_kind(int domain, int type, int protocol) {
  return (domain == SKT_IPV4 || domain == SKT_IPV6 || domain == SKT_UNIX) &&
         type >= SKT_STREAM && type <= SKT_PACKET && (type & ~SKT__TYPE) == 0 &&
         protocol >= 0;
}

/* What no system has, or only some of them under that name. Linux makes a
 * datagram socket of a raw unix socket (unix_create), and has no raw sockets of
 * protocol 0, which elsewhere take every protocol. */
static bool is_nowhere(int domain, int type, int protocol) {
  return type == SKT_PACKET || skt__native_type(type) < 0 ||
         (type == SKT_RAW && (domain == SKT_UNIX || protocol == 0));
}

int skt_socket(skt *s, int domain, int type, int protocol) {
  bool nonblocking = (type & SKT_NONBLOCK) != 0;
  skt__os_handle handle;
  if (s == NULL) {
    return SKT_EFAULT;
  }
  *s = (skt){.handle = 0};
  type &= ~SKT_NONBLOCK;
  if (!is_kind(domain, type, protocol)) {
    return SKT_EINVAL;
  }
  if (is_nowhere(domain, type, protocol)) {
    return SKT_EPROTONOSUPPORT;
  }
  int rc = skt__sys_start();
  if (rc == 0) {
    rc = skt__sys_socket(&handle, domain, type, protocol, nonblocking);
  }
  if (rc == 0) {
    skt__fill(s, handle, domain | type | (nonblocking ? SKT_NONBLOCK : 0));
  }
  return rc;
}

int skt_close(skt *s) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  skt__os_handle handle = skt__handle(s);
  *s = (skt){.handle = 0};
  rc = skt__sys_close(handle);
  /* POSIX leaves open whether an interrupted close has closed. Every system
   * here has; trying again could close a stranger's handle. */
  return rc == SKT__EINTR ? 0 : rc;
}

/* What accept reports is not always the listener's: Linux hands out errors of
 * the connection it takes, the BSDs and Windows tell that the peer gave up
 * (accept(2), Linux; Winsock accept, WSAECONNRESET). Each such answer used up
 * one waiting connection, so asking again comes to an end. */
static bool is_the_peers_misfortune(int code) {
  switch (code) {
  case SKT__EINTR:
  case SKT_ECONNABORTED:
  case SKT_ECONNRESET:
  case SKT_EPROTO:
  case SKT_ENOPROTOOPT:
  case SKT_ETIMEDOUT:
  case SKT_ENETUNREACH:
  case SKT_EHOSTUNREACH:
    return true;
  default:
    return false;
  }
}

int skt_accept(skt *s, skt *out, skt_addr *peer, unsigned flags) {
  skt__os_handle handle;
  if (out != NULL && out != s) {
    *out = (skt){.handle = 0};
  }
  if (peer != NULL) {
    *peer = (skt_addr){.length = 0};
  }
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (out == NULL) {
    return SKT_EFAULT;
  }
  if ((flags & ~(unsigned)SKT_NONBLOCK) != 0 || out == s ||
      skt__state(s) != SKT_LISTENING) {
    return SKT_EINVAL;
  }
  do {
    rc = skt__sys_accept(skt__handle(s), &handle, peer, !skt__waits(s),
                         flags != 0);
  } while (is_the_peers_misfortune(rc));
  if (rc == 0) {
    int kind = s->kind & (SKT__DOMAIN | SKT__TYPE);
    skt__fill(out, handle, kind | SKT_CONNECTED | (int)flags);
  }
  return rc;
}

/* A host that can be connected to: not a wildcard, which Linux takes for
 * loopback and Windows refuses; not mapped IPv4, which depends on V6ONLY; and
 * not port 0, where nobody can be, unless the type has no ports. */
static bool is_destination(int type, const skt_addr *a) {
  static const uint8_t wildcard[16];
  skt__ip ip;
  int domain = skt__addr_get_ip(a, &ip);
  return (ip.port != 0 || type == SKT_RAW) &&
         !(domain == SKT_IPV6 && skt__ip_is_mapped(&ip)) &&
         memcmp(ip.bytes, wildcard, sizeof wildcard) != 0;
}

/* How a connect that went on without us ended, if it has by the deadline. */
static int finish_connect(skt *s, int timeout_ms) {
  int ready = skt__wait(s, SKT_WRITE, timeout_ms);
  if (ready <= 0) {
    return ready == 0 ? SKT_EINPROGRESS : ready;
  }
  int rc = skt__sys_pending_error(skt__handle(s));
  /* Winsock, getsockopt(SO_ERROR): the error is not always there as soon as
   * the failure is announced. Then the commonest one stands for it. */
  return rc == 0 && (ready & SKT__FAILED) != 0 ? SKT_ECONNREFUSED : rc;
}

/* Record how connecting went on. */
static int conclude(skt *s, int rc) {
  if (rc < 0 && skt__connectionless(s)) {
    return rc; /* it can do without */
  }
  if (rc == SKT_EINPROGRESS) {
    skt__set_state(s, SKT__CONNECTING);
  } else if (rc == 0) {
    skt__set_state(s, SKT_CONNECTED);
  } else {
    skt__set_state(s, SKT__CONNECT_FAILED);
    s->reading = (int16_t)rc;
  }
  return rc;
}

int skt_connect(skt *s, const skt_addr *peer) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (peer == NULL) {
    return SKT_EFAULT;
  }
  if (skt_addr_domain(peer) != skt__domain(s) ||
      !is_destination(skt__type(s), peer)) {
    return SKT_EINVAL;
  }
  int state = skt__state(s);
  if (state != SKT__FRESH && state != SKT_BOUND) {
    return state == SKT_CONNECTED     ? SKT_EISCONN
           : state == SKT__CONNECTING ? SKT_EALREADY
                                      : SKT_EINVAL;
  }
  rc = conclude(s, skt__sys_connect(skt__handle(s), peer));
  /* A signal came: the system goes on, and asking it to connect again would
   * be an error (POSIX connect, EINTR). */
  if (rc == SKT_EINPROGRESS && skt__waits(s)) {
    rc = conclude(s, finish_connect(s, -1));
  }
  return rc;
}

int skt_connect_finish(skt *s) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  switch (skt__state(s)) {
  case SKT_CONNECTED:
    return 0;
  case SKT__CONNECT_FAILED:
    return s->reading;
  case SKT__CONNECTING:
    return conclude(s, finish_connect(s, 0));
  default:
    return SKT_EINVAL;
  }
}

/* Linux takes back the port that it chose, also from a socket that was bound
 * with port 0 (__udp_disconnect); the others leave it (Winsock connect). */
static int keep_port(const skt *s, const skt_addr *before) {
  skt_addr now;
  skt__ip ip;
  int rc = skt__sys_local(skt__handle(s), &now);
  int port = skt_addr_port(before);
  if (rc < 0 || port <= 0 || skt_addr_port(&now) == port) {
    return rc;
  }
  int domain = skt__addr_get_ip(&now, &ip);
  ip.port = (uint16_t)port;
  skt__addr_set_ip(&now, domain, &ip);
  return skt__sys_bind(skt__handle(s), &now, 0);
}

int skt_disconnect(skt *s) {
  skt_addr before = {.length = 0};
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (!skt__connectionless(s)) {
    return SKT_EINVAL;
  }
  if (skt__state(s) != SKT_CONNECTED) {
    return SKT_ENOTCONN;
  }
  bool has_port = skt__type(s) == SKT_DATAGRAM && skt__domain(s) != SKT_UNIX;
  if (has_port) {
    rc = skt__sys_local(skt__handle(s), &before);
  }
  if (rc == 0) {
    rc = skt__sys_disconnect(skt__handle(s), skt__domain(s));
  }
  if (rc == 0) {
    skt__set_state(s, SKT_BOUND);
    rc = has_port ? keep_port(s, &before) : 0;
  }
  return rc;
}
