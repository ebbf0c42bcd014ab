/* SPDX-License-Identifier: MIT */
/* Connecting, in its several ways. */
#include "address.h"
#include "retry.h"

#include <string.h>

/* How a connect that goes on by itself ended, if it has by the deadline. */
static int finish_connect(const skt *s, int64_t deadline_us) {
  int ready = skt__wait(s, SKT_WRITE, deadline_us);
  if (ready <= 0) {
    return ready == 0 ? SKT_EINPROGRESS : ready;
  }
  int rc = skt__sys_pending_error(skt__handle(s));
  /* Winsock, getsockopt(SO_ERROR): the error is not always there as soon as
   * the failure is announced. Then the commonest one stands for it. */
  return rc == 0 && (ready & SKT__FAILED) != 0 ? SKT_ECONNREFUSED : rc;
}

/* Linux and others let a socket connect to itself, when its own port, chosen
 * by the caller or by chance, is the peer's where nobody listens (golang issue
 * 18290). By chance that happens on loopback. Asking costs a call, so others
 * are not asked. A unix socket cannot, and those without connections may. */
static bool may_meet_itself(const skt *s, const skt_addr *peer) {
  if (skt__connectionless(s) || skt__domain(s) == SKT_UNIX) {
    return false;
  }
  return skt__state(s) == SKT_BOUND || skt__is_loopback(peer);
}

/* Without what else an address may hold: flow labels, padding, and the scope,
 * which systems drop if the address has none. */
static bool is_same(const skt_addr *a, const skt_addr *b) {
  skt__ip x, y;
  return skt__addr_get_ip(a, &x) == skt__addr_get_ip(b, &y) &&
         memcmp(x.bytes, y.bytes, sizeof x.bytes) == 0 && x.port == y.port;
}

static int check_peer(const skt *s, const skt_addr *peer) {
  skt_addr local;
  bool same =
      skt__sys_local(skt__handle(s), &local) == 0 && is_same(&local, peer);
  return same ? SKT_ECONNREFUSED : 0;
}

/* Record how connecting went on. */
static int conclude(skt *s, int rc) {
  if (rc == 0) {
    skt__set_state(s, SKT_CONNECTED);
  } else if (!skt__connectionless(s)) { /* those can do without */
    skt__set_state(s, SKT__CONNECT_FAILED);
    SKT__STORE(&s->reading, (int16_t)rc);
  }
  if (skt__cancelled(s)) {
    SKT__STORE(&s->reading, SKT_ECANCELED);
    SKT__STORE(&s->writing, SKT_ECANCELED);
    return SKT_ECANCELED;
  }
  return rc;
}

/* A blocking connect that is not over: a signal came, and the system goes on,
 * to ask it again would be an error (POSIX connect, EINTR); or its limit is
 * over; or it does not wait natively, because the limit is kept here. */
static int wait_for_connect(skt *s, int rc) {
  int limit_ms = -1;
  if (rc == SKT_EINPROGRESS && SKT__LIMIT_BINDS_CONNECT) {
    return skt__limited(s) ? SKT_ETIMEDOUT : rc;
  }
  if (skt__limited(s)) {
    rc = skt__sys_limit(skt__handle(s), SKT_WRITE, &limit_ms);
    if (rc < 0) {
      return rc;
    }
  }
  skt__set_state(s, SKT__CONNECTING); /* for the wait */
  rc = finish_connect(s, skt__deadline(limit_ms));
  return rc == SKT_EINPROGRESS ? SKT_ETIMEDOUT : rc;
}

/* Unix sockets connect at once or not at all; nothing goes on by itself. Linux,
 * when the listener's queue is full (connect(2), unix(7)): a blocking socket
 * waits inside the call, and if a signal ends that, nothing has begun and it is
 * called again; EAGAIN then is the end of the socket's limit. A non-blocking
 * socket gets EAGAIN, and no event would tell when to try again, so it is
 * refused, as it is on the BSDs and on Windows. For other domains EAGAIN is a
 * lack of memory for routes. */
