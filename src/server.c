/* SPDX-License-Identifier: MIT */
/* The verbs of a server: bind, listen, accept. */
#include "address.h"
#include "retry.h"

/* Whether skt_bind takes these flags for a socket of this kind. */
static bool takes_flags(const skt *s, int flags) {
  int type = skt__type(s);
  bool can_be_dual = skt__domain(s) == SKT_IPV6 &&
                     (type == SKT_STREAM || type == SKT_DATAGRAM);
  return (flags & ~(SKT_DUAL_STACK | SKT__SHARING)) == 0 &&
         ((flags & SKT_DUAL_STACK) == 0 || can_be_dual) &&
         skt__takes_sharing(s, flags & SKT__SHARING);
}

/* The flags for the backend: the caller's, and the defaults of the socket's
 * kind made explicit. */
static int backend_flags(const skt *s, int flags) {
  int domain = skt__domain(s), type = skt__type(s);
  if (domain == SKT_UNIX || type == SKT_RAW || type == SKT_RDM) {
    return 0;
  }
  if ((flags & SKT__SHARING) == 0 && type == SKT_DATAGRAM) {
    flags |= SKT_EXCLUSIVE;
  }
  if ((flags & SKT_EXCLUSIVE) == 0 && type != SKT_DATAGRAM) {
    flags |= SKT__RESTART;
  }
  if (domain == SKT_IPV6 && (flags & SKT_DUAL_STACK) == 0) {
    flags |= SKT__ONE_STACK;
  }
  return flags;
}

/* Windows refuses to bind to a group (Wine's test_bind, run on Windows).
 * Elsewhere that is a filter, which joining is too.
 *
 * A link-local address without a scope is ambiguous: Linux refuses it, unless
 * SO_BINDTODEVICE has named the interface; Windows takes it for one of its
 * interfaces (inet6_bind, Linux; Winsock bind). */
static bool is_no_local_address(const skt_addr *a) {
  skt__ip ip;
  skt__addr_get_ip(a, &ip);
  return skt__ip_is_group(&ip) || (skt__ip_is_link_local(&ip) && ip.scope == 0);
}

/* What is sent to a group arrives at sockets that are bound to the wildcard. */
static void refuse_foreign_groups(const skt *s, const skt_addr *local) {
  skt__ip ip;
  skt__addr_get_ip(local, &ip);
  if (skt__type(s) == SKT_DATAGRAM && ip.domain != SKT_UNIX &&
      skt__ip_is_wildcard(&ip)) {
    skt__sys_only_joined(skt__handle(s), ip.domain);
  }
}

static int bind_to(const skt *s, const skt_addr *local, int flags) {
  int rc;
  refuse_foreign_groups(s, local);
  SKT__UNINTERRUPTED(
      rc, skt__sys_bind(skt__handle(s), local, backend_flags(s, flags)));
  return rc;
}

int skt_bind(skt *s, const skt_addr *local, int flags) {
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
      is_no_local_address(local) || !skt__is_fresh(s)) {
    return SKT_EINVAL;
  }
  flags |= s->kind & SKT_DUAL_STACK; /* SKT_OPT_V6ONLY */
  if ((flags & SKT__SHARING) == 0) {
    flags |= skt__sharing(s); /* SKT_OPT_SHARE */
  }
  rc = bind_to(s, local, flags);
  if (rc == 0) {
    skt__set_state(s, SKT_BOUND);
    skt__set_kind(s, s->kind | (flags & SKT_DUAL_STACK));
    skt__set_sharing(s, flags);
  }
  return rc;
}

int skt__bind_any(const skt *s) {
  skt_addr any;
  skt__addr_any(&any, skt__domain(s));
  return bind_to(s, &any, s->kind & SKT_DUAL_STACK);
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
  SKT__UNINTERRUPTED(
      rc, skt__sys_listen(skt__handle(s), backlog > 0 ? backlog : 0, restart));
  if (rc == 0) {
    skt__set_state(s, SKT_LISTENING);
  }
  return rc;
}

/* accept() also reports errors of a connection: Linux those of the one that it
 * would return, the BSDs and Windows that the peer gave up (accept(2), Linux;
 * Winsock accept, WSAECONNRESET). Each such error removes one connection from
 * the queue, so the retries end. */
static bool is_peer_error(int code) {
  switch (code) {
  case SKT_ECONNABORTED:
  case SKT_ECONNRESET:
  case SKT_EPROTO:
  case SKT_ENOPROTOOPT:
  case SKT_EHOSTDOWN:
  case SKT_ENOTCONN: /* Wine: reset before its address was queried */
  case SKT_ENETUNREACH:
  case SKT_EHOSTUNREACH:
    return true;
  default:
    return false;
  }
}

/* Where skt_cancel can miss a thread that is about to block, `calls` counts the
 * thread, and skt_cancel repeats the wake-up until the thread has left. */
