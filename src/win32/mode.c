/* SPDX-License-Identifier: MIT */
/* Blocking mode and limits. The twin is posix/mode.c. */
#include "../sys.h"

#include <limits.h>

static int mode_result(int rc) {
  return rc == SOCKET_ERROR ? skt__fail_in(SKT__IN_MODE) : 0;
}

int skt__sys_set_blocking(SOCKET s, bool blocking) {
  u_long on = !blocking;
  return mode_result(ioctlsocket(s, (long)FIONBIO, &on));
}

/* Winsock has no such question; skt enforces the limits and does not ask. */
int skt__sys_is_blocking(SOCKET s) {
  (void)s;
  return 1;
}

static int limit_name(int direction) {
  return direction == SKT_READ ? SO_RCVTIMEO : SO_SNDTIMEO;
}

/* A non-blocking socket stores the number and ignores it. */
int skt__sys_set_limit(SOCKET s, int direction, int limit_ms) {
  DWORD ms = limit_ms < 0 ? 0 : (DWORD)limit_ms; /* 0 means no limit */
  return mode_result(setsockopt(s, SOL_SOCKET, limit_name(direction),
                                (const char *)&ms, sizeof ms));
}

int skt__sys_limit(SOCKET s, int direction, int *limit_ms) {
  DWORD ms = 0;
  int length = sizeof ms;
  int rc = mode_result(
      getsockopt(s, SOL_SOCKET, limit_name(direction), (char *)&ms, &length));
  ms = ms < INT_MAX ? ms : INT_MAX; /* other code may set any */
  *limit_ms = rc < 0 || ms == 0 ? -1 : (int)ms;
  return rc;
}
