/* SPDX-License-Identifier: MIT */
/* The end for those who wait on a socket. */
#include "internal.h"

enum { PATIENCE_US = 100000 };

/* Calls that can be missed just before they wait are counted (SKT__ENTER), and
 * woken until they are out. Not for ever: where nothing wakes them it is in
 * vain, and they end by themselves. This one is counted too, and so the first
 * that cancels is the only one to repeat it. */
static int cancel_calls(skt *s) {
  bool first = (SKT__OR(&s->calls, SKT__CANCELLED) & SKT__CANCELLED) == 0;
  int rc;
  SKT__STORE(&s->reading, SKT_ECANCELED);
  SKT__STORE(&s->writing, SKT_ECANCELED);
  int64_t deadline_us = skt__sys_now_us() + PATIENCE_US;
  do {
    rc = skt__sys_cancel(skt__handle(s));
  } while (first && rc == 0 && (SKT__LOAD(&s->calls) & SKT__CALLS) > 1 &&
           skt__sys_now_us() < deadline_us);
  return rc;
}

int skt_cancel(skt *s) {
  if (s == NULL || SKT__LOAD(&s->kind) == 0) {
    return s == NULL ? SKT_EFAULT : SKT_EBADF;
  }
  SKT__ENTER(&s->calls);
  int rc = SKT__LOAD(&s->kind) == 0 ? SKT_EBADF : cancel_calls(s);
  SKT__LEAVE(&s->calls);
  return rc;
}