static int accept_one(skt *s, skt__os_handle *out, skt_addr *peer, int flags) {
  bool inherited = !skt__is_blocking(s) || skt__enforces_limits(s);
  if (!skt__system.accept_misses_cancel) {
    return skt__sys_accept(skt__handle(s), out, peer, inherited, flags != 0);
  }
  SKT__ENTER(&s->calls);
  int rc = skt__cancelled(s) ? SKT_ECANCELED
                             : skt__sys_accept(skt__handle(s), out, peer,
                                               inherited, flags != 0);
  SKT__LEAVE(&s->calls);
  return rc;
}

/* The checks of accept, in the order of skt.h. */
static int check_accept(const skt *s, const skt *out, int flags) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (out == NULL) {
    return SKT_EFAULT;
  }
  if (out == s || (flags & ~SKT_NONBLOCK) != 0 ||
      skt__state(s) != SKT_LISTENING) {
    return SKT_EINVAL;
  }
  return skt__cancelled(s) ? SKT_ECANCELED : 0;
}

static inline void fill_accepted(const skt *s, skt *out, skt__os_handle handle,
                                 int flags) {
  int kind = s->kind & (SKT_DOMAINS | SKT_TYPES | SKT_DUAL_STACK);
  *out = (skt){.handle = (uintptr_t)handle,
               .kind = (uint16_t)(kind | SKT_CONNECTED | (int)flags),
               .reading = SKT__OPEN,
               .writing = SKT__OPEN};
}

/* Every system copies the listener's limits to the new socket (Linux and Wine,
 * measured). Those that copy its mode copy what a cancel has made of it, so
 * that a socket which comes after a cancel is closed. */
static int finish_accept(const skt *s, skt *out) {
  int rc = skt__was_limited(s) ? skt_set_limit(out, SKT_BOTH, -1) : 0;
  rc = skt__cancelled(s) ? SKT_ECANCELED : rc;
  if (rc < 0) {
    skt_close(out);
  }
  return rc;
}

static bool try_accept_again(skt__attempt *t, ptrdiff_t *rc) {
  if (is_peer_error((int)*rc) && !skt__cancelled(t->s)) {
    return true;
  }
  return skt__try_again(t, rc);
}

static int fail_accept(skt *out, skt_addr *peer, int rc) {
  *out = (skt){.kind = 0};
  if (peer != NULL) {
    *peer = (skt_addr){.length = 0};
  }
  return rc;
}

/* Accept after a first call that returned the error rc, or 0 if there was none.
 */
static SKT__COLD int accept_with_retry(skt *s, skt *out, skt_addr *peer,
                                       int flags, ptrdiff_t rc) {
  skt__attempt t = skt__begin(s, SKT_READ);
  skt__os_handle handle = SKT__NO_HANDLE;
  if (skt__would_block(s, rc)) {
    return fail_accept(out, peer, (int)rc);
  }
  while (handle == SKT__NO_HANDLE) {
    if (rc < 0 && !try_accept_again(&t, &rc)) {
      return fail_accept(out, peer, (int)rc);
    }
    rc = accept_one(s, &handle, peer, flags);
    handle = rc < 0 ? SKT__NO_HANDLE : handle;
  }
  fill_accepted(s, out, handle, flags);
  int bad = finish_accept(s, out);
  return bad < 0 ? fail_accept(out, peer, bad) : 0;
}

/* Every accept that the fast path excludes. */
static SKT__COLD int accept_slowly(skt *s, skt *out, skt_addr *peer,
                                   int flags) {
  int rc = check_accept(s, out, flags);
  if (rc < 0 && out != s && out != NULL) {
    return fail_accept(out, peer, rc);
  }
  if (peer != NULL) {
    *peer = (skt_addr){.length = 0};
  }
  return rc < 0 ? rc : accept_with_retry(s, out, peer, flags, 0);
}

/* The fast path is for calls that want no address, on listeners that never had
 * a limit, where accept() does not copy the listener's mode. The other cases
 * are tail calls, so that this function saves no registers. */
SKT__INLINED int skt_accept(skt *s, skt *out, skt_addr *peer, int flags) {
  if (skt__system.accept_copies_mode || s == NULL || out == NULL || out == s ||
      peer != NULL || (flags & ~SKT_NONBLOCK) != 0 ||
      SKT__LOAD(&s->reading) != SKT__ACCEPTING || skt__was_limited(s)) {
    return accept_slowly(s, out, peer, flags);
  }
  skt__os_handle handle;
  int rc = skt__sys_accept(skt__handle(s), &handle, NULL, !skt__is_blocking(s),
                           flags != 0);
  if (rc < 0) {
    return accept_with_retry(s, out, NULL, flags, rc);
  }
  fill_accepted(s, out, handle, flags);
  return 0;
}
