/* SPDX-License-Identifier: MIT */
/* Whether a call is made again, and until when. */
#include "retry.h"

#define FOR_EVER INT64_MAX

int64_t skt__deadline(int timeout_ms) {
  if (timeout_ms < 0) {
    return FOR_EVER;
  }
  return timeout_ms == 0 ? 0 : skt__sys_now_us() + (int64_t)timeout_ms * 1000;
}

/* Rounded up, so that no wait ends early. */
skt__timer skt__timer_until(int64_t deadline_us) {
  if (deadline_us == FOR_EVER) {
    return (skt__timer){deadline_us, -1};
  }
  int64_t left = deadline_us == 0 ? 0 : deadline_us - skt__sys_now_us();
  int left_ms = left <= 0 ? 0 : (int)((left + 999) / 1000);
  return (skt__timer){deadline_us, left_ms};
}

/* A call that was interrupted may not have looked. One that was to wait has had
 * its time. */
SKT__COLD bool skt__timer_goes_on(skt__timer *t, int *rc) {
  bool looked = *rc == 0 || t->left_ms > 0;
  if (*rc != 0 && *rc != SKT__EINTR) {
    return false;
  }
  *rc = 0;
  *t = skt__timer_until(t->deadline_us);
  return t->left_ms != 0 || !looked;
}

/* Codes after which a connection moves no more bytes. Systems report them once
 * or always (Linux: ECONNRESET once, then end of stream), so skt keeps them. */
static bool is_fatal(ptrdiff_t rc) {
  switch (rc) {
  case SKT_EIO:
  case SKT_ENETDOWN:
  case SKT_ENETUNREACH:
  case SKT_ECONNRESET:
  case SKT_EHOSTDOWN:
  case SKT_EHOSTUNREACH:
    return true;
  default:
    return false;
  }
}

/* One code for a connection that broke, whichever way the system reports it.
 * EPIPE: this side has not shut down writing, or the call would not have been
 * made. ECONNABORTED: Windows, when its own stack gave the connection up
 * (Winsock error codes, WSAECONNABORTED). EPROTONOSUPPORT: macOS' EPROTOTYPE,
 * for a write while the connection is going away (golang issue 18240). */
static ptrdiff_t name_of_broken(ptrdiff_t rc) {
  switch (rc) {
  case SKT_EPIPE:
  case SKT_ECONNABORTED:
  case SKT_EPROTONOSUPPORT:
    return SKT_ECONNRESET;
  default:
    return rc;
  }
}

/* Linux reports a reset once, to a read or a write, and then an end of stream:
 * after a write that failed that is not a clean end. */
static SKT__COLD ptrdiff_t record_end(skt *s) {
  if (skt__connectionless(s)) {
    return 0; /* an empty message */
  }
  int writing = SKT__LOAD(&s->writing);
  if (writing < 0) {
    SKT__STORE(&s->reading, (int16_t)writing);
    return writing;
  }
  if (skt__type(s) == SKT_STREAM) {
    SKT__STORE(&s->reading, SKT__ENDED);
  }
  return 0;
}

/* An error of one message ends nothing, nor does an error of one client.
 * Windows reports a port without a receiver as a reset, and a message that made
 * too many hops as WSAENETRESET, the code of keep-alive (Winsock recvfrom). */
static ptrdiff_t result_without_connection(const skt *s, ptrdiff_t rc) {
  if (!skt__connectionless(s) || skt__domain(s) == SKT_UNIX) {
    return rc;
  }
  switch (rc) {
  case SKT_ECONNRESET:
    return SKT_ECONNREFUSED;
  case SKT_EHOSTDOWN:
    return SKT_EHOSTUNREACH;
  default:
    return rc;
  }
}

ptrdiff_t skt__record(skt *s, int direction, ptrdiff_t rc) {
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (rc == 0) {
    return direction == SKT_READ ? record_end(s) : 0;
  }
  if (skt__connectionless(s) || skt__state(s) == SKT_LISTENING) {
    return result_without_connection(s, rc);
  }
  rc = name_of_broken(rc);
  if (is_fatal(rc)) {
    SKT__STORE(direction == SKT_READ ? &s->reading : &s->writing, (int16_t)rc);
  }
  return rc;
}

int64_t skt__start(const skt *s) {
  return skt__waits_limited(s) ? skt__sys_now_us() : 0;
}

