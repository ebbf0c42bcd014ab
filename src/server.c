/* SPDX-License-Identifier: MIT */
/* The verbs of a server: bind, listen, accept. */
#include "address.h"
#include "retry.h"

enum {
  SHARING = SKT_EXCLUSIVE | SKT_SHARE_MULTICAST | SKT_SHARE_LOAD,
  KNOWN_FLAGS = SKT_DUAL_STACK | SHARING
};

/* Whether sockets of its kind can be told so by skt_bind. */
static bool takes_flags(const skt *s, unsigned flags) {
  unsigned sharing = flags & SHARING;
  int domain = skt__domain(s), type = skt__type(s);
  bool has_ports =
      domain != SKT_UNIX && (type == SKT_STREAM || type == SKT_DATAGRAM);
  if ((flags & ~(unsigned)KNOWN_FLAGS) != 0 ||
      ((flags & SKT_DUAL_STACK) != 0 && !(domain == SKT_IPV6 && has_ports))) {
    return false;
  }
  switch (sharing) {
  case 0:
  case SKT_EXCLUSIVE:
    return true;
  case SKT_SHARE_MULTICAST:
    return has_ports && type == SKT_DATAGRAM;
  case SKT_SHARE_LOAD:
    return has_ports;
  default: /* more than one */
    return false;
  }
}

/* The flags for the backend: what was asked for, and what is the default of
 * its kind. */
static unsigned spell_out(const skt *s, unsigned flags) {
  int domain = skt__domain(s), type = skt__type(s);
  if (domain == SKT_UNIX || type == SKT_RAW || type == SKT_RDM) {
    return 0;
  }
  if ((flags & SHARING) == 0) {
    flags |= type == SKT_DATAGRAM ? SKT_EXCLUSIVE : SKT__RESTART;
  }
  if (domain == SKT_IPV6 && (flags & SKT_DUAL_STACK) == 0) {
    flags |= SKT__ONE_STACK;
  }
  return flags;
}

int skt_bind(skt *s, const skt_addr *local, unsigned flags) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (local == NULL) {
    return SKT_EFAULT;
  }
  int domain = skt_addr_domain(local);
  if (!takes_flags(s, flags) || domain != skt__domain(s) ||
      (domain == SKT_UNIX && skt__unix_is_unnamed(local)) ||
      skt__state(s) != SKT__FRESH) {
    return SKT_EINVAL;
  }
  flags |= s->kind & SKT_DUAL_STACK; /* SKT_OPT_V6ONLY */
  rc = skt__sys_bind(skt__handle(s), local, spell_out(s, flags));
  if (rc == 0) {
    skt__set_state(s, SKT_BOUND);
    flags &= SKT_EXCLUSIVE | SKT_DUAL_STACK;
    skt__set_kind(s, s->kind | (int)flags);
  }
  return rc;
}

int skt_listen(skt *s, int backlog) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  int type = skt__type(s), state = skt__state(s);
  if (type == SKT_DATAGRAM || type == SKT_RAW) {
    return SKT_EOPNOTSUPP;
  }
  if (state != SKT_BOUND && state != SKT_LISTENING) {
    return SKT_EINVAL;
  }
  bool restart = type != SKT_RDM && skt__domain(s) != SKT_UNIX &&
                 (s->kind & SKT_EXCLUSIVE) == 0;
  rc = skt__sys_listen(skt__handle(s), backlog > 0 ? backlog : 0, restart);
  if (rc == 0) {
    skt__set_state(s, SKT_LISTENING);
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
