/* SPDX-License-Identifier: MIT */
/* What skt does not do. The twin is posix/native_call.c. */
#include <winsock2.h>

#include "../skt_test.h"

bool test_send_urgent(uintptr_t native, char byte) {
  return send((SOCKET)native, &byte, 1, MSG_OOB) == 1;
}

bool test_close_native(uintptr_t native) {
  return closesocket((SOCKET)native) == 0;
}

bool test_bind_path(uintptr_t native, const char *path, size_t n) {
  (void)native, (void)path, (void)n;
  return false;
}

bool test_as_other_user(int (*run)(const void *), const void *argument,
                        int *result) {
  (void)run, (void)argument, (void)result;
  return false;
}

/* Only as a part of the suite, where a call of skt has started Winsock. */
bool test_take_address(const void *native, size_t length, bool stream,
                       int options) {
  const struct sockaddr *a = native;
  SOCKET s = socket(a->sa_family, stream ? SOCK_STREAM : SOCK_DGRAM, 0);
  BOOL on = (options & 1) != 0;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (const char *)&on, sizeof on);
  bool taken = bind(s, a, (int)length) == 0;
  taken = taken && (!stream || listen(s, 1) == 0);
  closesocket(s);
  return taken;
}

int test_umask(int mask) {
  (void)mask;
  return 0;
}

bool test_is_inherited(uintptr_t native) {
  DWORD flags = 0;
  return GetHandleInformation((HANDLE)native, &flags) &&
         (flags & HANDLE_FLAG_INHERIT) != 0;
}

bool test_allow_descriptors(int below) {
  (void)below;
  return false;
}

static double ms_of(FILETIME t) { /* in steps of 100 ns */
  return (t.dwHighDateTime * 4294967296.0 + t.dwLowDateTime) / 1e4;
}

double test_cpu_ms(void) {
  FILETIME begin, end, kernel, user;
  GetProcessTimes(GetCurrentProcess(), &begin, &end, &kernel, &user);
  return ms_of(kernel) + ms_of(user);
}
