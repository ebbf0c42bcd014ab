/* SPDX-License-Identifier: MIT */
/* Several buffers at once. */
#include "retry.h"

/* Where the next byte is: `offset` bytes into the first of `count` buffers. */
typedef struct vector_place {
  const skt_buffer *buffers;
  size_t count, offset;
} vector_place;

/* The checks of both functions; then their sum. Returns as skt__detain. */
static int detain_buffers(const skt *s, const int16_t *end,
                          const skt_buffer *buffers, size_t count,
                          size_t *sum) {
  size_t total = 0;
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (buffers == NULL && count > 0) {
    return SKT_EFAULT;
  }
  for (size_t i = 0; i < count; ++i) {
    if (buffers[i].data == NULL && buffers[i].n > 0) {
      return SKT_EFAULT;
    }
    bool fits = buffers[i].n <= (size_t)PTRDIFF_MAX - total;
    total = fits ? total + buffers[i].n : SIZE_MAX;
    if (!fits) {
      break;
    }
  }
  *sum = total;
  return skt__detain(s, end, "", total);
}

/* Gather what one call takes: no empty buffers, `max` bytes in all. */
static size_t gather(const vector_place *from, skt_buffer *out, size_t max) {
  size_t n = 0, offset = from->offset;
  for (size_t i = 0; i < from->count && n < SKT__VECTOR_MAX && max > 0; ++i) {
    size_t left = from->buffers[i].n - offset;
    if (left > 0) {
      out[n].data = (char *)from->buffers[i].data + offset;
      out[n].n = left < max ? left : max;
      max -= out[n++].n;
    }
    offset = 0;
  }
  return n;
}

static size_t bytes_in(const skt_buffer *part, size_t n) {
  size_t bytes = 0;
  for (size_t i = 0; i < n; ++i) {
    bytes += part[i].n;
  }
  return bytes;
}

static void advance(vector_place *at, size_t n) {
  while (n > 0) {
    size_t left = at->buffers->n - at->offset;
    if (n < left) {
      at->offset += n;
      return;
    }
    n -= left;
    ++at->buffers;
    --at->count;
    at->offset = 0;
  }
}

ptrdiff_t skt_readv(skt *s, const skt_buffer *buffers, size_t count) {
  skt_buffer part[SKT__VECTOR_MAX];
  size_t sum;
  int64_t deadline_us = 0;
  ptrdiff_t rc =
      detain_buffers(s, s == NULL ? NULL : &s->reading, buffers, count, &sum);
  if (rc <= 0) {
    return rc;
  }
  vector_place at = {buffers, count, 0};
  size_t n = gather(&at, part, SKT__IO_MAX);
  if (skt__type(s) != SKT_STREAM && bytes_in(part, n) < sum) {
    return SKT_EMSGSIZE;
  }
  if (n == 0) { /* takes a message all the same */
    part[n++] = (skt_buffer){skt__nothing, 0};
  }
  for (;;) {
    rc = skt__sys_readv(skt__handle(s), part, n);
    if (!skt__is_unsettled(s, rc)) {
      return skt__end_of_read(s, rc);
    }
    int again = skt__again(s, SKT_READ, rc, &deadline_us);
    if (again < 0) {
      return again;
    }
  }
}

/* A message goes in one call, or not at all. */
static ptrdiff_t writev_message(skt *s, const vector_place *from, size_t sum) {
  skt_buffer part[SKT__VECTOR_MAX] = {{skt__nothing, 0}};
  size_t n = gather(from, part, SKT__IO_MAX);
  int64_t deadline_us = 0;
  bool told = false; /* of an earlier message; twice, and it is this one */
  if (bytes_in(part, n) < sum) {
    return SKT_EMSGSIZE;
  }
  for (;;) {
    ptrdiff_t rc = skt__sys_writev(skt__handle(s), part, n > 0 ? n : 1);
    if (!skt__is_unsettled(s, rc) || (told && skt__is_stray(s, rc))) {
      return skt__note(s, &s->writing, rc);
    }
    told = told || skt__is_stray(s, rc);
    int again = skt__again(s, SKT_WRITE, rc, &deadline_us);
    if (again < 0) {
      return again;
    }
  }
}

ptrdiff_t skt_writev(skt *s, const skt_buffer *buffers, size_t count) {
  skt_buffer part[SKT__VECTOR_MAX];
  size_t sum, done = 0;
  int64_t deadline_us = 0;
  ptrdiff_t rc =
      detain_buffers(s, s == NULL ? NULL : &s->writing, buffers, count, &sum);
  if (rc <= 0) {
    return rc;
  }
  if (skt__type(s) != SKT_STREAM) {
    return writev_message(s, &(vector_place){buffers, count, 0}, sum);
  }
  vector_place at = {buffers, count, 0};
  while (done < sum) {
    size_t n = gather(&at, part, skt__write_max(s));
    rc = skt__sys_writev(skt__handle(s), part, n);
    if (rc > 0) {
      advance(&at, (size_t)rc);
      done += (size_t)rc;
      if (done < sum && skt__write_ends(s, (size_t)rc < bytes_in(part, n))) {
        break;
      }
      continue;
    }
    rc = rc == SKT__EINTR || rc == SKT_EAGAIN
             ? skt__again(s, SKT_WRITE, rc, &deadline_us)
             : skt__note(s, &s->writing, rc);
    if (rc < 0) {
      return done > 0 ? (ptrdiff_t)done : rc;
    }
  }
  return (ptrdiff_t)done;
}
