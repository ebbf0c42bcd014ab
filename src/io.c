/* SPDX-License-Identifier: MIT */
/* The verbs that move bytes: every read and write of skt passes here. */
#include "sys.h"

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
static ptrdiff_t name_loss(ptrdiff_t rc) {
  return rc == SKT_EPIPE || rc == SKT_ECONNABORTED ? SKT_ECONNRESET : rc;
}

/* What a call has told, by its one name; kept if it ended the direction. What
 * befalls one message is no end. */
static ptrdiff_t note(const skt *s, int16_t *end, ptrdiff_t rc) {
  if (skt__connectionless(s)) {
    return rc;
  }
  rc = name_loss(rc);
  if (is_fatal(rc)) {
    SKT__STORE(end, (int16_t)rc);
  }
  return rc;
}

/* Why a call on this direction cannot go straight to the system: an error, 0
 * for nothing to do, or 1 when n is only more than one call takes, or is an
 * empty message. The order of the checks is that of skt.h. */
static int detain(const skt *s, const int16_t *end, const void *buffer,
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
 * way, where `detain` looks in detail. */
static inline bool goes_on(const int16_t *end, const void *buffer, size_t n,
                           size_t max) {
  return SKT__LOAD(end) == SKT__OPEN && buffer != NULL && n - 1 < max;
}

/* What the slow ways need, kept in memory so that the fast ones save no
 * registers. */
typedef struct request {
  skt *s;
  char *buffer;
  size_t n;
} request;

static SKT__COLD ptrdiff_t end_read(const request *r, ptrdiff_t rc) {
  while (rc == SKT__EINTR) {
    rc = skt__sys_read(skt__handle(r->s), r->buffer, r->n);
  }
  /* Linux tells a reset once, to a read or a write, and an end of stream from
   * then on. When a write was told, this is no clean end. */
  if (rc == 0 && SKT__LOAD(&r->s->writing) < 0) {
    rc = SKT__LOAD(&r->s->writing);
  }
  return note(r->s, &r->s->reading, rc);
}

/* Room for an empty message, because a backend is given no NULL. */
static char nothing[1];

static SKT__COLD ptrdiff_t read_slowly(skt *s, void *buffer, size_t n) {
  int rc = detain(s, s == NULL ? NULL : &s->reading, buffer, n);
  if (rc <= 0) {
    return rc;
  }
  if (n > 0) {
    return skt_read(s, buffer, SKT__IO_MAX);
  }
  request r = {s, nothing, 0};
  return end_read(&r, skt__sys_read(skt__handle(s), nothing, 0));
}

ptrdiff_t skt_read(skt *s, void *buffer, size_t n) {
  if (s == NULL || !goes_on(&s->reading, buffer, n, SKT__IO_MAX)) {
    return read_slowly(s, buffer, n);
  }
  request r = {s, buffer, n};
  ptrdiff_t rc = skt__sys_read(skt__handle(s), buffer, n);
  return rc > 0 ? rc : end_read(&r, rc);
}

static inline size_t write_max(const skt *s) {
  return skt__waits(s) ? SKT__IO_MAX : SKT__WRITE_MAX;
}

/* rc is what came of the first call, 0 if there was none. A blocking socket
 * takes all, in as many calls as are needed. */
static SKT__COLD ptrdiff_t end_write(const request *r, ptrdiff_t rc) {
  size_t done = 0;
  for (;;) {
    if (rc >= 0) {
      done += (size_t)rc;
      if (done == r->n || (done > 0 && !skt__waits(r->s))) {
        return (ptrdiff_t)done;
      }
    } else if (rc != SKT__EINTR) {
      rc = note(r->s, &r->s->writing, rc);
      return done > 0 ? (ptrdiff_t)done : rc;
    }
    rc = skt__sys_write(skt__handle(r->s), r->buffer + done,
                        at_most(r->n - done, write_max(r->s)));
  }
}

/* A message goes in one call, however long or short, or not at all. */
static ptrdiff_t write_message(const request *r) {
  request m = {r->s, r->n > 0 ? r->buffer : nothing, r->n};
  return m.n > SKT__IO_MAX
             ? SKT_EMSGSIZE
             : end_write(&m, skt__sys_write(skt__handle(m.s), m.buffer, m.n));
}

static SKT__COLD ptrdiff_t write_slowly(const request *r) {
  const int16_t *end = r->s == NULL ? NULL : &r->s->writing;
  int rc = detain(r->s, end, r->buffer, r->n);
  return rc <= 0                         ? rc
         : skt__type(r->s) == SKT_STREAM ? end_write(r, 0)
                                         : write_message(r);
}

ptrdiff_t skt_write(skt *s, const void *buffer, size_t n) {
  request r = {s, (char *)buffer, n}; /* which is only read */
  if (s == NULL || !goes_on(&s->writing, buffer, n, write_max(s))) {
    return write_slowly(&r);
  }
  ptrdiff_t rc = skt__sys_write(skt__handle(s), buffer, n);
  return rc == (ptrdiff_t)n ? rc : end_write(&r, rc);
}

/* Reading is ended by a note of our own: Windows resets the connection when
 * bytes arrive after shutdown(SD_RECEIVE) (Winsock shutdown), and Linux goes
 * on delivering them. */
int skt_shutdown(skt *s, int how) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (how < SKT_READ || how > SKT_BOTH || skt__connectionless(s) ||
      skt__state(s) == SKT_LISTENING) {
    return SKT_EINVAL;
  }
  if (skt__state(s) != SKT_CONNECTED) {
    return SKT_ENOTCONN;
  }
  if ((how & SKT_WRITE) != 0 && SKT__LOAD(&s->writing) == SKT__OPEN) {
    rc = skt__sys_shutdown_write(skt__handle(s));
    if (rc < 0 && rc != SKT_ENOTCONN && name_loss(rc) != SKT_ECONNRESET) {
      return rc;
    }
    SKT__STORE(&s->writing, SKT__SHUT);
  }
  if ((how & SKT_READ) != 0 && SKT__LOAD(&s->reading) == SKT__OPEN) {
    SKT__STORE(&s->reading, SKT__SHUT);
  }
  return 0;
}
