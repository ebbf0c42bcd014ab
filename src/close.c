/* SPDX-License-Identifier: MIT */
/* The ends of a socket: one direction, all of it, at once, in good order. */
#include "retry.h"

/* Reading ends in the struct alone: Windows resets the connection when
 * bytes arrive after shutdown(SD_RECEIVE) (Winsock shutdown), and Linux goes
 * on delivering them. */
int skt_shutdown(skt *s, int how) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (how < SKT_READ || how > SKT_BOTH || skt__connectionless(s) ||
      skt__state(s) == SKT_LISTENING) {
    return SKT_EINVAL;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (!skt__is_connected(s)) {
    return SKT_ENOTCONN;
  }
  if ((how & SKT_WRITE) != 0 && SKT__LOAD(&s->writing) == SKT__OPEN) {
    SKT__UNINTERRUPTED(rc, skt__sys_shutdown_write(skt__handle(s)));
    if (rc == 0 || rc == SKT_ENOTCONN || rc == SKT_ECONNRESET ||
        rc == SKT_ECONNABORTED || rc == SKT_EPIPE) {
      SKT__STORE(&s->writing, SKT__SHUT);
    } else {
      return rc;
    }
  }
  if ((how & SKT_READ) != 0 && SKT__LOAD(&s->reading) == SKT__OPEN) {
    SKT__STORE(&s->reading, SKT__SHUT);
  }
  return 0;
}

/* POSIX leaves open whether an interrupted close has closed. On every system
 * here it has; a retry could close a stranger's handle. */
static SKT__COLD int end_close(int rc) { return rc == SKT__EINTR ? 0 : rc; }

static inline int close_handle(skt__os_handle handle) {
  if (skt__system.close_leaves_pollers) {
    skt__sys_poller_closing(handle);
  }
  int rc = skt__sys_close(handle);
  return rc < 0 ? end_close(rc) : rc;
}

SKT__INLINED int skt_close(skt *s) {
  if (s == NULL || s->kind == 0) {
    return skt__check(s);
  }
  skt__os_handle handle = skt__handle(s);
  *s = (skt){.kind = 0};
  return close_handle(handle);
}

int skt_abort(skt *s) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  skt__sys_linger(skt__handle(s), true);
  return skt_close(s);
}

/* Read and discard until the peer's end. A peer that keeps sending does not
 * prolong the time. */
static ptrdiff_t drain(skt *s, int64_t deadline_us, size_t drain_max) {
  char discarded[4096];
  for (size_t total = 0; total <= drain_max;) {
    int ready = skt__wait_unlimited(s, SKT_READ, deadline_us);
    if (ready <= 0) {
      return ready == 0 ? SKT_ETIMEDOUT : ready;
    }
    ptrdiff_t n = skt__sys_read(skt__handle(s), discarded, sizeof discarded);
    if (n == 0 || (n < 0 && n != SKT__EINTR && n != SKT_EAGAIN)) {
      return skt__record(s, SKT_READ, n);
    }
    total += n > 0 ? (size_t)n : 0;
    if (deadline_us != 0 && skt__timer_until(deadline_us).left_ms == 0) {
      return SKT_ETIMEDOUT;
    }
  }
  return SKT_EMSGSIZE;
}

/* A thread may be in skt_cancel during a graceful close. Clear kind first:
 * later cancels return SKT_EBADF. Then wait for cancels in progress, because
 * closing the handle lets the system reuse its number. The OR orders the two: a
 * canceller that incremented `calls` before it is seen by the loop, one that
 * increments after it sees kind 0. The canceller's own shutdown wakes this
 * thread, which can have the higher priority, so the loop pauses. */
static skt__os_handle take_handle(skt *s) {
  SKT__STORE(&s->kind, 0);
  (void)SKT__OR(&s->calls, SKT__CANCELLED);
  while ((SKT__LOAD(&s->calls) & SKT__CALLS) != 0) {
    skt__pause();
  }
  skt__os_handle handle = skt__handle(s);
  s->handle = 0;
  SKT__STORE(&s->reading, 0);
  SKT__STORE(&s->writing, 0);
  SKT__STORE(&s->calls, 0);
  return handle;
}

/* The error that has ended a direction, or 0. */
static int error_of(const skt *s) {
  int reading = SKT__LOAD(&s->reading), writing = SKT__LOAD(&s->writing);
  if (reading < 0) {
    return reading;
  }
  return writing < 0 ? writing : 0;
}

/* Two codes that mean "left open" to the caller, when s is closed: the system
 * refused to shut down, or knows the connection no more. */
static int name_of_end(ptrdiff_t rc) {
  if (rc == SKT_ENOTCONN) {
    return SKT_ECONNRESET;
  }
  return rc == SKT_EINVAL ? SKT_EUNKNOWN : (int)rc;
}

int skt_close_graceful(skt *s, int timeout_ms, size_t drain_max) {
  ptrdiff_t rc = skt__check(s);
  if (rc < 0) {
    return (int)rc;
  }
  if (timeout_ms < -1) {
    return SKT_EINVAL;
  }
  if (skt__connectionless(s) || !skt__is_connected(s)) {
    return SKT_ENOTCONN;
  }
  int64_t deadline_us = skt__deadline(timeout_ms);
  rc = error_of(s);
  rc = rc < 0 ? rc : skt_shutdown(s, SKT_WRITE);
  rc = rc < 0 ? rc : drain(s, deadline_us, drain_max);
  skt__os_handle handle = take_handle(s);
  if (rc < 0) {
    skt__sys_linger(handle, true);
  }
  int closed = close_handle(handle);
  return rc < 0 ? name_of_end(rc) : closed;
}
