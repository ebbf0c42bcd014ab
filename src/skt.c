/* SPDX-License-Identifier: MIT */
/* The verbs of a server, and the beginning of every socket. */
#include "core.h"

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
static int accept_one(skt *s, skt__os_handle *out, skt_addr *peer,
                      bool nonblocking) {
  bool inherited = !skt__waits(s) || skt__keeps_limits(s);
  SKT__ENTER(&s->calls);
  int rc = skt__cancelled(s) ? SKT_ECANCELED
                             : skt__sys_accept(skt__handle(s), out, peer,
                                               inherited, nonblocking);
  SKT__LEAVE(&s->calls);
  return rc < 0 && skt__cancelled(s) ? SKT_ECANCELED : rc;
}

static int accept_next(skt *s, skt__os_handle *out, skt_addr *peer,
                       bool nonblocking) {
  int64_t deadline_us = 0;
  for (;;) {
    int rc = accept_one(s, out, peer, nonblocking);
    if (rc == SKT__EINTR || rc == SKT_EAGAIN) {
      rc = skt__again(s, SKT_READ, rc, &deadline_us);
      if (rc < 0) {
        return rc;
      }
    } else if (!is_the_peers_misfortune(rc)) {
      return rc;
    }
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
  rc = accept_next(s, &handle, peer, flags != 0);
  if (rc == 0) {
    int kind = s->kind & (SKT__DOMAIN | SKT__TYPE | SKT_DUAL_STACK);
    skt__fill(out, handle, kind | SKT_CONNECTED | (int)flags);
  }
  /* Limits are handed on by all systems (Linux and Wine, measured). */
  if (rc == 0 && skt__limited(s)) {
    rc = skt_set_limit(out, SKT_BOTH, -1);
    if (rc < 0) {
      skt_close(out);
    }
  }
  return rc;
}
