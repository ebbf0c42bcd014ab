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
  case SKT_ETIMEDOUT:
  case SKT_EHOSTUNREACH:
    return true;
  default:
    return false;
  }
}

/* The verb's result, with one code for a connection that broke. EPIPE: this
 * side has not shut down writing, or the call would not have been made.
 * ECONNABORTED: Windows, when its own stack gave the connection up (Winsock
 * error codes, WSAECONNABORTED). Linux reports a reset once, to a read or a
 * write, and then an end of stream: after a write that failed that is not a
 * clean end. */
static ptrdiff_t record_result(skt__attempt *t, ptrdiff_t rc) {
  skt *s = t->s;
  bool reading = t->direction == SKT_READ;
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (skt__connectionless(s) || skt__state(s) == SKT_LISTENING) {
    return rc; /* an error of one message or client ends nothing */
  }
  if (rc == 0 && reading && SKT__LOAD(&s->writing) < 0) {
    rc = SKT__LOAD(&s->writing);
  }
  if (rc == SKT_EPIPE || rc == SKT_ECONNABORTED) {
    rc = SKT_ECONNRESET;
  }
  if (is_fatal(rc)) {
    SKT__STORE(reading ? &s->reading : &s->writing, (int16_t)rc);
  }
  return rc;
}

static int wait_within_limit(skt__attempt *t) {
  if (t->deadline_us == 0) {
    int limit_ms;
    int rc = skt__sys_limit(skt__handle(t->s), t->direction, &limit_ms);
    if (rc < 0) {
      return rc;
    }
    t->deadline_us = skt__deadline(limit_ms);
  }
  int ready = skt__wait(t->s, t->direction, t->deadline_us);
  if (ready == 0) {
    return SKT_ETIMEDOUT;
  }
  return ready < 0 ? ready : 1;
}

/* A call has no result yet: 1 to make it again, or the code to return.
 * Non-blocking socket: return EAGAIN. The kernel enforces the limit: EAGAIN
 * means that it expired. After a signal, or where the system's limits are
 * unusable: the kernel's timer is lost, so the limit starts again, once, and is
 * enforced here. */
static int prepare_retry(skt__attempt *t, ptrdiff_t rc) {
  const skt *s = t->s;
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (!skt__is_blocking(s) || !skt__has_limit(s)) {
    return rc == SKT_EAGAIN ? SKT_EAGAIN : 1;
  }
  if (rc == SKT_EAGAIN && !skt__enforces_limits(s)) {
    return SKT_ETIMEDOUT;
  }
  return wait_within_limit(t);
}

/* An ICMP error for an earlier message. Linux reports it to connected sockets
 * (udp(7)), Windows to all (Winsock recvfrom, WSAECONNRESET); reading it
 * discards it. No message is lost by making the call again. */
static bool is_icmp_error(const skt *s, ptrdiff_t rc) {
  return (rc == SKT_ECONNREFUSED || rc == SKT_ECONNRESET) &&
         skt__connectionless(s) && skt__domain(s) != SKT_UNIX;
}

/* A second ICMP error of one write is that message's own. */
SKT__COLD bool skt__try_again(skt__attempt *t, ptrdiff_t *rc) {
  bool icmp =
      is_icmp_error(t->s, *rc) && !(t->direction == SKT_WRITE && t->had_icmp);
  if (*rc == SKT__EINTR || *rc == SKT_EAGAIN || icmp) {
    t->had_icmp = t->had_icmp || icmp;
    *rc = prepare_retry(t, *rc);
    return *rc > 0;
  }
  *rc = record_result(t, *rc);
  return false;
}

/* Of a blocking socket a short count means that the send limit expired or that
 * a signal arrived. With a send limit the two cannot be told apart (send(2)),
 * so the write ends; without one it was a signal, and the write goes on. */
bool skt__write_ends(const skt *s, bool cut) {
  int limit_ms;
  if (!skt__is_blocking(s)) {
    return true;
  }
  if (!cut || !skt__has_limit(s) || skt__enforces_limits(s)) {
    return false;
  }
  return skt__sys_limit(skt__handle(s), SKT_WRITE, &limit_ms) < 0 ||
         limit_ms >= 0;
}
