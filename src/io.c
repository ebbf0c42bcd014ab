/* SPDX-License-Identifier: MIT */
/* The verbs that move bytes. */
#include "retry.h"

static size_t at_most(size_t n, size_t max) { return n < max ? n : max; }

/* Codes after which a connection moves no more bytes. Systems tell them once
 * or always (Linux: ECONNRESET once, then end of stream), so skt keeps them. */
static bool is_fatal(ptrdiff_t rc) {
  switch (rc) {
  case SKT_EIO:
  case SKT_ENETDOWN:
  case SKT_ENETUNREACH:
  case SKT_ECONNRESET:
  case SKT_ETIMEDOUT:
  case SKT_EHOSTUNREACH:
    return true;
  default:
    return false;
  }
}

/* The one name for a connection that broke. EPIPE: writing is open on this
 * side, or the call had not been made. ECONNABORTED: Windows, when its own
 * stack gave the connection up (Winsock error codes, WSAECONNABORTED). */
ptrdiff_t skt__note(const skt *s, int16_t *end, ptrdiff_t rc) {
  if (rc <= 0 && skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (skt__connectionless(s)) {
    return rc; /* what befalls one message is no end */
  }
  if (rc == SKT_EPIPE || rc == SKT_ECONNABORTED) {
    rc = SKT_ECONNRESET;
  }
  if (is_fatal(rc)) {
    SKT__STORE(end, (int16_t)rc);
  }
  return rc;
}

/* Linux tells a reset once, to a read or a write, and an end of stream from
 * then on. When a write was told, this is no clean end. */
ptrdiff_t skt__end_of_read(skt *s, ptrdiff_t rc) {
  if (rc == 0 && SKT__LOAD(&s->writing) < 0) {
    rc = SKT__LOAD(&s->writing);
  }
  return skt__note(s, &s->reading, rc);
}

int skt__detain(const skt *s, const int16_t *end, const void *buffer,
                size_t n) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (buffer == NULL && n > 0) {
    return SKT_EFAULT;
  }
  if (n > PTRDIFF_MAX) {
    return SKT_EINVAL;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  rc = SKT__LOAD(end);
  if (rc == SKT__OPEN) {
    return n > 0 || skt__connectionless(s);
  }
  if (skt__state(s) != SKT_CONNECTED) {
    return SKT_ENOTCONN;
  }
  return rc < 0 ? rc : end == &s->writing ? SKT_EPIPE : 0;
}

/* The few comparisons on the way that bytes take. What they stop goes the slow
 * way, where skt__detain looks in detail. */
static inline bool goes_on(const int16_t *end, const void *buffer, size_t n,
                           size_t max) {
  return SKT__LOAD(end) == SKT__OPEN && buffer != NULL && n - 1 < max;
}

/* What the slow ways need, kept in memory so that the fast ones save no
 * registers. */
typedef struct io_request {
  skt *s;
  char *buffer;
  size_t n;
} io_request;

typedef ptrdiff_t read_call(skt__os_handle s, void *buffer, size_t n);

/* What comes of a read whose first call has answered rc, 0 or less. */
static SKT__COLD ptrdiff_t end_read(const io_request *r, read_call *call,
                                    ptrdiff_t rc) {
  int64_t deadline_us = 0;
  while (skt__is_unsettled(r->s, rc)) {
    int again = skt__again(r->s, SKT_READ, rc, &deadline_us);
    if (again < 0) {
      return again;
    }
    rc = call(skt__handle(r->s), r->buffer, r->n);
  }
  return skt__end_of_read(r->s, rc);
}

char skt__nothing[1];

static SKT__COLD ptrdiff_t read_slowly(skt *s, read_call *call, void *buffer,
                                       size_t n) {
  io_request r = {s, n > 0 ? buffer : skt__nothing, at_most(n, SKT__IO_MAX)};
  ptrdiff_t rc = skt__detain(s, s == NULL ? NULL : &s->reading, buffer, n);
  if (rc <= 0) {
    return rc;
  }
  rc = call(skt__handle(s), r.buffer, r.n);
  return rc > 0 ? rc : end_read(&r, call, rc);
}

ptrdiff_t skt_read(skt *s, void *buffer, size_t n) {
  if (s == NULL || !goes_on(&s->reading, buffer, n, SKT__IO_MAX)) {
    return read_slowly(s, skt__sys_read, buffer, n);
  }
  io_request r = {s, buffer, n};
  ptrdiff_t rc = skt__sys_read(skt__handle(s), buffer, n);
  return rc > 0 ? rc : end_read(&r, skt__sys_read, rc);
}

ptrdiff_t skt_peek(skt *s, void *buffer, size_t n) {
  return read_slowly(s, skt__sys_peek, buffer, n);
}

/* What comes of a write whose first call has answered rc, or 0 without one. */
static SKT__COLD ptrdiff_t end_write(const io_request *r, ptrdiff_t rc) {
  size_t done = 0, given = r->n;
  int64_t deadline_us = 0;
  if (skt__is_stray(r->s, rc)) {
    rc = SKT__EINTR; /* once; then it is this message's own */
  }
  for (;;) {
    if (rc == SKT__EINTR || rc == SKT_EAGAIN) {
      rc = skt__again(r->s, SKT_WRITE, rc, &deadline_us);
      if (rc < 0) {
        return done > 0 ? (ptrdiff_t)done : rc;
      }
    } else if (rc < 0) {
      rc = skt__note(r->s, &r->s->writing, rc);
      return done > 0 ? (ptrdiff_t)done : rc;
    } else {
      done += (size_t)rc;
      if (done == r->n ||
          (done > 0 && skt__write_ends(r->s, (size_t)rc < given))) {
        return (ptrdiff_t)done;
      }
    }
    given = at_most(r->n - done, skt__write_max(r->s));
    rc = skt__sys_write(skt__handle(r->s), r->buffer + done, given);
  }
}

/* A message goes in one call, however long or short, or not at all. */
static ptrdiff_t write_message(const io_request *r) {
  io_request m = {r->s, r->n > 0 ? r->buffer : skt__nothing, r->n};
  return m.n > SKT__IO_MAX
             ? SKT_EMSGSIZE
             : end_write(&m, skt__sys_write(skt__handle(m.s), m.buffer, m.n));
}

static SKT__COLD ptrdiff_t write_slowly(skt *s, const void *buffer, size_t n) {
  io_request r = {s, (char *)buffer, n}; /* which is only read */
  int rc = skt__detain(s, s == NULL ? NULL : &s->writing, buffer, n);
  return rc <= 0                      ? rc
         : skt__type(s) == SKT_STREAM ? end_write(&r, 0)
                                      : write_message(&r);
}

ptrdiff_t skt_write(skt *s, const void *buffer, size_t n) {
  if (s == NULL || !goes_on(&s->writing, buffer, n, skt__write_max(s))) {
    return write_slowly(s, buffer, n);
  }
  io_request r = {s, (char *)buffer, n};
  ptrdiff_t rc = skt__sys_write(skt__handle(s), buffer, n);
  /* Read from memory, where it is anyway: a register would have to be saved. */
  return rc == (ptrdiff_t) * (volatile size_t *)&r.n ? rc : end_write(&r, rc);
}
