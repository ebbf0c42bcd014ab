/* SPDX-License-Identifier: MIT */
/* The server's address: who else may have it, and taking connections there. */
#include "core.h"

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
