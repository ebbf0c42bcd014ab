/* SPDX-License-Identifier: MIT */
/* Waiting for one socket, and the mode that says whether calls wait. */
#include "sys.h"

/* Milliseconds left, rounded up so that no wait ends early. */
static int remaining_ms(int64_t deadline_us) {
  int64_t left = deadline_us - skt__sys_now_us();
  return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

int skt__wait(const skt *s, int events, int timeout_ms) {
  bool connecting = skt__state(s) == SKT__CONNECTING;
  int64_t deadline_us =
      timeout_ms > 0 ? skt__sys_now_us() + (int64_t)timeout_ms * 1000 : 0;
  for (int left_ms = timeout_ms;;) {
    int rc = skt__sys_wait(skt__handle(s), events, connecting, left_ms);
    if (rc != 0 && rc != SKT__EINTR) {
      return rc;
    }
    if (timeout_ms > 0) {
      left_ms = remaining_ms(deadline_us);
    }
    if (left_ms == 0 && (rc == 0 || timeout_ms > 0)) {
      return 0;
    }
  }
}

int skt_wait(skt *s, int events, int timeout_ms) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (events < SKT_READ || events > SKT_BOTH || timeout_ms < -1) {
    return SKT_EINVAL;
  }
  switch (skt__state(s)) {
  case SKT_LISTENING:
  case SKT_CONNECTED:
  case SKT__CONNECTING:
    break;
  default:
    if (!skt__connectionless(s)) {
      return SKT_ENOTCONN;
    }
  }
  rc = skt__wait(s, events, timeout_ms);
  return rc < 0 ? rc : (rc & SKT__FAILED) != 0 ? events : rc & events;
}

int skt_set_blocking(skt *s, bool blocking) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  rc = skt__sys_set_blocking(skt__handle(s), blocking);
  if (rc == 0) {
    int others = s->kind & ~SKT_NONBLOCK;
    s->kind = (uint16_t)(blocking ? others : others | SKT_NONBLOCK);
  }
  return rc;
}

int skt_blocking(const skt *s) {
  int rc = skt__check(s);
  return rc < 0 ? rc : skt__waits(s);
}
