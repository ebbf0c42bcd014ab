/* SPDX-License-Identifier: MIT */
/* Reading and writing exactly n bytes. */
#include "retry.h"

/* Whether all parts together have a limit, which skt enforces. */
static bool has_total_limit(const skt *s) {
  return skt__is_blocking(s) && skt__has_limit(s);
}

/* The time at which the call started, if the socket has a limit. */
static int64_t start_time(const skt *s) {
  return skt__check(s) == 0 && has_total_limit(s) ? skt__sys_now_us() : 0;
}

/* Wait for the next part. Queries the limit only if the first part was short.
 */
static int wait_for_more(skt *s, int64_t start_us, int64_t *deadline_us) {
  int limit_ms = -1;
  if (!has_total_limit(s)) {
    return 0;
  }
  if (*deadline_us == 0) {
    int rc = skt_limit(s, SKT_READ, &limit_ms);
    if (rc < 0) {
      return rc;
    }
    *deadline_us = limit_ms < 0 ? skt__deadline(limit_ms)
                                : start_us + (int64_t)limit_ms * 1000;
  }
  int ready = skt__wait_unlimited(s, SKT_READ, *deadline_us);
  if (ready == 0) {
    return SKT_ETIMEDOUT;
  }
  return ready < 0 ? ready : 0;
}

static int read_parts(skt *s, char *buffer, size_t n, size_t *done) {
  int64_t start_us = start_time(s), deadline_us = 0;
  while (*done < n) {
    int rc = *done > 0 ? wait_for_more(s, start_us, &deadline_us) : 0;
    if (rc < 0) {
      return rc;
    }
    ptrdiff_t got = skt_read(s, buffer + *done, n - *done);
    if (got <= 0) {
      return got == 0 ? SKT_ENODATA : (int)got;
    }
    *done += (size_t)got;
  }
  return 0;
}

int skt_read_all(skt *s, void *buffer, size_t n, size_t *done) {
  size_t count = 0;
  int rc = s == NULL ? SKT_EFAULT : skt__check_io(s, &s->reading, buffer, n);
  if (rc >= 0 && skt__type(s) != SKT_STREAM) {
    rc = SKT_EOPNOTSUPP;
  }
  if (rc >= 0) {
    rc = read_parts(s, buffer, n, &count);
  }
  if (done != NULL) {
    *done = count;
  }
  return rc;
}

/* Linux counts limits in ticks of up to 10 ms; one can expire a tick early. */
enum { TICK_MS = 10 };

/* A partial write means that the limit expired or that a signal arrived; the
 * clock decides which. The next call reports any other reason. */
static bool has_expired(const skt *s, int64_t start_us) {
  int limit_ms = -1;
  if (has_total_limit(s) && SKT__LOAD(&s->writing) == SKT__OPEN) {
    (void)skt_limit(s, SKT_WRITE, &limit_ms);
  }
  return limit_ms > 0 &&
         skt__sys_now_us() - start_us >= ((int64_t)limit_ms - TICK_MS) * 1000;
}

int skt_write_all(skt *s, const void *buffer, size_t n, size_t *done) {
  const char *bytes = buffer;
  size_t count = 0;
  int64_t start_us = start_time(s);
  ptrdiff_t rc;
  do {
    rc = skt_write(s, count > 0 ? bytes + count : bytes, n - count);
    count += rc > 0 ? (size_t)rc : 0;
    if (rc > 0 && count < n && has_expired(s, start_us)) {
      rc = SKT_ETIMEDOUT;
    }
  } while (rc > 0 && count < n);
  if (done != NULL) {
    *done = count;
  }
  return rc < 0 ? (int)rc : 0;
}
