/* SPDX-License-Identifier: MIT */
/* Messages to and from an address, and the end of a connection to one. */
#include "message.h"

#include "address.h"

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

static int check_send(const skt *s, size_t n) {
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (!skt__connectionless(s)) {
    return SKT_EOPNOTSUPP;
  }
  if (skt__state(s) == SKT_CONNECTED) {
    return SKT_EISCONN;
  }
  return n > SKT__IO_MAX ? SKT_EMSGSIZE : 0;
}

SKT__COLD ptrdiff_t skt__send_on(skt *s, const void *buffer, size_t n,
                                 const skt_addr *to, ptrdiff_t rc) {
  skt__attempt t = skt__begin(s, SKT_WRITE);
  do {
    if (rc < 0 && !skt__try_again(&t, &rc)) {
      return rc;
    }
    rc = skt__sys_send_to(skt__handle(s), n > 0 ? buffer : "", n, to);
  } while (rc < 0);
  return rc;
}

static SKT__COLD ptrdiff_t send_slowly(skt *s, const void *buffer, size_t n,
                                       const skt_addr *to) {
  skt_addr mapped;
  skt__ip ip;
  int rc = check_buffer(s, buffer, n);
  if (rc == SKT_EFAULT || rc == SKT_EBADF) {
    return rc;
  }
  if (to == NULL) {
    return SKT_EFAULT;
  }
  to = skt__destination(s, to, &mapped, &ip);
  if (rc < 0 || to == NULL) {
    return SKT_EINVAL;
  }
  rc = check_send(s, n);
  return rc < 0 ? rc : skt__send_on(s, buffer, n, to, 0);
}

/* The fast path is IPv4 without a peer and without a limit. */
ptrdiff_t skt_send_to(skt *s, const void *buffer, size_t n,
                      const skt_addr *to) {
  const int kind = SKT_DOMAINS | SKT_TYPES | SKT_STATES | SKT__LIMITED;
  if (s == NULL || to == NULL || buffer == NULL || n - 1 >= SKT__IO_MAX ||
      (s->kind & kind & ~SKT_BOUND) != (SKT_IPV4 | SKT_DATAGRAM) ||
      SKT__LOAD(&s->reading) != SKT__OPEN || !skt__is_ipv4_destination(to)) {
    return send_slowly(s, buffer, n, to);
  }
  ptrdiff_t rc = skt__sys_send_to(skt__handle(s), buffer, n, to);
  return rc < 0 ? skt__send_on(s, buffer, n, to, rc) : rc;
}

/* Windows does not receive on a socket without an address (Winsock recvfrom,
 * WSAEINVAL); other systems do, but on no port. So such a socket is bound. A
 * message sent before may have bound it already, which is as good. The state
 * stays as it is, because another thread may be sending. */
int skt__bind_fresh(skt *s) {
  if (!skt__is_fresh(s) || skt__type(s) != SKT_DATAGRAM ||
      skt__domain(s) == SKT_UNIX) {
    return 0;
  }
  int rc = skt__bind_any(s);
  if (rc == 0 || rc == SKT_EINVAL) {
    (void)SKT__OR(&s->calls, SKT__HAS_PORT);
    rc = 0;
  }
  return rc;
}

