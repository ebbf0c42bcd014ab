/* SPDX-License-Identifier: MIT */
/* Adopting and releasing native handles. */
#include "address.h"

#include <string.h>

/* Whether the caller bound the socket to this local address. Linux reports a
 * raw socket's protocol as its port (inet_create). */
static bool is_bound_to(const skt_addr *a, int type) {
  static const uint8_t wildcard[16];
  skt__ip ip;
  if (skt__addr_get_ip(a, &ip) == SKT_UNIX) {
    return !skt__unix_is_unnamed(a);
  }
  return (ip.port != 0 && type != SKT_RAW) ||
         memcmp(ip.bytes, wildcard, sizeof wildcard) != 0;
}

/* The state of a foreign socket. */
static int query_state(const skt *s) {
  skt__os_handle handle = skt__handle(s);
  skt_addr a;
  /* Windows has no SO_ACCEPTCONN for datagrams (Winsock getsockopt). */
  int listens = skt__connectionless(s) ? 0 : skt__sys_listens(handle);
  if (listens != 0) {
    return listens < 0 ? listens : SKT_LISTENING;
  }
  if (skt__sys_peer(handle, &a) == 0) {
    return SKT_CONNECTED;
  }
  if (skt__type(s) == SKT_STREAM && skt__domain(s) != SKT_UNIX &&
      skt__sys_connects(handle)) {
    return SKT_CONNECTING;
  }
  return skt__sys_local(handle, &a) == 0 && is_bound_to(&a, skt__type(s))
             ? SKT_BOUND
             : SKT__FRESH;
}

/* Whether the socket takes IPv4 too. For a fresh socket the flags of skt_bind
 * decide, whatever the system's default is. */
static int query_dual_stack(skt__os_handle handle, int kind, int state) {
  bool known = state != SKT__FRESH && (kind & SKT_DOMAINS) == SKT_IPV6;
  int rc = known ? skt__sys_dual_stack(handle) : 0;
  return rc > 0 ? SKT_DUAL_STACK : rc;
}

static int query_kind(skt__os_handle handle) {
  int kind = skt__sys_kind(handle);
  if (kind < 0) {
    return kind;
  }
  skt s;
  skt__fill(&s, handle, kind);
  int state = query_state(&s);
  int dual_stack = state < 0 ? state : query_dual_stack(handle, kind, state);
  return dual_stack < 0 ? dual_stack : kind | state | dual_stack;
}

/* A socket for connections that has no peer, but is readable, has lost its peer
 * or failed to connect (Linux, the BSDs: getpeername(2), ENOTCONN). What has
 * arrived before a reset can still be read. */
static void find_end(skt *s) {
  int ready = skt__wait(s, SKT_READ, 0);
  if (ready < 0 || (ready & SKT_READ) == 0) {
    return;
  }
  int rc = skt__sys_pending_error(skt__handle(s));
  bool was_connected = rc == 0 || rc == SKT_ECONNRESET;
  if (!was_connected) {
    skt__set_failed(s, rc);
    return;
  }
  skt__set_state(s, SKT_CONNECTED);
  if (rc < 0) {
    SKT__STORE(&s->writing, (int16_t)rc);
  }
}

static bool lacks_peer(const skt *s) {
  int state = skt__state(s);
  return (state == SKT__FRESH || state == SKT_BOUND) &&
         !skt__connectionless(s) && skt__domain(s) != SKT_UNIX;
}

/* Ask for what skt's promises rest on, and set it: the mode, limits, and that
 * no close waits. */
static int take_over(skt *s, skt__os_handle handle, int mode) {
  int kind = query_kind(handle);
  if (kind < 0) {
    return kind;
  }
  skt__fill(s, handle, kind | mode);
  if (lacks_peer(s)) {
    find_end(s);
  }
  if (!skt__connectionless(s)) {
    (void)skt__sys_linger(handle, false);
  }
  int rc = skt__sys_set_blocking(handle, mode == 0);
  return rc < 0 ? rc : skt__find_limits(s);
}

static bool can_be_adopted(int kind) {
  int domain = kind & SKT_DOMAINS, type = kind & SKT_TYPES;
  int state = kind & SKT_STATES;
  bool listens = state == SKT_LISTENING;
  if (domain == SKT_IPV6) {
    kind &= ~SKT_DUAL_STACK;
  }
  bool connects = state == SKT_CONNECTING && domain != SKT_UNIX &&
                  (type == SKT_STREAM || type == SKT_SEQPACKET);
  return (domain == SKT_IPV4 || domain == SKT_IPV6 || domain == SKT_UNIX) &&
         type >= SKT_STREAM && type < SKT_PACKET &&
         (state == SKT__FRESH || state == SKT_BOUND || state == SKT_CONNECTED ||
          connects || (listens && type != SKT_DATAGRAM && type != SKT_RAW)) &&
         (kind & ~(SKT_DOMAINS | SKT_TYPES | SKT_STATES)) == 0;
}

/* What a handle needs whatever it is. */
static int make_ours(skt *s) {
  int rc = skt__sys_adopt(skt__handle(s));
  if (rc == SKT_ECONNRESET && SKT__LOAD(&s->writing) == SKT__OPEN) {
    SKT__STORE(&s->writing, SKT_ECONNRESET);
    rc = 0;
  }
  if (rc == 0) {
    skt__choose_icmp(s);
  }
  return rc;
}

/* No handle is negative: no descriptor, and no SOCKET, which is a handle of the
 * kernel. */
static bool can_be_handle(uintptr_t native) {
  return (intptr_t)native >= 0 && (uintptr_t)(skt__os_handle)native == native;
}

int skt_adopt(skt *s, uintptr_t native, int kind) {
  int mode = kind & SKT_NONBLOCK;
  bool unknown = kind == mode;
  if (s == NULL) {
    return SKT_EFAULT;
  }
  *s = (skt){.kind = 0};
  if (!unknown && !can_be_adopted(kind & ~mode)) {
    return SKT_EINVAL;
  }
  if (!can_be_handle(native)) {
    return SKT_ENOTSOCK;
  }
  int rc = skt__sys_start();
  if (rc == 0 && unknown) {
    rc = take_over(s, (skt__os_handle)native, mode);
  } else if (rc == 0) {
    skt__fill(s, (skt__os_handle)native, kind);
  }
  if (rc == 0) { /* other code may have set options of messages */
    s->calls = SKT__HAS_CONTROL;
  }
  rc = rc < 0 ? rc : make_ours(s);
  if (rc < 0) {
    *s = (skt){.kind = 0};
  }
  return rc;
}

uintptr_t skt_native(const skt *s) {
  return skt__check(s) < 0 ? UINTPTR_MAX : s->handle;
}

uintptr_t skt_release(skt *s) {
  uintptr_t native = skt_native(s);
  if (s != NULL) {
    skt__restore_mode(s);
    *s = (skt){.kind = 0};
  }
  return native;
}