static int call_connect(const skt *s, const skt_addr *peer) {
  bool is_unix = skt__domain(s) == SKT_UNIX;
  int rc;
  do {
    rc = skt__sys_connect(skt__handle(s), peer);
  } while (rc == SKT__EINTR && is_unix && !skt__cancelled(s));
  if (rc == SKT_EAGAIN) {
    return !is_unix        ? SKT_ENOBUFS
           : skt__waits(s) ? SKT_ETIMEDOUT
                           : SKT_ECONNREFUSED;
  }
  return rc;
}

static int connect_now(skt *s, const skt_addr *peer) {
  /* macOS and the BSDs bind no connect by a limit. */
  bool apart = skt__waits(s) && skt__limited(s) && SKT__LIMITS_BIND &&
               !SKT__LIMIT_BINDS_CONNECT;
  int rc = apart ? skt__sys_set_blocking(skt__handle(s), false) : 0;
  rc = rc < 0 ? rc : call_connect(s, peer);
  /* Windows says so of the port that it could not choose; only an address that
   * the caller has bound can be in use. */
  if (rc == SKT_EADDRINUSE && skt__state(s) == SKT__FRESH) {
    rc = SKT_EADDRNOTAVAIL;
  }
  if (rc == SKT__EINTR || rc == SKT_EINPROGRESS) {
    rc = skt__waits(s) ? wait_for_connect(s, rc) : SKT_EINPROGRESS;
  }
  if (apart && rc == 0) {
    rc = skt__sys_set_blocking(skt__handle(s), true);
  }
  return rc;
}

int skt_connect(skt *s, const skt_addr *peer) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (peer == NULL) {
    return SKT_EFAULT;
  }
  skt_addr mapped;
  const skt_addr *fitting = skt__destination(s, peer, &mapped);
  if (fitting == NULL) {
    return SKT_EINVAL;
  }
  int state = skt__state(s);
  if (state != SKT__FRESH && state != SKT_BOUND) {
    return skt__cancelled(s)        ? SKT_ECANCELED
           : state == SKT_CONNECTED ? SKT_EISCONN
           : skt__connecting(s)     ? SKT_EALREADY
                                    : SKT_EINVAL;
  }
  bool here = may_meet_itself(s, peer);
  SKT__ENTER(&s->calls);
  rc = skt__cancelled(s) ? SKT_ECANCELED : connect_now(s, fitting);
  SKT__LEAVE(&s->calls);
  if (rc == SKT_EINPROGRESS && !skt__cancelled(s)) {
    skt__set_state(s, here ? SKT__CONNECTING_HERE : SKT__CONNECTING);
    return rc;
  }
  return conclude(s, rc == 0 && here ? check_peer(s, peer) : rc);
}

int skt_connect_finish(skt *s) {
  skt_addr peer;
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (!skt__connecting(s)) {
    return skt__state(s) == SKT_CONNECTED         ? 0
           : skt__state(s) == SKT__CONNECT_FAILED ? SKT__LOAD(&s->reading)
                                                  : SKT_EINVAL;
  }
  rc = finish_connect(s, 0);
  if (rc == SKT_EINPROGRESS) {
    return rc;
  }
  if (rc == 0 && skt__state(s) == SKT__CONNECTING_HERE &&
      skt__sys_peer(skt__handle(s), &peer) == 0) {
    rc = check_peer(s, &peer);
  }
  return conclude(s, rc);
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
  int domain = skt__addr_get_ip(&now, &ip);
  ip.port = (uint16_t)port;
  skt__addr_set_ip(&now, domain, &ip);
  return skt__sys_bind(skt__handle(s), &now, 0);
}

int skt_disconnect(skt *s) {
  skt_addr before = {.length = 0};
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
  if (skt__state(s) != SKT_CONNECTED) {
    return SKT_ENOTCONN;
  }
  bool has_port = skt__type(s) == SKT_DATAGRAM && skt__domain(s) != SKT_UNIX;
  if (has_port) {
    rc = skt__sys_local(skt__handle(s), &before);
  }
  if (rc == 0) {
    rc = skt__sys_disconnect(skt__handle(s), skt__domain(s));
  }
  if (rc == 0) {
    skt__set_state(s, SKT_BOUND);
    rc = has_port ? keep_port(s, &before) : 0;
  }
  return rc;
}
