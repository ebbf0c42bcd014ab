/* SPDX-License-Identifier: MIT */
/* The verbs that move bytes. */
#include "retry.h"

static size_t at_most(size_t n, size_t max) { return n < max ? n : max; }

int skt__check_open(skt *s, const int16_t *end, size_t n) {
  int direction = end == &s->writing ? SKT_WRITE : SKT_READ;
  if (n > PTRDIFF_MAX) {
    return SKT_EINVAL;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  int rc = skt__connecting(s) ? skt__settle(s, direction) : 0;
  if (rc < 0) {
    return rc;
  }
  rc = SKT__LOAD(end);
  if (rc == SKT__OPEN) {
    return n > 0 || skt__connectionless(s);
  }
  if (rc < 0) {
    return rc;
  }
  if (rc == SKT__TRAINS) {
    return SKT_EINVAL;
  }
  if (skt__state(s) != SKT_CONNECTED) {
    return SKT_ENOTCONN;
  }
  return direction == SKT_WRITE ? SKT_EPIPE : 0;
}

int skt__check_io(skt *s, const int16_t *end, const void *buffer, size_t n) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (buffer == NULL && n > 0) {
    return SKT_EFAULT;
  }
  return skt__check_open(s, end, n);
}

_Static_assert(SKT__OPEN == 1, "see skt__is_fast in skt.h");

/* The few comparisons on the path of bytes. What they stop takes the slow path,
 * where skt__check_io looks in detail. */
static inline bool is_fast(const int16_t *end, const void *buffer, size_t n,
                           size_t max) {
  return SKT__LOAD(end) == SKT__OPEN && buffer != NULL && n - 1 < max;
}

/* What the slow paths need, kept in memory so that the fast ones save no
 * registers. */
typedef struct io_request {
  skt *s;
  char *buffer;
  volatile size_t n; /* so that skt_write reads it from memory: else it would
                        save a register, for 2 more of 83 instructions */
} io_request;

typedef ptrdiff_t read_call(skt__os_handle s, void *buffer, size_t n);

/* Go on after a call that returned rc, 0 or less.
 *   start_us  as in skt__attempt */
static SKT__COLD ptrdiff_t read_again(const io_request *r, read_call *call,
                                      ptrdiff_t rc, int64_t start_us) {
  skt__attempt t = {.s = r->s, .start_us = start_us, .direction = SKT_READ};
  while (rc <= 0 && skt__try_again(&t, &rc)) {
    rc = call(skt__handle(r->s), r->buffer, r->n);
  }
  return rc;
}

static SKT__COLD ptrdiff_t read_slowly(skt *s, read_call *call, void *buffer,
                                       size_t n, int64_t start_us) {
  char none; /* for an empty message, instead of NULL */
  io_request r = {s, n > 0 ? buffer : &none, at_most(n, SKT__IO_MAX)};
  int bad = skt__check_io(s, s == NULL ? NULL : &s->reading, buffer, n);
  if (bad <= 0) {
    return bad;
  }
  return read_again(&r, call, call(skt__handle(s), r.buffer, r.n), start_us);
}

/* A function that can be pointed to. */
static ptrdiff_t call_read(skt__os_handle s, void *buffer, size_t n) {
  return skt__sys_read(s, buffer, n);
}

/* Go on after a read that returned rc, 0 or less. The most frequent answers
 * take no detour. */
static SKT__COLD ptrdiff_t read_on(const io_request *r, ptrdiff_t rc) {
  if (rc == 0 && skt__type(r->s) == SKT_STREAM) {
    return skt__record(r->s, SKT_READ, 0);
  }
  return skt__would_block(r->s, rc) ? rc : read_again(r, call_read, rc, 0);
}

SKT__INLINED ptrdiff_t skt_read(skt *s, void *buffer, size_t n) {
  if (s == NULL || !is_fast(&s->reading, buffer, n, SKT__IO_MAX)) {
    return read_slowly(s, call_read, buffer, n, 0);
  }
  io_request r = {s, buffer, n};
  ptrdiff_t rc = skt__sys_read(skt__handle(s), buffer, n);
  return rc > 0 ? rc : read_on(&r, rc);
}