/* Of a connection that is gone, macOS does not return the limit. The wait then
 * ends at once, and the next call reports the reason. */
int64_t skt__limit_end(const skt *s, int direction, int64_t start_us) {
  int limit_ms = -1;
  if (skt__has_limit(s)) {
    (void)skt__sys_limit(skt__handle(s), direction, &limit_ms);
  }
  return start_us == 0 || limit_ms < 0 ? skt__deadline(limit_ms)
                                       : start_us + (int64_t)limit_ms * 1000;
}

static bool is_over(skt__attempt *t) {
  if (t->deadline_us == 0) {
    t->deadline_us = skt__limit_end(t->s, t->direction, t->start_us);
  }
  return skt__timer_until(t->deadline_us).left_ms == 0;
}

int skt__wait_within_limit(skt__attempt *t, bool looked) {
  if (is_over(t) && looked) {
    return SKT_ETIMEDOUT;
  }
  int ready = skt__wait(t->s, t->direction, t->deadline_us);
  if (ready == 0) {
    return SKT_ETIMEDOUT;
  }
  return ready < 0 ? ready : 1;
}

/* A call has no result yet: 1 to make it again, or the code to return. A
 * would-block of a blocking socket means that the kernel's limit has expired;
 * or that other code, which shares the open socket, has made it non-blocking:
 * then skt waits. After a signal the kernel's timer is lost, so the limit is
 * enforced here, as it is where the system's limits are unusable; but a process
 * without descriptors cannot wait so (see posix/error.c), and the call is made
 * again. */
static int prepare_retry(skt__attempt *t, ptrdiff_t rc) {
  const skt *s = t->s;
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (!skt__is_blocking(s)) {
    return rc == SKT_EAGAIN ? SKT_EAGAIN : 1;
  }
  if (rc != SKT_EAGAIN && !skt__has_limit(s)) {
    return 1;
  }
  bool may_have_expired = rc == SKT_EAGAIN && skt__has_limit(s) &&
                          !skt__enforces_limits(s) && t->deadline_us == 0;
  if (may_have_expired && skt__sys_is_blocking(skt__handle(s)) != 0) {
    return SKT_ETIMEDOUT;
  }
  int ready = skt__wait_within_limit(t, rc == SKT_EAGAIN);
  return ready == SKT_ENOBUFS && rc == SKT__EINTR ? 1 : ready;
}

/* An ICMP error for an earlier message, on a socket without a peer: which
 * message it was for nothing says, so it is discarded, and no message is lost
 * by making the call again. Windows reports it to adopted sockets (Winsock
 * recvfrom, WSAECONNRESET), Linux to none (udp(7)). With a peer the error is
 * the peer's, and is reported once. */
static bool is_stray_error(const skt *s, ptrdiff_t rc) {
  return (rc == SKT_ECONNREFUSED || rc == SKT_ECONNRESET ||
          rc == SKT_EHOSTDOWN) &&
         skt__connectionless(s) && skt__domain(s) != SKT_UNIX &&
         skt__state(s) != SKT_CONNECTED;
}

/* A second stray error of one write is that message's own. */
SKT__COLD bool skt__try_again(skt__attempt *t, ptrdiff_t *rc) {
  bool stray =
      is_stray_error(t->s, *rc) && !(t->direction == SKT_WRITE && t->had_stray);
  if (*rc == SKT__EINTR || *rc == SKT_EAGAIN || stray) {
    t->had_stray = t->had_stray || stray;
    *rc = prepare_retry(t, *rc);
    return *rc > 0;
  }
  *rc = skt__record(t->s, t->direction, *rc);
  return false;
}

/* Of a blocking socket a short count means that the send limit expired or that
 * a signal arrived. With a send limit nothing distinguishes the two (send(2)),
 * so the write ends; without one it was a signal, and the write goes on. It
 * goes on, too, if other code has made the socket non-blocking. */
bool skt__write_ends(const skt *s, bool cut) {
  int limit_ms;
  skt__os_handle handle = skt__handle(s);
  if (!skt__is_blocking(s)) {
    return true;
  }
  if (!cut || !skt__has_limit(s) || skt__enforces_limits(s)) {
    return false;
  }
  (void)skt__sys_limit(handle, SKT_WRITE, &limit_ms);
  return limit_ms >= 0 && skt__sys_is_blocking(handle) != 0;
}
