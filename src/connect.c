/* SPDX-License-Identifier: MIT */
/* Connecting, in its several ways. */
#include "address.h"
#include "retry.h"

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

/* Whether the system knows the socket as blocking. */
static bool is_native_blocking(const skt *s) {
  return skt__is_blocking(s) && !skt__enforces_limits(s);
}

/* What one connect goes by. */
typedef struct connect_request {
  const skt_addr *peer;
  bool loopback;
  int64_t start_us;    /* see skt__start */
  int64_t deadline_us; /* of a time of its own; 0: the limit holds */
} connect_request;

static int64_t end_of(const skt *s, const connect_request *r) {
  return r->deadline_us != 0 ? r->deadline_us
                             : skt__limit_end(s, SKT_WRITE, r->start_us);
}

/* Unix sockets connect at once or not at all; nothing goes on by itself. Linux,
 * when the listener's queue is full (connect(2), unix(7)): a blocking socket
 * waits inside the call, and a signal ends that wait before anything has begun,
 * so the call is made again; EAGAIN is the end of the socket's limit, or comes
 * at once if other code has made the socket non-blocking. Each call would start
 * the limit anew, and no event reports when to try again: so a blocking socket
 * then does not wait in the call, but tries from time to time; a non-blocking
 * one is refused, as on the BSDs and on Windows. */
static SKT__COLD int connect_unix(const skt *s, const connect_request *r) {
  bool waits = skt__is_blocking(s) || r->deadline_us != 0;
  int64_t deadline_us = r->deadline_us; /* 0: waits in the call */
  int rc;
  for (;;) {
    rc = skt__sys_connect(skt__handle(s), r->peer, false);
    if ((rc != SKT__EINTR && rc != SKT_EAGAIN) || skt__cancelled(s)) {
      break;
    }
    if (rc == SKT_EAGAIN && !waits) {
      return SKT_ECONNREFUSED;
    }
    if (deadline_us == 0) {
      if (rc == SKT__EINTR && r->start_us == 0) {
        continue;
      }
      (void)skt__sys_set_blocking(skt__handle(s), false);
      deadline_us = end_of(s, r);
    }
    if (skt__timer_until(deadline_us).left_ms == 0) {
      rc = SKT_ETIMEDOUT;
      break;
    }
    skt__pause();
  }
  if (deadline_us != r->deadline_us) {
    (void)skt__sys_set_blocking(skt__handle(s), is_native_blocking(s));
  }
  return rc;
}

/* EAGAIN is a lack of memory for routes. Other code can have begun to connect
 * before skt_adopt. */
static int call_connect(const skt *s, const connect_request *r) {
  if (skt__domain(s) == SKT_UNIX) {
    return connect_unix(s, r);
  }
  int rc = skt__sys_connect(skt__handle(s), r->peer, r->loopback);
  if (rc == SKT__EINTR || rc == SKT_EALREADY) {
    return SKT_EINPROGRESS;
  }
  return rc == SKT_EAGAIN ? SKT_ENOBUFS : rc;
}

/* A blocking connect that goes on: a signal came, and to call again would be an
 * error (POSIX connect, EINTR); or the socket does not wait natively, because
 * its limit is enforced here, or other code has made it so. */
static int wait_for_connect(skt *s, const connect_request *r) {
  skt__set_state(s, SKT_CONNECTING); /* for the wait */
  int rc = skt__await_connect(s, end_of(s, r));
  return rc == SKT_EINPROGRESS ? SKT_ETIMEDOUT : rc;
}

/* How a limit ends the connect of a blocking socket:
 *   Linux            the system keeps the time; after a signal,
 *                    wait_for_connect does
 *   macOS, the BSDs  the socket is non-blocking for the time of the call, then
 *                    wait_for_connect waits
 *   Windows          the socket is non-blocking while it has a limit, and
 *                    wait_for_connect waits
 * A time of its own ends it everywhere as a limit does on macOS. */
static int connect_blocking(skt *s, connect_request *r) {
  r->start_us = skt__start(s);
  bool timed =
      r->deadline_us != 0 || (r->start_us != 0 && !skt__system.limits_connect);
  bool apart = timed && is_native_blocking(s);
  int rc = apart ? skt__sys_set_blocking(skt__handle(s), false) : 0;
  if (rc == 0) {
    rc = call_connect(s, r);
  }
  if (rc == SKT_EINPROGRESS) {
    rc = skt__cancelled(s) ? SKT_ECANCELED : wait_for_connect(s, r);
  }
  if (apart) {
    int restored = skt__sys_set_blocking(skt__handle(s), true);
    rc = rc < 0 ? rc : restored;
  }
  return rc;
}

static SKT__COLD int connect_now(skt *s, connect_request *r) {
  bool waits = skt__is_blocking(s) || r->deadline_us != 0;
  int rc = waits ? connect_blocking(s, r) : call_connect(s, r);
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

/* Connect, within a time of its own unless that is 0. */
static int connect_by(skt *s, const skt_addr *peer, int64_t deadline_us) {
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
  connect_request r = {.peer = peer,
                       .loopback = skt__ip_is_loopback(&ip),
                       .deadline_us = deadline_us};
  bool itself = may_connect_to_itself(s, &ip, r.loopback);
  SKT__ENTER(&s->calls);
  rc = skt__cancelled(s) ? SKT_ECANCELED : connect_now(s, &r);
  SKT__LEAVE(&s->calls);
  if (rc == SKT_EINPROGRESS && !skt__cancelled(s)) {
    skt__set_state(s, itself ? SKT__CONNECTING_TO_LOCAL : SKT_CONNECTING);
    return rc;
  }
  return skt__conclude(s, rc == 0 && itself ? skt__refuse_itself(s, &ip) : rc);
}

int skt_connect(skt *s, const skt_addr *peer) { return connect_by(s, peer, 0); }

/* A deadline that is over already is one all the same. */
int skt_connect_within(skt *s, const skt_addr *peer, int timeout_ms) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (peer == NULL) {
    return SKT_EFAULT;
  }
  if (timeout_ms < -1) {
    return SKT_EINVAL;
  }
  return connect_by(s, peer, timeout_ms == 0 ? 1 : skt__deadline(timeout_ms));
}
