/* SPDX-License-Identifier: MIT */
/* What skt does not do. The twin is win32/native_call.c. */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../skt_test.h"

bool test_send_urgent(uintptr_t native, char byte) {
  return send((int)native, &byte, 1, MSG_OOB) == 1;
}

bool test_close_native(uintptr_t native) { return close((int)native) == 0; }

bool test_set_native(uintptr_t native, enum test_setting what, int value) {
  struct timeval limit = {.tv_sec = value};
  struct linger linger = {.l_onoff = value > 0, .l_linger = value};
  int s = (int)native, flags = fcntl(s, F_GETFL);
  switch (what) {
  case TEST_READ_LIMIT:
    return setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0;
  case TEST_WRITE_LIMIT:
    return setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) == 0;
  case TEST_LINGER:
    return setsockopt(s, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0;
  case TEST_SHUT_WRITE:
    return shutdown(s, SHUT_WR) == 0;
  default:
    flags = value != 0 ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    return fcntl(s, F_SETFL, flags) == 0;
  }
}

bool test_would_block(uintptr_t native) {
  return (fcntl((int)native, F_GETFL) & O_NONBLOCK) == 0;
}

bool test_is_inherited(uintptr_t native) {
  int flags =
      native == (uintptr_t)(int)native ? fcntl((int)native, F_GETFD) : -1;
  return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

bool test_allow_descriptors(int below) {
  static struct rlimit at_first;
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  if (below < 0) {
    limit = at_first;
  } else {
    at_first = limit;
    limit.rlim_cur = (rlim_t)below;
  }
  return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static double ms_of(struct timeval t) {
  return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

double test_cpu_ms(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return ms_of(used.ru_utime) + ms_of(used.ru_stime);
}
