/* SPDX-License-Identifier: MIT */
/* Several buffers at once. */
#include "retry.h"

/* Where the next byte is: `offset` bytes into the first of `count` buffers. */
typedef struct vector_place {
  const skt_buffer *buffers;
  size_t count, offset;
} vector_place;

/* The checks of both functions; then their sum. Returns as skt__check_io. */
static int check_buffers(skt *s, const int16_t *end, const skt_buffer *buffers,
                         size_t count, size_t *sum) {
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

/* Gather what one call takes: no empty buffers, `room` of them and `max` bytes
 * in all. */
static size_t gather(const vector_place *from, skt_buffer *out, size_t room,
                     size_t max) {
  size_t n = 0, offset = from->offset;
  for (size_t i = 0; i < from->count && n < room && max > 0; ++i) {
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

static ptrdiff_t read_part(skt *s, const skt_buffer *part, size_t n) {
  skt__attempt t = skt__begin(s, SKT_READ);
  ptrdiff_t rc;
  do {
    rc = skt__sys_readv(skt__handle(s), part, n);
  } while (rc <= 0 && skt__try_again(&t, &rc));
  return rc;
}

static ptrdiff_t write_part(skt *s, const skt_buffer *part, size_t n) {
  skt__attempt t = skt__begin(s, SKT_WRITE);
  ptrdiff_t rc;
  do {
    rc = skt__sys_writev(skt__handle(s), part, n);
  } while (rc < 0 && skt__try_again(&t, &rc));
  return rc;
}

/* The buffers of a message for one call: what stands for no buffer at all, if
 * the message is empty. Returns how many, or 0 if they are not the whole
 * message, for there is no room. */
static size_t gather_message(const vector_place *from, size_t sum,
                             skt_buffer *out, size_t room) {
  static char nothing[1];
  out[0] = (skt_buffer){nothing, 0};
  size_t n = gather(from, out, room, SKT__IO_MAX);
  n = n > 0 ? n : 1;
  return bytes_in(out, n) == sum ? n : 0;
}

/* A message goes in one call, or not at all. A long one has more buffers than
 * usual, and its array, of 16 KiB, is not on the stack of all others. */
static SKT__COLD ptrdiff_t move_long_message(skt *s, int direction,
                                             const vector_place *at,
                                             size_t sum) {
  skt_buffer part[SKT__VECTOR_MAX];
  size_t n = gather_message(at, sum, part, SKT__VECTOR_MAX);
  if (n == 0) {
    return SKT_EMSGSIZE;
  }
  return direction == SKT_READ ? read_part(s, part, n) : write_part(s, part, n);
}

ptrdiff_t skt_readv(skt *s, const skt_buffer *buffers, size_t count) {
  skt_buffer part[SKT__VECTOR_USUAL];
  size_t sum;
  if (s == NULL) {
    return SKT_EFAULT;
  }
  int bad = check_buffers(s, &s->reading, buffers, count, &sum);
  if (bad <= 0) {
    return bad;
  }
  vector_place at = {buffers, count, 0};
  if (skt__type(s) == SKT_STREAM) {
    return read_part(s, part,
                     gather(&at, part, SKT__VECTOR_USUAL, SKT__IO_MAX));
  }
  size_t n = gather_message(&at, sum, part, SKT__VECTOR_USUAL);
  return n > 0 ? read_part(s, part, n)
               : move_long_message(s, SKT_READ, &at, sum);
}

static ptrdiff_t writev_message(skt *s, const vector_place *from, size_t sum) {
  skt_buffer part[SKT__VECTOR_USUAL];
  size_t n = gather_message(from, sum, part, SKT__VECTOR_USUAL);
  return n > 0 ? write_part(s, part, n)
               : move_long_message(s, SKT_WRITE, from, sum);
}

/* See skt__write_part; the first buffer then stands for all. */
static ptrdiff_t writev_part(const skt__attempt *t, const skt_buffer *part,
                             size_t n) {
  return t->deadline_us == 0 ? skt__sys_writev(skt__handle(t->s), part, n)
                             : skt__write_part(t, part->data, part->n);
}

static ptrdiff_t writev_stream(skt *s, vector_place at, size_t sum) {
  skt_buffer part[SKT__VECTOR_USUAL];
  skt__attempt t = skt__begin(s, SKT_WRITE);
  size_t done = 0;
  while (done < sum) {
    size_t n = gather(&at, part, SKT__VECTOR_USUAL, skt__write_max(s));
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
