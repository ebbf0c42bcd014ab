/* SPDX-License-Identifier: MIT */
/* Two sockets that are connected to each other. */
#include "internal.h"

/* Over loopback, where the system makes no pairs: another program may connect
 * first, or send first. What is not the pair's own end is closed, what is not
 * its own message is discarded; but not for ever. */
enum { PAIR_PATIENCE_MS = 5000, PAIR_TRIES = 100 };

static int open_on_loopback(skt *s, int type, skt_addr *at) {
  int rc = skt_socket(s, SKT_IPV4, type, 0);
  if (rc == 0) {
    rc = skt_addr_loopback(at, SKT_IPV4, 0);
  }
  if (rc == 0) {
    rc = skt_bind(s, at, SKT_EXCLUSIVE);
  }
  return rc == 0 ? skt_local(s, at) : rc;
}

static bool has_addresses(const skt *s, const skt_addr *local,
                          const skt_addr *peer) {
  skt_addr here, there;
  return skt_local(s, &here) == 0 && skt_peer(s, &there) == 0 &&
         skt_addr_compare(&here, local) == 0 &&
         skt_addr_compare(&there, peer) == 0;
}

/* Accept the one connection whose other end is a; any other is reset. */
static int accept_own(skt *listener, skt *a, skt *b, const skt_addr *at) {
  skt_addr mine;
  int rc = skt_local(a, &mine);
  for (int i = 0; rc == 0 && i < PAIR_TRIES; ++i) {
    rc = skt_wait(listener, SKT_READ, PAIR_PATIENCE_MS, NULL);
    if (rc == 0) {
      return SKT_ETIMEDOUT;
    }
    rc = rc < 0 ? rc : skt_accept(listener, b, NULL, 0);
    if (rc == 0) {
      if (has_addresses(b, at, &mine) && has_addresses(a, &mine, at)) {
        return 0;
      }
      skt_abort(b);
    }
    rc = rc == SKT_EAGAIN || rc == SKT_ECONNABORTED ? 0 : rc;
  }
  return rc < 0 ? rc : SKT_EPROTO;
}

static int pair_streams(skt *a, skt *b) {
  skt listener = SKT_NONE;
  skt_addr at;
  int rc = open_on_loopback(&listener, SKT_STREAM | SKT_NONBLOCK, &at);
  if (rc == 0) {
    rc = skt_listen(&listener, PAIR_TRIES);
  }
  if (rc == 0) {
    rc = skt_socket(a, SKT_IPV4, SKT_STREAM, 0);
  }
  if (rc == 0) {
    rc = skt_connect_within(a, &at, PAIR_PATIENCE_MS);
  }
  if (rc == 0) {
    rc = accept_own(&listener, a, b, &at);
  }
  if (rc == 0) {
    rc = skt_set_option(a, SKT_OPT_NODELAY, 1);
  }
  if (rc == 0) {
    rc = skt_set_option(b, SKT_OPT_NODELAY, 1);
  }
  skt_close(&listener);
  return rc;
}

/* What came before a socket was connected is still in its queue, whoever sent
 * it; what comes later is only the peer's. So the peer's first message, which
 * is this one, has nothing foreign behind it. */
static int exchange(skt *from, skt *to) {
  static const char first[] = "skt pair";
  char got[sizeof first + 1];
  ptrdiff_t n = skt_write(from, first, sizeof first);
  for (int i = 0; n >= 0 && i < PAIR_TRIES * PAIR_TRIES; ++i) {
    n = skt_wait(to, SKT_READ, PAIR_PATIENCE_MS, NULL);
    if (n == 0) {
      return SKT_ETIMEDOUT;
    }
    n = n < 0 ? n : skt_read(to, got, sizeof got);
    if (n == sizeof first && memcmp(got, first, sizeof first) == 0 &&
        skt_wait(to, SKT_READ, 0, NULL) == 0) {
      return 0;
    }
  }
  return n < 0 ? (int)n : SKT_EPROTO;
}

static int pair_datagrams(skt *a, skt *b) {
  skt_addr at_a, at_b;
  int rc = open_on_loopback(a, SKT_DATAGRAM, &at_a);
  if (rc == 0) {
    rc = open_on_loopback(b, SKT_DATAGRAM, &at_b);
  }
  if (rc == 0) {
    rc = skt_connect(a, &at_b);
  }
  if (rc == 0) {
    rc = skt_connect(b, &at_a);
  }
  if (rc == 0) {
    rc = exchange(a, b);
  }
  return rc == 0 ? exchange(b, a) : rc;
}

static int pair_over_loopback(skt *a, skt *b, int type, bool nonblocking) {
  int rc = SKT_EPROTONOSUPPORT;
  if (type == SKT_STREAM) {
    rc = pair_streams(a, b);
  } else if (type == SKT_DATAGRAM) {
    rc = pair_datagrams(a, b);
  }
  if (rc == 0 && nonblocking) {
    rc = skt_set_blocking(a, false);
    rc = rc < 0 ? rc : skt_set_blocking(b, false);
  }
  if (rc < 0) {
    skt_close(a);
    skt_close(b);
  }
  return rc;
}

int skt_pair(skt *a, skt *b, int type) {
  skt__os_handle made[2];
  bool nonblocking = (type & SKT_NONBLOCK) != 0;
  if (a == NULL || b == NULL) {
    return SKT_EFAULT;
  }
  *a = *b = (skt){.kind = 0};
  type &= ~SKT_NONBLOCK;
  if (a == b || type < SKT_STREAM || type > SKT_PACKET ||
      (type & ~SKT_TYPES) != 0) {
    return SKT_EINVAL;
  }
  if (type > SKT_SEQPACKET) {
    return SKT_EPROTONOSUPPORT;
  }
  int rc = skt__sys_start();
  if (rc == 0) {
    SKT__UNINTERRUPTED(rc, skt__sys_pair(made, type, nonblocking));
  }
  if (rc == SKT_EAFNOSUPPORT) {
    return pair_over_loopback(a, b, type, nonblocking);
  }
  if (rc == 0) {
    int kind = SKT_UNIX | type | SKT_CONNECTED;
    kind |= nonblocking ? SKT_NONBLOCK : 0;
    skt__fill(a, made[0], kind);
    skt__fill(b, made[1], kind);
  }
  return rc;
}
