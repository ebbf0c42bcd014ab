/* SPDX-License-Identifier: MIT */
/* The ends of a socket: one direction, all of it, at once, in good order. */
#include "retry.h"

/* Reading is ended by a note of our own: Windows resets the connection when
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
  if (skt__state(s) != SKT_CONNECTED) {
    return SKT_ENOTCONN;
  }
  if ((how & SKT_WRITE) != 0 && SKT__LOAD(&s->writing) == SKT__OPEN) {
    rc = skt__sys_shutdown_write(skt__handle(s));
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

/* POSIX leaves open whether an interrupted close has closed. Every system here
 * has; trying again could close a stranger's handle. */
static SKT__COLD int end_close(int rc) { return rc == SKT__EINTR ? 0 : rc; }

static inline int close_handle(skt__os_handle handle) {
  if (SKT__CLOSE_IS_TOLD) {
    skt__sys_poller_closing(handle);
  }
  int rc = skt__sys_close(handle);
  return rc < 0 ? end_close(rc) : rc;
}

int skt_close(skt *s) {
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
  skt__sys_reset_on_close(skt__handle(s));
  return skt_close(s);
}

/* Read and drop until the peer's end. */
static int drain(const skt *s, int64_t deadline_us, size_t drain_max) {
  char dropped[4096];
  for (size_t total = 0; total <= drain_max;) {
    int ready = skt__wait(s, SKT_READ, deadline_us);
    if (ready <= 0) {
      return ready == 0 ? SKT_ETIMEDOUT : ready;
    }
    ptrdiff_t n = skt__sys_read(skt__handle(s), dropped, sizeof dropped);
    if (n == 0) {
      return 0;
    }
    if (n < 0 && n != SKT__EINTR && n != SKT_EAGAIN) {
      return n == SKT_ECONNABORTED ? SKT_ECONNRESET : (int)n;
    }
    total += n > 0 ? (size_t)n : 0;
  }
  return SKT_EMSGSIZE;
}

/* skt_cancel may come at any moment of a graceful close. Who cancels already is
 * waited for, so that the handle is not another's before; who comes later finds
 * no socket. The bit is for the order: who counts itself before it is set is
 * seen here, and who does so after sees that there is no kind. */
static skt__os_handle take_handle(skt *s) {
  SKT__STORE(&s->kind, 0);
  (void)SKT__OR(&s->calls, SKT__CANCELLED);
  while ((SKT__LOAD(&s->calls) & SKT__CALLS) != 0) {
  }
  skt__os_handle handle = skt__handle(s);
  s->handle = 0;
  SKT__STORE(&s->reading, 0);
  SKT__STORE(&s->writing, 0);
  SKT__STORE(&s->calls, 0);
  return handle;
}

int skt_close_graceful(skt *s, int timeout_ms, size_t drain_max) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (timeout_ms < -1) {
    return SKT_EINVAL;
  }
  if (skt__state(s) != SKT_CONNECTED || skt__connectionless(s)) {
    return SKT_ENOTCONN;
  }
  int64_t deadline_us = skt__deadline(timeout_ms);
  int broken = SKT__LOAD(&s->reading) < 0   ? SKT__LOAD(&s->reading)
               : SKT__LOAD(&s->writing) < 0 ? SKT__LOAD(&s->writing)
                                            : 0;
  rc = broken != 0 ? broken : skt_shutdown(s, SKT_WRITE);
  rc = rc < 0 ? rc : drain(s, deadline_us, drain_max);
  skt__os_handle handle = take_handle(s);
  if (rc < 0) {
    skt__sys_reset_on_close(handle);
  }
  int closed = close_handle(handle);
  return rc < 0 ? rc : closed;
}
