/* SPDX-License-Identifier: MIT */
/* Blocking mode and limits. The twin is win32/mode.c. */
#include "../sys.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/time.h>

/* Where Solaris has FIONBIO, unless BSD_COMP is defined (Solaris sys/ioctl.h).
 * macOS and the BSDs have the header too. */
#if __has_include(<sys/filio.h>)
#include <sys/filio.h>
#endif

static int mode_result(int rc) {
  return rc < 0 ? skt__fail_in(SKT__IN_MODE) : 0;
}

int skt__sys_set_blocking(int s, bool blocking) {
  int on = !blocking;
  return mode_result(ioctl(s, FIONBIO, &on));
}

int skt__sys_is_blocking(int s) {
  int flags = fcntl(s, F_GETFL);
  return flags < 0 ? skt__fail_in(SKT__IN_MODE) : (flags & O_NONBLOCK) == 0;
}

static int limit_name(int direction) {
  return direction == SKT_READ ? SO_RCVTIMEO : SO_SNDTIMEO;
}

int skt__sys_set_limit(int s, int direction, int limit_ms) {
  int ms = limit_ms < 0 ? 0 : limit_ms; /* 0 means no limit */
  /* Linux rounds up by 10 ms at most; skt__sys_limit returns an int. */
  ms = ms < INT_MAX - 10 ? ms : INT_MAX - 10;
  struct timeval limit = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
  return mode_result(
      setsockopt(s, SOL_SOCKET, limit_name(direction), &limit, sizeof limit));
}

int skt__sys_limit(int s, int direction, int *limit_ms) {
  struct timeval limit = {.tv_sec = 0};
  socklen_t length = sizeof limit;
  int rc = mode_result(
      getsockopt(s, SOL_SOCKET, limit_name(direction), &limit, &length));
  if (length == 0) { /* an emulator wrote nothing, which is not "no limit" */
    rc = SKT_EUNKNOWN;
  }
  bool fits = limit.tv_sec < INT_MAX / 1000; /* other code may set any */
  int ms = fits ? (int)limit.tv_sec * 1000 + (int)(limit.tv_usec + 999) / 1000
                : INT_MAX;
  *limit_ms = rc < 0 || ms == 0 ? -1 : ms;
  return rc;
}
