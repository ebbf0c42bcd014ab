/* SPDX-License-Identifier: MIT */
/* What skt does not do. The twin is win32/native_call.c. */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../skt_test.h"

bool test_send_urgent(uintptr_t native, char byte) {
  return send((int)native, &byte, 1, MSG_OOB) == 1;
}

bool test_close_native(uintptr_t native) { return close((int)native) == 0; }

bool test_bind_path(uintptr_t native, const char *path, size_t n) {
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  memcpy(a.sun_path, path, n < sizeof a.sun_path ? n : sizeof a.sun_path);
  size_t length = offsetof(struct sockaddr_un, sun_path) + n;
  return length <= sizeof a &&
         bind((int)native, (struct sockaddr *)&a, (socklen_t)length) == 0;
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
