/* SPDX-License-Identifier: MIT */
/* The outcome of a connect: of one that goes on by itself, and for whatever
 * call comes next. */
#include "address.h"
#include "retry.h"

#include <string.h>

/* A socket has a peer once it is connected. */
static bool has_peer(const skt *s) {
  skt_addr peer;
  return skt__sys_peer(skt__handle(s), &peer) == 0;
}

int skt__await_connect(const skt *s, int64_t deadline_us) {
  int ready = skt__wait(s, SKT_WRITE, deadline_us);
  if (ready <= 0 && ready != SKT_ENOBUFS) {
    return ready == 0 ? SKT_EINPROGRESS : ready;
  }
  int rc = skt__sys_pending_error(skt__handle(s));
  if (ready == SKT_ENOBUFS) { /* poll refuses, see posix/error.c */
    int unknown = deadline_us == 0 ? SKT_EINPROGRESS : SKT_ENOBUFS;
    return rc == 0 && !has_peer(s) ? unknown : rc;
  }
  /* Winsock, getsockopt(SO_ERROR): the error can come later than the event that
   * announces it. Then the most frequent one stands for it. */
  return rc == 0 && (ready & SKT__FAILED) != 0 ? SKT_ECONNREFUSED : rc;
}

/* Compares neither flow labels and padding nor the scope, which systems drop if
 * the address has none. */
int skt__refuse_itself(const skt *s, const skt__ip *peer) {
  skt_addr local;
  skt__ip ip;
  if (skt__sys_local(skt__handle(s), &local) < 0) {
    return 0;
  }
  bool same = skt__addr_get_ip(&local, &ip) == peer->domain &&
              memcmp(ip.bytes, peer->bytes, sizeof ip.bytes) == 0 &&
              ip.port == peer->port;
  return same ? SKT_ECONNREFUSED : 0;
}

int skt__conclude(skt *s, int rc) {
  if (rc == 0 || rc == SKT_EISCONN) { /* by other code */
    skt__set_state(s, SKT_CONNECTED);
    skt__choose_icmp(s);
  } else if (!skt__connectionless(s)) { /* those do without a peer */
    skt__set_failed(s, rc);
  }
  if (skt__cancelled(s)) {
    SKT__STORE(&s->reading, SKT_ECANCELED);
    SKT__STORE(&s->writing, SKT_ECANCELED);
    return SKT_ECANCELED;
  }
  return rc;
}

/* The peer's address is read anew: nothing has kept it. */
static int refuse_itself_later(const skt *s) {
  skt_addr peer;
  skt__ip ip;
  if (skt__sys_peer(skt__handle(s), &peer) < 0) {
    return 0;
  }
  (void)skt__addr_get_ip(&peer, &ip);
  return skt__refuse_itself(s, &ip);
}

/* The outcome by the deadline, recorded, or SKT_EINPROGRESS. */
static int settle_until(skt *s, int64_t deadline_us) {
  int rc = skt__await_connect(s, deadline_us);
  if (rc == SKT_EINPROGRESS) {
    return rc;
  }
  if (rc == 0 && skt__state(s) == SKT__CONNECTING_TO_LOCAL) {
    rc = refuse_itself_later(s);
  }
  return skt__conclude(s, rc);
}

int skt_connect_finish(skt *s) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  switch (skt__state(s)) {
  case SKT_CONNECTED:
    return 0;
  case SKT_FAILED:
    return SKT__LOAD(&s->reading);
  case SKT_CONNECTING:
  case SKT__CONNECTING_TO_LOCAL:
    return settle_until(s, 0);
  default:
    return SKT_EINVAL;
  }
}

SKT__COLD int skt__settle(skt *s, int direction) {
  bool waits = skt__is_blocking(s);
  int64_t deadline_us = waits ? skt__limit_end(s, direction, skt__start(s)) : 0;
  int rc = settle_until(s, deadline_us);
  if (rc == SKT_EINPROGRESS) {
    return waits ? SKT_ETIMEDOUT : SKT_EAGAIN;
  }
  return rc;
}

bool skt__is_connected(skt *s) {
  if (skt__connecting(s)) {
    (void)settle_until(s, 0);
  }
  return skt__state(s) == SKT_CONNECTED;
}