ptrdiff_t skt__read_since(skt *s, void *buffer, size_t n, int64_t start_us) {
  return read_slowly(s, call_read, buffer, n, start_us);
}

ptrdiff_t skt_peek(skt *s, void *buffer, size_t n) {
  int64_t start_us = s == NULL ? 0 : skt__start(s);
  return read_slowly(s, skt__sys_peek, buffer, n, start_us);
}

/* Go on with a write after a first call that returned rc, or 0 for none so far.
 */
static SKT__COLD ptrdiff_t write_on(const io_request *r, ptrdiff_t rc) {
  skt__attempt t = {.s = r->s, .direction = SKT_WRITE};
  size_t done = 0, given = r->n;
  if (skt__would_block(r->s, rc)) {
    return rc;
  }
  for (;;) {
    if (rc > 0) {
      done += (size_t)rc;
      if (done == r->n || skt__write_ends(r->s, (size_t)rc < given)) {
        return (ptrdiff_t)done;
      }
    } else if (rc < 0 && !skt__try_again(&t, &rc)) {
      return done > 0 ? (ptrdiff_t)done : rc;
    }
    given = at_most(r->n - done, skt__write_max(r->s));
    rc = skt__sys_write(skt__handle(r->s), r->buffer + done, given);
  }
}

/* A message goes in one call, however long or short, or not at all. */
static ptrdiff_t write_message(skt *s, const void *buffer, size_t n) {
  skt__attempt t = {.s = s, .direction = SKT_WRITE};
  ptrdiff_t rc;
  if (n > SKT__IO_MAX) {
    return SKT_EMSGSIZE;
  }
  do {
    rc = skt__sys_write(skt__handle(s), n > 0 ? buffer : "", n);
  } while (rc < 0 && skt__try_again(&t, &rc));
  return rc;
}

static SKT__COLD ptrdiff_t write_slowly(skt *s, const void *buffer, size_t n) {
  io_request r = {s, (char *)buffer, n}; /* which is only read */
  int bad = skt__check_io(s, s == NULL ? NULL : &s->writing, buffer, n);
  if (bad <= 0) {
    return bad;
  }
  return skt__type(s) == SKT_STREAM ? write_on(&r, 0)
                                    : write_message(s, buffer, n);
}

SKT__INLINED ptrdiff_t skt_write(skt *s, const void *buffer, size_t n) {
  if (s == NULL || !is_fast(&s->writing, buffer, n, skt__write_max(s))) {
    return write_slowly(s, buffer, n);
  }
  io_request r = {s, (char *)buffer, n};
  ptrdiff_t rc = skt__sys_write(skt__handle(s), buffer, n);
  return rc == (ptrdiff_t)r.n ? rc : write_on(&r, rc);
}

/* What a program calls that was compiled with SKT_INLINE, when its own call has
 * returned rc and not done all. No header of ours declares them: in skt.c they
 * would be static. */
ptrdiff_t skt__read_on(skt *s, void *buffer, size_t n, ptrdiff_t rc);
ptrdiff_t skt__write_on(skt *s, const void *buffer, size_t n, ptrdiff_t rc);

SKT__COLD ptrdiff_t skt__read_on(skt *s, void *buffer, size_t n, ptrdiff_t rc) {
  rc = rc < 0 ? skt__sys_failed(SKT__IN_READ) : rc;
  io_request r = {s, buffer, n};
  return skt__would_block(s, rc) ? rc : read_on(&r, rc);
}

SKT__COLD ptrdiff_t skt__write_on(skt *s, const void *buffer, size_t n,
                                  ptrdiff_t rc) {
  rc = rc < 0 ? skt__sys_failed(SKT__IN_WRITE) : rc;
  io_request r = {s, (char *)buffer, n};
  return write_on(&r, rc);
}
