/* SPDX-License-Identifier: MIT */
/* Several buffers at once. */
#include "retry.h"

/* Where the next byte is: `offset` bytes into the first of `count` buffers. */
typedef struct vector_place {
  const skt_buffer *buffers;
  size_t count, offset;
} vector_place;

/* The checks of both functions; then their sum. Returns as skt__check_io. */
static int check_buffers(const skt *s, const int16_t *end,
                         const skt_buffer *buffers, size_t count, size_t *sum) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (buffers == NULL && count > 0) {
    return SKT_EFAULT;
  }
  *sum = 0;
  for (size_t i = 0; i < count && *sum <= PTRDIFF_MAX; ++i) {
    if (buffers[i].data == NULL && buffers[i].n > 0) {
      return SKT_EFAULT;
    }
    bool fits = buffers[i].n <= (size_t)PTRDIFF_MAX - *sum;
    *sum = fits ? *sum + buffers[i].n : SIZE_MAX;
  }
  return skt__check_open(s, end, *sum);
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

/* What stands for no buffer at all, in a call for an empty message. */
static char nothing[1];

ptrdiff_t skt_readv(skt *s, const skt_buffer *buffers, size_t count) {
  skt_buffer part[SKT__VECTOR_MAX] = {{nothing, 0}};
  size_t sum;
  if (s == NULL) {
    return SKT_EFAULT;
  }
  int bad = check_buffers(s, &s->reading, buffers, count, &sum);
  if (bad <= 0) {
    return bad;
  }
  vector_place at = {buffers, count, 0};
  size_t n = gather(&at, part, SKT__IO_MAX);
  if (skt__type(s) != SKT_STREAM && bytes_in(part, n) < sum) {
    return SKT_EMSGSIZE;
  }
  skt__attempt t = skt__begin(s, SKT_READ);
  ptrdiff_t rc;
  do {
    rc = skt__sys_readv(skt__handle(s), part, n > 0 ? n : 1);
  } while (rc <= 0 && skt__try_again(&t, &rc));
  return rc;
}

/* A message goes in one call, or not at all. */
static ptrdiff_t writev_message(skt *s, const vector_place *from, size_t sum) {
  skt_buffer part[SKT__VECTOR_MAX] = {{nothing, 0}};
  skt__attempt t = skt__begin(s, SKT_WRITE);
  size_t n = gather(from, part, SKT__IO_MAX);
  if (bytes_in(part, n) < sum) {
    return SKT_EMSGSIZE;
  }
  ptrdiff_t rc;
  do {
    rc = skt__sys_writev(skt__handle(s), part, n > 0 ? n : 1);
  } while (rc < 0 && skt__try_again(&t, &rc));
  return rc;
}

/* See skt__write_part; the first buffer then stands for all. */
static ptrdiff_t writev_part(const skt__attempt *t, const skt_buffer *part,
                             size_t n) {
  return t->deadline_us == 0 ? skt__sys_writev(skt__handle(t->s), part, n)
                             : skt__write_part(t, part->data, part->n);
}

static ptrdiff_t writev_stream(skt *s, vector_place at, size_t sum) {
  skt_buffer part[SKT__VECTOR_MAX];
  skt__attempt t = skt__begin(s, SKT_WRITE);
  size_t done = 0;
  while (done < sum) {
    size_t n = gather(&at, part, skt__write_max(s));
    ptrdiff_t rc = writev_part(&t, part, n);
    if (rc > 0) {
      advance(&at, (size_t)rc);
      done += (size_t)rc;
      if (skt__write_ends(s, (size_t)rc < bytes_in(part, n))) {
        break;
      }
    } else if (rc < 0 && !skt__try_again(&t, &rc)) {
      return done > 0 ? (ptrdiff_t)done : rc;
    }
  }
  return (ptrdiff_t)done;
}

ptrdiff_t skt_writev(skt *s, const skt_buffer *buffers, size_t count) {
  size_t sum;
  if (s == NULL) {
    return SKT_EFAULT;
  }
  int bad = check_buffers(s, &s->writing, buffers, count, &sum);
  if (bad <= 0) {
    return bad;
  }
  vector_place from = {buffers, count, 0};
  return skt__type(s) == SKT_STREAM ? writev_stream(s, from, sum)
                                    : writev_message(s, &from, sum);
}
