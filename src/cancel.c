/* SPDX-License-Identifier: MIT */
/* Ends the calls of other threads that wait on a socket. */
#include "internal.h"

enum { PATIENCE_US = 100000 };

/* A thread may have entered accept or connect but not yet be blocking, and miss
 * the wake-up. `calls` counts those threads; repeat the cancel until they have
 * left, for at most 100 ms, for where nothing wakes them they end by
 * themselves. Such a thread may have the lower priority, so the loop pauses.
 * Only the first canceller repeats (the count includes cancellers). */
static int cancel_calls(skt *s) {
  bool first = (SKT__OR(&s->calls, SKT__CANCELLED) & SKT__CANCELLED) == 0;
  SKT__STORE(&s->reading, SKT_ECANCELED);
  SKT__STORE(&s->writing, SKT_ECANCELED);
  int64_t deadline_us = skt__sys_now_us() + PATIENCE_US;
  int rc = skt__sys_cancel(skt__handle(s));
  skt__sys_poller_cancelled(skt__handle(s));
  while (first && rc == 0 && (SKT__LOAD(&s->calls) & SKT__CALLS) > 1 &&
         skt__sys_now_us() < deadline_us) {
    skt__pause();
    rc = skt__sys_cancel(skt__handle(s));
  }
  return rc;
}

int skt_cancel(skt *s) {
  if (s == NULL) {
    return SKT_EFAULT;
  }
  if (SKT__LOAD(&s->kind) == 0) {
    return SKT_EBADF;
  }
  SKT__ENTER(&s->calls);
  int rc = SKT__LOAD(&s->kind) == 0 ? SKT_EBADF : cancel_calls(s);
  SKT__LEAVE(&s->calls);
  return rc;
}
