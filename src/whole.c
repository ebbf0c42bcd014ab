/* SPDX-License-Identifier: MIT */
/* Exactly as many bytes as were asked for. */
#include "core.h"

/* Wait for the next part within the limit of the whole, which begins to count
 * when the first part was short. Nothing to do for a socket without. */
static int wait_for_more(skt *s, int64_t *deadline_us) {
  int limit_ms = -1;
  if (!skt__waits(s) || !skt__limited(s)) {
    return 0;
  }
  if (*deadline_us == 0) {
    int rc = skt_limit(s, SKT_READ, &limit_ms);
    if (rc < 0) {
      return rc;
    }
    *deadline_us = skt__deadline(limit_ms);
  }
  int ready = skt__wait(s, SKT_READ, *deadline_us);
  return ready == 0 ? SKT_ETIMEDOUT : ready < 0 ? ready : 0;
}

static int read_parts(skt *s, char *buffer, size_t n, size_t *done) {
  int64_t deadline_us = 0;
  while (*done < n) {
    int rc = *done > 0 ? wait_for_more(s, &deadline_us) : 0;
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
  int rc = skt__detain(s, s == NULL ? NULL : &s->reading, buffer, n);
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

/* A short count that no error explains means that the limit is over. */
static bool is_over_time(const skt *s) {
  return skt__waits(s) && skt__limited(s) &&
         SKT__LOAD(&s->writing) == SKT__OPEN;
}

int skt_write_all(skt *s, const void *buffer, size_t n, size_t *done) {
  const char *bytes = buffer;
  size_t count = 0;
  ptrdiff_t rc;
  do {
    rc = skt_write(s, count > 0 ? bytes + count : bytes, n - count);
    count += rc > 0 ? (size_t)rc : 0;
    if (rc > 0 && count < n && is_over_time(s)) {
      rc = SKT_ETIMEDOUT;
    }
  } while (rc > 0 && count < n);
  if (done != NULL) {
    *done = count;
  }
  return rc < 0 ? (int)rc : 0;
}
