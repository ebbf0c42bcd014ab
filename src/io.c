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

/* What a call has told, by its one name; kept if it ended the direction. */
static ptrdiff_t note(int16_t *end, ptrdiff_t rc) {
  rc = name_loss(rc);
  if (is_fatal(rc)) {
    SKT__STORE(end, (int16_t)rc);
  }
  return rc;
}

/* The check of both functions; 0 means go on. */
static int check(const skt *s, const void *buffer, size_t n) {
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
  return skt__state(s) == SKT_CONNECTED ? 0 : SKT_ENOTCONN;
}

ptrdiff_t skt_read(skt *s, void *buffer, size_t n) {
  ptrdiff_t rc = check(s, buffer, n);
  if (rc < 0) {
    return rc;
  }
  int end = SKT__LOAD(&s->read_end);
  if (n == 0 || end != 0) {
    return end < 0 ? end : 0;
  }
  do {
    rc = skt__sys_read(skt__handle(s), buffer, at_most(n, SKT__IO_MAX));
  } while (rc == SKT__EINTR);
  /* Linux tells a reset once, to a read or a write, and an end of stream from
   * then on. When a write was told, this is no clean end. */
  if (rc == 0 && SKT__LOAD(&s->write_end) < 0) {
    rc = SKT__LOAD(&s->write_end);
  }
  return note(&s->read_end, rc);
}

static ptrdiff_t write_some(skt *s, const void *buffer, size_t n) {
  ptrdiff_t rc;
  do {
    rc = skt__sys_write(skt__handle(s), buffer, n);
  } while (rc == SKT__EINTR);
  return note(&s->write_end, rc);
}

ptrdiff_t skt_write(skt *s, const void *buffer, size_t n) {
  const char *bytes = buffer;
  size_t done = 0;
  ptrdiff_t rc = check(s, buffer, n);
  if (rc < 0) {
    return rc;
  }
  int end = SKT__LOAD(&s->write_end);
  if (end != 0) {
    return end == SKT__SHUT ? SKT_EPIPE : end;
  }
  if (!skt__waits(s)) {
    return n == 0 ? 0 : write_some(s, bytes, at_most(n, SKT__WRITE_MAX));
  }
  while (done < n) {
    rc = write_some(s, bytes + done, at_most(n - done, SKT__IO_MAX));
    if (rc < 0) {
      return done > 0 ? (ptrdiff_t)done : rc;
    }
    done += (size_t)rc;
  }
  return (ptrdiff_t)done;
}

/* Reading is ended by a note of our own: Windows resets the connection when
 * bytes arrive after shutdown(SD_RECEIVE) (Winsock shutdown), and Linux goes
 * on delivering them. */
int skt_shutdown(skt *s, int how) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (how < SKT_READ || how > SKT_BOTH || skt__state(s) == SKT_LISTENING) {
    return SKT_EINVAL;
  }
  if (skt__state(s) != SKT_CONNECTED) {
    return SKT_ENOTCONN;
  }
  if ((how & SKT_WRITE) != 0 && SKT__LOAD(&s->write_end) == 0) {
    rc = skt__sys_shutdown_write(skt__handle(s));
    if (rc < 0 && rc != SKT_ENOTCONN && name_loss(rc) != SKT_ECONNRESET) {
      return rc;
    }
    SKT__STORE(&s->write_end, SKT__SHUT);
  }
  if ((how & SKT_READ) != 0 && SKT__LOAD(&s->read_end) == 0) {
    SKT__STORE(&s->read_end, SKT__SHUT);
  }
  return 0;
}
