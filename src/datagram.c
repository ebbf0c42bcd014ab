/* SPDX-License-Identifier: MIT */
/* Messages to and from somebody. */
#include "address.h"
#include "retry.h"

#include <string.h>

/* Whether somebody can be at an IPv4 or IPv6 address: not a wildcard, which
 * Linux takes for loopback and Windows refuses; not mapped IPv4, which depends
 * on V6ONLY; and not port 0, where nobody can be, unless the type has no ports.
 */
static bool is_somebody(const skt *s, int domain, const skt__ip *ip) {
  static const uint8_t wildcard[16];
  return (ip->port != 0 || skt__type(s) == SKT_RAW) &&
         !(domain == SKT_IPV6 && skt__ip_is_mapped(ip)) &&
         memcmp(ip->bytes, wildcard, sizeof wildcard) != 0;
}

static void map_into_ipv6(skt_addr *a, skt__ip *ip) {
  memmove(ip->bytes + 12, ip->bytes, 4);
  memset(ip->bytes, 0, 10);
  memset(ip->bytes + 10, 0xff, 2);
  skt__addr_set_ip(a, SKT_IPV6, ip);
}

const skt_addr *skt__destination(const skt *s, const skt_addr *a,
                                 skt_addr *room) {
  skt__ip ip;
  int domain = skt__addr_get_ip(a, &ip);
  if (domain < 0 || (domain == SKT_UNIX ? skt__unix_is_unnamed(a)
                                        : !is_somebody(s, domain, &ip))) {
    return NULL;
  }
  if (domain == skt__domain(s)) {
    return a;
  }
  /* SKT_OPT_V6ONLY is told to the system by skt_bind, and means nothing yet to
   * a fresh socket. */
  if (domain != SKT_IPV4 || (s->kind & SKT_DUAL_STACK) == 0 ||
      skt__state(s) == SKT__FRESH) {
    return NULL;
  }
  map_into_ipv6(room, &ip);
  return room;
}

/* The checks of both functions. */
static int check_buffer(const skt *s, const void *buffer, size_t n) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (buffer == NULL && n > 0) {
    return SKT_EFAULT;
  }
  return n > PTRDIFF_MAX ? SKT_EINVAL : 0;
}

static ptrdiff_t send_message(skt *s, const void *buffer, size_t n,
                              const skt_addr *to) {
  int64_t deadline_us = 0;
  bool again = false;
  for (;;) {
    ptrdiff_t rc = skt__sys_send_to(skt__handle(s), buffer, n, to);
    if (skt__is_stray(s, rc) && !again) {
      again = true;
      continue;
    }
    if (rc != SKT__EINTR && rc != SKT_EAGAIN) {
      return skt__note(s, &s->writing, rc);
    }
    int go = skt__again(s, SKT_WRITE, rc, &deadline_us);
    if (go < 0) {
      return go;
    }
  }
}

ptrdiff_t skt_send_to(skt *s, const void *buffer, size_t n,
                      const skt_addr *to) {
  skt_addr mapped;
  int rc = check_buffer(s, buffer, n);
  if (rc == SKT_EFAULT || rc == SKT_EBADF) {
    return rc;
  }
  if (to == NULL) {
    return SKT_EFAULT;
  }
  to = skt__destination(s, to, &mapped);
  if (rc < 0 || to == NULL) {
    return SKT_EINVAL;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (!skt__connectionless(s)) {
    return SKT_EOPNOTSUPP;
  }
  if (skt__state(s) == SKT_CONNECTED) {
    return SKT_EISCONN;
  }
  if (n > SKT__IO_MAX) {
    return SKT_EMSGSIZE;
  }
  return send_message(s, n > 0 ? buffer : skt__nothing, n, to);
}

/* Windows does not receive on a socket without an address (Winsock recvfrom,
 * WSAEINVAL), others do, but on no port. So it gets one. A message that was
 * sent before may have given it one, which is as good. */
static int get_address(skt *s) {
  skt_addr any;
  if (skt__state(s) != SKT__FRESH || skt__type(s) != SKT_DATAGRAM ||
      skt__domain(s) == SKT_UNIX) {
    return 0;
  }
  skt__addr_any(&any, skt__domain(s));
  int rc = skt_bind(s, &any, 0);
  if (rc == SKT_EINVAL) {
    skt__set_state(s, SKT_BOUND);
    rc = 0;
  }
  return rc;
}

static ptrdiff_t receive_message(skt *s, void *buffer, size_t n, skt_addr *from,
                                 bool *truncated) {
  int64_t deadline_us = 0;
  for (;;) {
    ptrdiff_t rc = skt__sys_receive(skt__handle(s), buffer, n, from, truncated);
    if (!skt__is_unsettled(s, rc)) {
      return skt__note(s, &s->reading, rc);
    }
    int go = skt__again(s, SKT_READ, rc, &deadline_us);
    if (go < 0) {
      return go;
    }
  }
}

ptrdiff_t skt_receive_from(skt *s, void *buffer, size_t n, skt_addr *from,
                           bool *truncated) {
  bool cut = false;
  if (from != NULL) {
    *from = (skt_addr){.length = 0};
  }
  if (truncated != NULL) {
    *truncated = false;
  }
  ptrdiff_t rc = check_buffer(s, buffer, n);
  if (rc < 0) {
    return rc;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (!skt__connectionless(s)) {
    return SKT_EOPNOTSUPP;
  }
  rc = get_address(s);
  if (rc == 0) {
    n = n < SKT__IO_MAX ? n : SKT__IO_MAX;
    rc = receive_message(s, n > 0 ? buffer : skt__nothing, n, from, &cut);
  }
  if (rc >= 0 && from != NULL && from->length == 0) {
    /* Linux tells nothing of a unix socket without a name (recvfrom(2)). */
    skt__addr_any(from, skt__domain(s));
  }
  if (truncated != NULL) {
    *truncated = rc >= 0 && cut;
  }
  return rc;
}
