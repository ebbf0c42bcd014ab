/* SPDX-License-Identifier: MIT */
/* Reading and writing exactly n bytes. */
#include "retry.h"

/* A limit is for all parts together. A socket without one has no start time. */
static int read_parts(skt *s, char *buffer, size_t n, size_t *done) {
  skt__attempt t = skt__begin(s, SKT_READ);
  while (*done < n) {
    bool waits = t.start_us != 0 && *done > 0;
    int rc = waits ? skt__wait_within_limit(&t, true) : 1;
    if (rc == SKT_ENOBUFS) {
      rc = skt__wait_unlimited(s, SKT_READ, t.deadline_us);
      rc = rc == 0 ? SKT_ETIMEDOUT : rc;
    }
    if (rc < 0) {
      return rc;
    }
    char *rest = buffer + *done;
    ptrdiff_t got = t.start_us == 0
                        ? skt_read(s, rest, n - *done)
                        : skt__read_since(s, rest, n - *done, t.start_us);
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

static ptrdiff_t write_all(skt *s, const char *buffer, size_t n, size_t *done) {
  ptrdiff_t rc;
  do {
    rc = skt_write(s, *done > 0 ? buffer + *done : buffer, n - *done);
    *done += rc > 0 ? (size_t)rc : 0;
  } while (rc > 0 && *done < n);
  return rc;
}

/* The same for a stream with a limit, which is for all parts. */
static ptrdiff_t write_parts(skt *s, const char *buffer, size_t n,
                             size_t *done) {
  skt__attempt t = skt__begin(s, SKT_WRITE);
  ptrdiff_t rc = skt__check_io(s, &s->writing, buffer, n);
  while (rc > 0 && *done < n) {
    size_t left = n - *done, max = skt__write_max(s);
    do {
      rc = skt__write_part(&t, buffer + *done, left < max ? left : max);
    } while (rc < 0 && skt__try_again(&t, &rc));
    *done += rc > 0 ? (size_t)rc : 0;
    if (rc > 0 && *done < n) {
      rc = skt__wait_within_limit(&t, true);
    }
  }
  return rc;
}

int skt_write_all(skt *s, const void *buffer, size_t n, size_t *done) {
  bool limited =
      s != NULL && skt__waits_limited(s) && skt__type(s) == SKT_STREAM;
  size_t count = 0;
  ptrdiff_t rc = limited ? write_parts(s, buffer, n, &count)
                         : write_all(s, buffer, n, &count);
  if (done != NULL) {
    *done = count;
  }
  return rc < 0 ? (int)rc : 0;
}
