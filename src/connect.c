/* SPDX-License-Identifier: MIT */
/* Connecting, in its several ways. */
#include "address.h"
#include "retry.h"

#include <string.h>

/* A socket has a peer once it is connected. */
static bool has_peer(const skt *s) {
  skt_addr peer;
  return skt__sys_peer(skt__handle(s), &peer) == 0;
}

/* The outcome of a connect that goes on by itself, if it ends by the deadline,
 * else SKT_EINPROGRESS. */
static int finish_connect(const skt *s, int64_t deadline_us) {
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

/* A self-connect: Linux and others let a socket connect to itself, when its own
 * port, chosen by the caller or by chance, is the peer's and no listener has it
 * (golang issue 18290). By chance that happens on loopback. Asking costs a
 * call, so other peers are not asked about. A unix socket cannot connect to
 * itself, and a socket without connections may. */
static bool may_connect_to_itself(const skt *s, const skt__ip *peer,
                                  bool loopback) {
  if (peer->domain == SKT_UNIX || skt__connectionless(s)) {
    return false;
  }
  return loopback || skt__state(s) == SKT_BOUND;
}

/* Compares neither flow labels and padding nor the scope, which systems drop if
 * the address has none. */
static int refuse_itself(const skt *s, const skt__ip *peer) {
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

/* Record the outcome. */
static int conclude(skt *s, int rc) {
  if (rc == 0 || rc == SKT_EISCONN) { /* by other code */
    skt__set_state(s, SKT_CONNECTED);
    skt__choose_icmp(s);
  } else if (!skt__connectionless(s)) { /* those do without a peer */
    skt__set_kind(s, (s->kind & ~SKT__STATE) | SKT__CONNECT_FAILED);
    SKT__STORE(&s->reading, (int16_t)rc);
  }
  if (skt__cancelled(s)) {
    SKT__STORE(&s->reading, SKT_ECANCELED);
    SKT__STORE(&s->writing, SKT_ECANCELED);
    return SKT_ECANCELED;
  }
  return rc;
}

/* Unix sockets connect at once or not at all; nothing goes on by itself. Linux,
 * when the listener's queue is full (connect(2), unix(7)): a blocking socket
 * waits inside the call, and a signal ends that wait before anything has begun,
 * so the call is made again; EAGAIN is the end of the socket's limit, or comes
 * at once if other code has made the socket non-blocking. Each call would start
 * the limit anew, and no event reports when to try again: so a blocking socket
 * then does not wait in the call, but tries from time to time; a non-blocking
 * one is refused, as on the BSDs and on Windows. */
static SKT__COLD int connect_unix(const skt *s, const skt_addr *peer,
                                  int64_t start_us) {
  int64_t deadline_us = 0; /* 0: waits in the call */
  int rc;
  for (;;) {
    rc = skt__sys_connect(skt__handle(s), peer, false);
    if ((rc != SKT__EINTR && rc != SKT_EAGAIN) || skt__cancelled(s)) {
      break;
    }
    if (rc == SKT_EAGAIN && !skt__is_blocking(s)) {
      return SKT_ECONNREFUSED;
    }
    if (deadline_us == 0) {
      if (rc == SKT__EINTR && start_us == 0) {
        continue;
      }
      (void)skt__sys_set_blocking(skt__handle(s), false);
      deadline_us = skt__limit_end(s, SKT_WRITE, start_us);
    }
    if (skt__timer_until(deadline_us).left_ms == 0) {
      rc = SKT_ETIMEDOUT;
      break;
    }
    skt__pause();
  }
  if (deadline_us != 0) {
    (void)skt__sys_set_blocking(skt__handle(s), !skt__enforces_limits(s));
  }
  return rc;
}

/* EAGAIN is a lack of memory for routes. Other code can have begun to connect
 * before skt_adopt. */
static int call_connect(const skt *s, const skt_addr *peer, bool loopback,
                        int64_t start_us) {
  if (skt__domain(s) == SKT_UNIX) {
    return connect_unix(s, peer, start_us);
  }
  int rc = skt__sys_connect(skt__handle(s), peer, loopback);
  if (rc == SKT__EINTR || rc == SKT_EALREADY) {
    return SKT_EINPROGRESS;
  }
  return rc == SKT_EAGAIN ? SKT_ENOBUFS : rc;
}

/* A blocking connect that goes on: a signal came, and to call again would be an
 * error (POSIX connect, EINTR); or the socket does not wait natively, because
 * its limit is enforced here, or other code has made it so. */
static int wait_for_connect(skt *s, int64_t start_us) {
  skt__set_state(s, SKT_CONNECTING); /* for the wait */
  int rc = finish_connect(s, skt__limit_end(s, SKT_WRITE, start_us));
  return rc == SKT_EINPROGRESS ? SKT_ETIMEDOUT : rc;
}

/* How a limit ends the connect of a blocking socket:
 *   Linux            the system keeps the time; after a signal,
 *                    wait_for_connect does
 *   macOS, the BSDs  the socket is non-blocking for the time of the call, then
 *                    wait_for_connect waits
 *   Windows          the socket is non-blocking while it has a limit, and
 *                    wait_for_connect waits */
static int connect_blocking(skt *s, const skt_addr *peer, bool loopback) {
  int64_t start_us = skt__start(s);
  bool apart =
      start_us != 0 && skt__system.keeps_limits && !skt__system.limits_connect;
  int rc = apart ? skt__sys_set_blocking(skt__handle(s), false) : 0;
  if (rc == 0) {
    rc = call_connect(s, peer, loopback, start_us);
  }
  if (rc == SKT_EINPROGRESS) {
    rc = skt__cancelled(s) ? SKT_ECANCELED : wait_for_connect(s, start_us);
  }
  if (apart && rc == 0) {
    rc = skt__sys_set_blocking(skt__handle(s), true);
  }
  return rc;
}

static SKT__COLD int connect_now(skt *s, const skt_addr *peer, bool loopback) {
  int rc = skt__is_blocking(s) ? connect_blocking(s, peer, loopback)
                               : call_connect(s, peer, loopback, 0);
  /* Windows: of the port that it could not choose. Only an address that the
   * caller has bound can be in use. */
  return rc == SKT_EADDRINUSE && skt__state(s) == SKT__FRESH ? SKT_EADDRNOTAVAIL
                                                             : rc;
}

/* A second call asks what has become of the first, as in POSIX connect. */
static int connect_again(skt *s) {
  int rc = skt_connect_finish(s);
  switch (rc) {
  case 0:
    return SKT_EISCONN;
  case SKT_EINPROGRESS:
    return SKT_EALREADY;
  default:
    return rc;
  }
}

/* 0 if s can connect. */
static int check_state(skt *s) {
  switch (skt__state(s)) {
  case SKT__FRESH:
  case SKT_BOUND:
    return 0;
  case SKT_CONNECTING:
  case SKT__CONNECTING_TO_LOCAL:
    return connect_again(s);
  case SKT_CONNECTED:
    return skt__cancelled(s) ? SKT_ECANCELED : SKT_EISCONN;
  default:
    return skt__cancelled(s) ? SKT_ECANCELED : SKT_EINVAL;
  }
}

int skt_connect(skt *s, const skt_addr *peer) {
  skt_addr mapped;
  skt__ip ip;
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (peer == NULL) {
    return SKT_EFAULT;
  }
  peer = skt__destination(s, peer, &mapped, &ip);
  rc = peer == NULL ? SKT_EINVAL : check_state(s);
  if (rc < 0) {
    return rc;
  }
  bool loopback = skt__ip_is_loopback(&ip);
  bool itself = may_connect_to_itself(s, &ip, loopback);
  SKT__ENTER(&s->calls);
  rc = skt__cancelled(s) ? SKT_ECANCELED : connect_now(s, peer, loopback);
  SKT__LEAVE(&s->calls);
  if (rc == SKT_EINPROGRESS && !skt__cancelled(s)) {
    skt__set_state(s, itself ? SKT__CONNECTING_TO_LOCAL : SKT_CONNECTING);
    return rc;
  }
  return conclude(s, rc == 0 && itself ? refuse_itself(s, &ip) : rc);
}

/* The peer's address is read anew: nothing has kept it. */
static int refuse_itself_later(const skt *s) {
  skt_addr peer;
  skt__ip ip;
  if (skt__sys_peer(skt__handle(s), &peer) < 0) {
    return 0;
  }
  (void)skt__addr_get_ip(&peer, &ip);
  return refuse_itself(s, &ip);
}

int skt_connect_finish(skt *s) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  int state = skt__state(s);
  if (state == SKT_CONNECTED) {
    return 0;
  }
  if (state == SKT__CONNECT_FAILED) {
    return SKT__LOAD(&s->reading);
  }
  if (!skt__connecting(s)) {
    return SKT_EINVAL;
  }
  rc = finish_connect(s, 0);
  if (rc == SKT_EINPROGRESS) {
    return rc;
  }
  if (rc == 0 && state == SKT__CONNECTING_TO_LOCAL) {
    rc = refuse_itself_later(s);
  }
  return conclude(s, rc);
}
