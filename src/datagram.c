/* SPDX-License-Identifier: MIT */
/* Messages to and from an address. */
#include "address.h"
#include "retry.h"

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

ptrdiff_t skt_send_to(skt *s, const void *buffer, size_t n,
                      const skt_addr *to) {
  skt_addr mapped;
  skt__ip ip;
  ptrdiff_t rc = check_buffer(s, buffer, n);
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
  if (rc < 0) {
    return rc;
  }
  skt__attempt t = skt__begin(s, SKT_WRITE);
  do {
    rc = skt__sys_send_to(skt__handle(s), n > 0 ? buffer : "", n, to);
  } while (rc < 0 && skt__try_again(&t, &rc));
  return rc;
}

/* Windows does not receive on a socket without an address (Winsock recvfrom,
 * WSAEINVAL); other systems do, but on no port. So such a socket is bound. A
 * message sent before may have bound it already, which is as good. The state
 * stays as it is, because another thread may be sending. */
static int bind_fresh(skt *s) {
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

/* The checks of skt_receive_from; and a fresh socket is bound. */
static int check_receive(skt *s, const void *buffer, size_t n) {
  int rc = check_buffer(s, buffer, n);
  if (rc < 0) {
    return rc;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  return skt__connectionless(s) ? bind_fresh(s) : SKT_EOPNOTSUPP;
}

ptrdiff_t skt_receive_from(skt *s, void *buffer, size_t n, skt_addr *from,
                           bool *truncated) {
  bool cut = false;
  char none; /* for an empty message, instead of NULL */
  if (from != NULL) {
    *from = (skt_addr){.length = 0};
  }
  if (truncated != NULL) {
    *truncated = false;
  }
  ptrdiff_t rc = check_receive(s, buffer, n);
  if (rc < 0) {
    return rc;
  }
  n = n < SKT__IO_MAX ? n : SKT__IO_MAX;
  skt__attempt t = skt__begin(s, SKT_READ);
  do {
    rc =
        skt__sys_receive(skt__handle(s), n > 0 ? buffer : &none, n, from, &cut);
  } while (rc <= 0 && skt__try_again(&t, &rc));
  if (rc >= 0 && from != NULL && from->length == 0) {
    /* Linux reports no address for a unix socket without a name (recvfrom(2)).
     */
    skt__addr_any(from, skt__domain(s));
  }
  if (truncated != NULL) {
    *truncated = rc >= 0 && cut;
  }
  return rc;
}
