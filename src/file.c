/* SPDX-License-Identifier: MIT */
/* A file, written to a stream. */
#include "retry.h"

/* What is read at once where skt copies. Up to so many bytes are copied on
 * every system: a read and a write take two calls, Linux' sendfile three,
 * because it needs two to keep SIGPIPE away (measured, up to 32 KiB). */
enum { FILE_ROOM = 32768 };

typedef struct file_transfer {
  skt__attempt t;
  skt__file file;
  uint64_t offset, left; /* of the next byte; how many are to go */
  uint64_t done;
  bool limited;    /* the whole of it */
  bool has_offset; /* the file is read at one, and else on */
} file_transfer;

/* How many bytes are next; 0 beyond the offsets of every file. */
static size_t next_file_part(const file_transfer *f, size_t max) {
  uint64_t end = INT64_MAX, room = f->offset < end ? end - f->offset : 0;
  uint64_t n = f->left < room ? f->left : room;
  return n < max ? (size_t)n : max;
}

static void pass_bytes(file_transfer *f, ptrdiff_t n) {
  f->offset += (uint64_t)n;
  f->left -= (uint64_t)n;
  f->done += (uint64_t)n;
}

/* Whether the signal can have been raised, after a call for n bytes: it is
 * raised if the connection is gone, for bytes that were not taken. All bytes,
 * or a would-block, mean that the connection is not gone. */
static bool can_have_raised(bool before, ptrdiff_t rc, size_t n) {
  if (rc == (ptrdiff_t)n || rc == SKT_EAGAIN) {
    return false;
  }
  return before || (rc != 0 && rc != SKT__REFUSED);
}

/* Returns over 0 when all bytes are taken, 0 at the end of the file, or a code.
 */
static ptrdiff_t send_by_system(file_transfer *f) {
  int held = skt__sys_hold_signal();
  bool raised = false;
  ptrdiff_t rc = 1;
  while (f->left > 0 && rc > 0) {
    size_t n = next_file_part(f, skt__system.sendfile_max);
    rc = n == 0 ? 0
                : skt__sys_send_file(skt__handle(f->t.s), &f->file,
                                     (int64_t)f->offset, n);
    raised = can_have_raised(raised, rc, n);
    if (rc > 0) {
      pass_bytes(f, rc);
    } else if (rc < 0 && rc != SKT__REFUSED && skt__try_again(&f->t, &rc)) {
      rc = 1;
    }
  }
  skt__sys_release_signal(held, raised);
  return rc;
}

/* What is read from a pipe and then not written would be lost, so that a write
 * must neither find no room nor expire. */
static int begin_pipe(file_transfer *f) {
  const skt *s = f->t.s;
  f->has_offset = false;
  if (f->offset > 0) {
    return SKT_EINVAL;
  }
  return f->limited || !skt__is_blocking(s) ? SKT_EOPNOTSUPP : 0;
}

static ptrdiff_t read_file_part(file_transfer *f, char *buffer) {
  ptrdiff_t rc;
  size_t n = next_file_part(f, FILE_ROOM);
  if (n == 0) {
    return 0;
  }
  do {
    rc = f->has_offset
             ? skt__sys_file_read_at(&f->file, buffer, n, (int64_t)f->offset)
             : skt__sys_file_read(&f->file, buffer, n);
    if (rc == SKT__NO_OFFSET) {
      int bad = begin_pipe(f);
      rc = bad < 0 ? bad : SKT__EINTR;
    }
  } while (rc == SKT__EINTR && !skt__cancelled(f->t.s));
  return skt__cancelled(f->t.s) ? SKT_ECANCELED : rc;
}

/* With a limit, a thread waits for room before it writes: the system's limit
 * would begin again with each part. */
static ptrdiff_t write_file_part(file_transfer *f, const char *part, size_t n) {
  ptrdiff_t rc = 1;
  for (size_t at = 0; at < n && rc > 0;) {
    if (f->limited) {
      rc = skt__wait_within_limit(&f->t, f->done > 0);
    }
    if (rc > 0) {
      rc = skt__write_part(&f->t, part + at, n - at);
    }
    if (rc > 0) {
      at += (size_t)rc;
      pass_bytes(f, rc);
    } else if (skt__try_again(&f->t, &rc)) {
      rc = 1;
    }
  }
  return rc;
}

/* The same, by reading and writing. */
static SKT__COLD ptrdiff_t send_by_copy(file_transfer *f) {
  char buffer[FILE_ROOM];
  ptrdiff_t rc = 1;
  while (f->left > 0 && rc > 0) {
    rc = read_file_part(f, buffer);
    rc = rc > 0 ? write_file_part(f, buffer, (size_t)rc) : rc;
  }
  return rc;
}

/* Linux' limit counts for each piece of 64 KiB that sendfile writes, and a call
 * of sendfile cannot be told to do only what needs no wait. So a stream with a
 * limit is written to by copying. */
static void begin_limit(file_transfer *f) {
  const skt *s = f->t.s;
  if (skt__waits_limited(s)) {
    f->t.deadline_us = skt__limit_end(s, SKT_WRITE, f->t.start_us);
    f->limited = f->t.deadline_us != skt__deadline(-1);
  }
  f->t.deadline_us = f->limited ? f->t.deadline_us : 0;
}

static ptrdiff_t send_file_parts(file_transfer *f) {
  ptrdiff_t rc = SKT__REFUSED;
  begin_limit(f);
  if (skt__system.sendfile_max > 0 && !f->limited && f->left > FILE_ROOM) {
    rc = send_by_system(f);
  }
  return rc == SKT__REFUSED ? send_by_copy(f) : rc;
}

/* In the order of skt.h. Returns as skt__check_open. */
static int check_send_file(skt *s, intptr_t file, uint64_t count) {
  int rc = skt__check(s);
  if (rc == 0 && file == -1) {
    rc = SKT_EINVAL;
  }
  rc = rc < 0 ? rc : skt__check_open(s, &s->writing, count > 0);
  return rc >= 0 && skt__type(s) != SKT_STREAM ? SKT_EOPNOTSUPP : rc;
}

int skt_send_file(skt *s, intptr_t file, uint64_t offset, uint64_t count,
                  uint64_t *done) {
  if (done != NULL) {
    *done = 0;
  }
  int bad = check_send_file(s, file, count);
  if (bad <= 0) {
    return bad;
  }
  file_transfer f = {.t = skt__begin(s, SKT_WRITE),
                     .offset = offset,
                     .left = count,
                     .has_offset = true};
  bad = skt__sys_file_begin(&f.file, file);
  if (bad < 0) {
    return bad;
  }
  ptrdiff_t rc = send_file_parts(&f);
  skt__sys_file_end(&f.file);
  if (done != NULL) {
    *done = f.done;
  }
  rc = rc == 0 && count != UINT64_MAX ? SKT_ENODATA : rc;
  return rc < 0 ? (int)rc : 0;
}

intptr_t skt_file_of(void *stream) {
  return stream == NULL ? -1 : skt__sys_file_of(stream);
}
