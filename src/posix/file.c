/* SPDX-License-Identifier: MIT */
/* Files that are sent, over POSIX. The twin is win32/file.c. */
#include "../sys.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#ifdef SKT__SENDFILE_OF_LINUX
#include <sys/sendfile.h>
#endif

int skt__sys_file_begin(skt__file *f, intptr_t native) {
  *f = (skt__file){.native = native};
  return native == (int)native ? 0 : SKT_EINVAL;
}

void skt__sys_file_end(skt__file *f) { (void)f; }

intptr_t skt__sys_file_of(void *stream) { return fileno(stream); }

/* errno of a read of a file. The socket's table is for sockets: EBADF is this
 * file's here, and "not open for reading" too (POSIX read). Whatever else is
 * reported, the file cannot be read: ESTALE, ETIMEDOUT, EOVERFLOW. */
static int fail_of_file(void) {
  int native = errno, code = skt__code_of_errno(0);
  if (native == EBADF || native == EISDIR || native == EINVAL) {
    return SKT_EINVAL;
  }
  bool kept = code == SKT__EINTR || code == SKT_EAGAIN || code == SKT_ENOMEM ||
              code == SKT_ENOBUFS || code == SKT_EACCES;
  return kept ? code : SKT_EIO;
}

ptrdiff_t skt__sys_file_read_at(skt__file *f, void *buffer, size_t n,
                                int64_t offset) {
  ptrdiff_t rc = pread((int)f->native, buffer, n, (off_t)offset);
  if (rc < 0 && errno == ESPIPE) {
    return SKT__NO_OFFSET;
  }
  return rc < 0 ? fail_of_file() : rc;
}

ptrdiff_t skt__sys_file_read(skt__file *f, void *buffer, size_t n) {
  ptrdiff_t rc = read((int)f->native, buffer, n);
  return rc < 0 ? fail_of_file() : rc;
}

/* errno of sendfile. What can be the file's fault, or the system's that does
 * not know such files, is found out by reading and writing: EINVAL for pipes,
 * folders and some of /proc, ESPIPE, EOVERFLOW, EBADF of either, EIO of either,
 * ENOTSUP for no regular file (sendfile(2) of Linux, macOS, FreeBSD). */
#if defined SKT__SENDFILE_OF_LINUX || defined SKT__SENDFILE_OF_BSD ||          \
    defined SKT__SENDFILE_OF_MACOS
static ptrdiff_t fail_of_sendfile(void) {
  switch (errno) {
  case EINTR:
  case EAGAIN:
  case EPIPE:
  case ECONNRESET:
  case ECONNABORTED:
  case ETIMEDOUT:
  case ENOTCONN:
  case EHOSTUNREACH:
  case ENETUNREACH:
  case ENETDOWN:
    return skt__fail_in(SKT__IN_WRITE);
  default:
    return SKT__REFUSED;
  }
}
#endif

#if defined SKT__SENDFILE_OF_LINUX

ptrdiff_t skt__sys_send_file(int s, skt__file *f, int64_t offset, size_t n) {
  off_t at = (off_t)offset;
  ptrdiff_t rc = sendfile(s, (int)f->native, &at, n);
  return rc < 0 ? fail_of_sendfile() : rc;
}

/* macOS and FreeBSD report bytes beside EAGAIN, EINTR and EBUSY (sendfile(2) of
 * both): the count comes first. */
#elif defined SKT__SENDFILE_OF_MACOS

ptrdiff_t skt__sys_send_file(int s, skt__file *f, int64_t offset, size_t n) {
  off_t length = (off_t)n;
  int rc = sendfile((int)f->native, s, (off_t)offset, &length, NULL, 0);
  if (length > 0) {
    return (ptrdiff_t)length;
  }
  return rc < 0 ? fail_of_sendfile() : 0;
}

#elif defined SKT__SENDFILE_OF_BSD

ptrdiff_t skt__sys_send_file(int s, skt__file *f, int64_t offset, size_t n) {
  off_t length = 0;
  int rc = sendfile((int)f->native, s, (off_t)offset, n, NULL, &length, 0);
  if (length > 0) {
    return (ptrdiff_t)length;
  }
  return rc < 0 ? fail_of_sendfile() : 0;
}

#else

ptrdiff_t skt__sys_send_file(int s, skt__file *f, int64_t offset, size_t n) {
  (void)s, (void)f, (void)offset, (void)n;
  return SKT__REFUSED;
}

#endif

/* Linux' sendfile has no MSG_NOSIGNAL, nor has splice: SIGPIPE comes to the
 * thread (sendfile(2), signal(7)). It is blocked, and taken out of what is
 * pending. A thread that had it not blocked had it not pending either, so that
 * the mask says both. sigwait would wait for ever. On macOS an option keeps it
 * away, see skt__sys_adopt.
 *
 * sigprocmask changes the mask of the calling thread on the systems that come
 * here, and unlike pthread_sigmask needs no library of threads. */
enum { BLOCKED_HERE = 1, WAS_PENDING = 2 };

#if defined SKT__SENDFILE_OF_LINUX || defined SKT__SENDFILE_OF_BSD

static sigset_t only_sigpipe(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

int skt__sys_hold_signal(void) {
  sigset_t set = only_sigpipe(), before, pending;
  sigprocmask(SIG_BLOCK, &set, &before);
  if (sigismember(&before, SIGPIPE) == 0) {
    return BLOCKED_HERE;
  }
  sigpending(&pending);
  return sigismember(&pending, SIGPIPE) == 0 ? 0 : WAS_PENDING;
}

void skt__sys_release_signal(int held, bool raised) {
  sigset_t set = only_sigpipe();
  struct timespec no_time = {0};
  if (raised && (held & WAS_PENDING) == 0) {
    while (sigtimedwait(&set, NULL, &no_time) < 0 && errno == EINTR) {
    }
  }
  if ((held & BLOCKED_HERE) != 0) {
    sigprocmask(SIG_UNBLOCK, &set, NULL);
  }
}

#else

int skt__sys_hold_signal(void) { return 0; }

void skt__sys_release_signal(int held, bool raised) {
  (void)held, (void)raised;
}

#endif
