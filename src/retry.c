/* SPDX-License-Identifier: MIT */
/* Whether a call is made again, and until when. */
#include "retry.h"

#define FOR_EVER INT64_MAX

int64_t skt__deadline(int timeout_ms) {
  return timeout_ms < 0    ? FOR_EVER
         : timeout_ms == 0 ? 0
                           : skt__sys_now_us() + (int64_t)timeout_ms * 1000;
}

int skt__remaining_ms(int64_t deadline_us) {
  if (deadline_us == FOR_EVER) {
    return -1;
  }
  int64_t left = deadline_us == 0 ? 0 : deadline_us - skt__sys_now_us();
  return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

/* Whose time is over, and who keeps it? A socket that does not wait has none.
 * A limit that the system keeps is over when it answers EAGAIN. A signal took
 * the system's count with it: then the limit begins anew, once, and is kept
 * here, as it is where the system keeps none. */
int skt__again(const skt *s, int direction, ptrdiff_t rc,
               int64_t *deadline_us) {
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (!skt__waits(s) || !skt__limited(s)) {
    return rc == SKT_EAGAIN ? SKT_EAGAIN : 1;
  }
  if (rc == SKT_EAGAIN && !skt__keeps_limits(s)) {
    return SKT_ETIMEDOUT;
  }
  if (*deadline_us == 0) {
    int limit_ms;
    int failed = skt__sys_limit(skt__handle(s), direction, &limit_ms);
    if (failed < 0) {
      return failed;
    }
    *deadline_us = skt__deadline(limit_ms);
  }
  int ready = skt__wait(s, direction, *deadline_us);
  return ready > 0 ? 1 : ready == 0 ? SKT_ETIMEDOUT : ready;
}

/* On a blocking socket it ends only when the system has cut it short, because
 * the limit is over. Without a limit for writing it was a signal. With one it
 * may have been, too, which cannot be told apart (send(2)). */
bool skt__write_ends(const skt *s, bool cut) {
  int limit_ms;
  if (!skt__waits(s)) {
    return true;
  }
  if (!cut || !skt__limited(s) || skt__keeps_limits(s)) {
    return false;
  }
  return skt__sys_limit(skt__handle(s), SKT_WRITE, &limit_ms) < 0 ||
         limit_ms >= 0;
}
