/* SPDX-License-Identifier: MIT */
/* Whether calls on a socket block, and for how long. */
#include "internal.h"

/* Set the native mode: a socket whose limits skt enforces is natively
 * non-blocking. */
static int apply_mode(skt *s) {
  return skt__sys_set_blocking(skt__handle(s),
                               skt__is_blocking(s) && !skt__enforces_limits(s));
}

static void set_flag(skt *s, int flag, bool on) {
  skt__set_kind(s, on ? s->kind | flag : s->kind & ~flag);
}

int skt_set_blocking(skt *s, bool blocking) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  bool before = skt__is_blocking(s);
  set_flag(s, SKT_NONBLOCK, !blocking);
  rc = apply_mode(s);
  if (rc < 0) {
    set_flag(s, SKT_NONBLOCK, !before);
  }
  return rc;
}

int skt_blocking(const skt *s) {
  int rc = skt__check(s);
  return rc < 0 ? rc : skt__is_blocking(s);
}

int skt_limit(const skt *s, int direction, int *limit_ms) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (limit_ms == NULL) {
    return SKT_EFAULT;
  }
  *limit_ms = -1;
  if (direction != SKT_READ && direction != SKT_WRITE) {
    return SKT_EINVAL;
  }
  if (skt__has_limit(s)) {
    rc = skt__sys_limit(skt__handle(s), direction, limit_ms);
  }
  return skt__is_gone(s, rc) ? 0 : rc;
}

static int set_directions(skt *s, int directions, int limit_ms) {
  int rc = 0;
  if ((directions & SKT_READ) != 0) {
    rc = skt__sys_set_limit(skt__handle(s), SKT_READ, limit_ms);
  }
  if (rc == 0 && (directions & SKT_WRITE) != 0) {
    rc = skt__sys_set_limit(skt__handle(s), SKT_WRITE, limit_ms);
  }
  return rc;
}

/* Record whether there is a limit, and what follows for the native mode. */
static int set_limited(skt *s, bool on) {
  bool before = skt__enforces_limits(s);
  set_flag(s, SKT__LIMITED, on);
  if (on) {
    set_flag(s, SKT__WAS_LIMITED, true);
  }
  return before != skt__enforces_limits(s) ? apply_mode(s) : 0;
}

int skt_set_limit(skt *s, int directions, int limit_ms) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (directions < SKT_READ || directions > SKT_BOTH || limit_ms < -1 ||
      limit_ms == 0) {
    return SKT_EINVAL;
  }
  rc = set_directions(s, directions, limit_ms);
  if (rc < 0) {
    return skt__is_gone(s, rc) ? 0 : rc;
  }
  int other_ms = -1;
  if (limit_ms < 0 && directions != SKT_BOTH) {
    rc = skt_limit(s, SKT_BOTH - directions, &other_ms);
  }
  return rc < 0 ? rc : set_limited(s, limit_ms > 0 || other_ms > 0);
}

int skt__find_limits(skt *s) {
  int read_ms = -1, write_ms = -1;
  int rc = skt__sys_limit(skt__handle(s), SKT_READ, &read_ms);
  if (rc == 0) {
    rc = skt__sys_limit(skt__handle(s), SKT_WRITE, &write_ms);
  }
  if (rc < 0) {
    return skt__is_gone(s, rc) ? 0 : rc;
  }
  return set_limited(s, read_ms > 0 || write_ms > 0);
}

void skt__restore_mode(skt *s) {
  if (skt__is_blocking(s) && skt__enforces_limits(s)) {
    (void)skt__sys_set_blocking(skt__handle(s), true);
  }
}