int skt__check_receive(const skt *s, const void *buffer, size_t n) {
  int rc = check_buffer(s, buffer, n);
  if (rc < 0) {
    return rc;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  return skt__connectionless(s) ? 0 : SKT_EOPNOTSUPP;
}

/* Linux reports no address for a unix socket without a name (recvfrom(2)). */
static void name_unnamed(const skt *s, skt_addr *from) {
  if (from->length == 0) {
    skt__addr_any(from, skt__domain(s));
  }
}

/* macOS reports that a message was too long for its path to sockets without a
 * peer too (quinn issue 2736); as every ICMP error it is then no one's. */
bool skt__receive_again(skt__attempt *t, ptrdiff_t *rc) {
  if (*rc == SKT_EMSGSIZE && skt__state(t->s) != SKT_CONNECTED) {
    *rc = SKT_ECONNREFUSED;
  }
  return skt__try_again(t, rc);
}

void skt__take_sender(const skt *s, skt_addr *from) {
  skt_addr native = *from;
  skt__addr_set(from, native.words, native.length);
  name_unnamed(s, from);
}

static SKT__COLD ptrdiff_t receive_slowly(skt *s, void *buffer, size_t n,
                                          skt_addr *from, bool *truncated) {
  bool cut = false;
  char none; /* for an empty message, instead of NULL */
  if (from != NULL) {
    *from = (skt_addr){.length = 0};
  }
  if (truncated != NULL) {
    *truncated = false;
  }
  ptrdiff_t rc = skt__check_receive(s, buffer, n);
  if (rc == 0) {
    rc =
        SKT__LOAD(&s->reading) == SKT__TRAINS ? SKT_EINVAL : skt__bind_fresh(s);
  }
  if (rc < 0) {
    return rc;
  }
  n = n < SKT__IO_MAX ? n : SKT__IO_MAX;
  skt__attempt t = skt__begin(s, SKT_READ);
  do {
    rc =
        skt__sys_receive(skt__handle(s), n > 0 ? buffer : &none, n, from, &cut);
  } while (rc <= 0 && skt__receive_again(&t, &rc));
  if (rc >= 0 && from != NULL) {
    name_unnamed(s, from);
  }
  if (truncated != NULL) {
    *truncated = rc >= 0 && cut;
  }
  return rc;
}

/* What the slow path needs, kept in memory so that the fast one saves no
 * registers. */
typedef struct receive_request {
  skt *s;
  void *buffer;
  size_t n;
} receive_request;

/* Receive after a first call that returned rc, 0 or less; or whose sender's
 * address is not IPv4. */
static SKT__COLD ptrdiff_t receive_on(const receive_request *r, skt_addr *from,
                                      ptrdiff_t rc) {
  if (skt__would_block(r->s, rc)) {
    *from = (skt_addr){.length = 0};
    return rc;
  }
  skt__attempt t = {.s = r->s, .direction = SKT_READ};
  while (rc <= 0 && skt__receive_again(&t, &rc)) {
    rc = skt__sys_receive_from(skt__handle(r->s), r->buffer, r->n, from);
  }
  skt_addr native = *from;
  skt__addr_set(from, native.words, rc < 0 ? 0 : native.length);
  if (rc >= 0) {
    name_unnamed(r->s, from);
  }
  return rc;
}

/* The fast path is a message over IPv4, whose sender's address the system
 * writes in the form that skt keeps. */
ptrdiff_t skt_receive_from(skt *s, void *buffer, size_t n, skt_addr *from,
                           bool *truncated) {
  if (s == NULL || buffer == NULL || n - 1 >= SKT__IO_MAX || from == NULL ||
      truncated != NULL || skt__type(s) != SKT_DATAGRAM || skt__is_fresh(s) ||
      skt__has_limit(s) || SKT__LOAD(&s->reading) != SKT__OPEN) {
    return receive_slowly(s, buffer, n, from, truncated);
  }
  receive_request r = {s, buffer, n};
  ptrdiff_t rc = skt__sys_receive_from(skt__handle(s), buffer, n, from);
  return rc > 0 && skt__take_ipv4(from) ? rc : receive_on(&r, from, rc);
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
  (void)skt__addr_get_ip(&now, &ip);
  ip.port = (uint16_t)port;
  skt__addr_set_ip(&now, &ip);
  SKT__UNINTERRUPTED(rc, skt__sys_bind(skt__handle(s), &now, 0));
  return rc;
}

static int disconnect(skt *s) {
  skt_addr before = {.length = 0};
  bool has_port = skt__type(s) == SKT_DATAGRAM && skt__domain(s) != SKT_UNIX;
  int rc = has_port ? skt__sys_local(skt__handle(s), &before) : 0;
  if (rc == 0) {
    rc = skt__sys_disconnect(skt__handle(s), skt__domain(s));
  }
  if (rc < 0) {
    return rc;
  }
  skt__set_state(s, SKT_BOUND);
  skt__choose_icmp(s);
  (void)skt__sys_pending_error(skt__handle(s)); /* about the peer that was */
  return has_port ? keep_port(s, &before) : 0;
}

int skt_disconnect(skt *s) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (!skt__connectionless(s)) {
    return SKT_EINVAL;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  return skt__state(s) == SKT_CONNECTED ? disconnect(s) : SKT_ENOTCONN;
}
