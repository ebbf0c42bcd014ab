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

bool test_hear_all_groups(uintptr_t native) {
  (void)native;
  return false;
}

bool test_send_with(uintptr_t channel, const void *bytes, size_t n,
                    uintptr_t handed, int count) {
  (void)channel, (void)bytes, (void)n, (void)handed, (void)count;
  return false;
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

static bool set_option(uintptr_t native, int name, const void *value,
                       int size) {
  return setsockopt((SOCKET)native, SOL_SOCKET, name, value, size) == 0;
}

bool test_set_native(uintptr_t native, enum test_setting what, int value) {
  DWORD limit_ms = (DWORD)value * 1000;
  LINGER linger = {.l_onoff = value > 0, .l_linger = (u_short)value};
  u_long nonblocking = value == 0;
  switch (what) {
  case TEST_READ_LIMIT:
    return set_option(native, SO_RCVTIMEO, &limit_ms, sizeof limit_ms);
  case TEST_WRITE_LIMIT:
    return set_option(native, SO_SNDTIMEO, &limit_ms, sizeof limit_ms);
  case TEST_LINGER:
    return set_option(native, SO_LINGER, &linger, sizeof linger);
  case TEST_SHUT_WRITE:
    return shutdown((SOCKET)native, SD_SEND) == 0;
  default:
    return ioctlsocket((SOCKET)native, (long)FIONBIO, &nonblocking) == 0;
  }
}

/* Winsock cannot be asked. */
bool test_would_block(uintptr_t native) {
  DWORD soon = 20;
  char byte;
  setsockopt((SOCKET)native, SOL_SOCKET, SO_RCVTIMEO, (const char *)&soon,
             sizeof soon);
  return recv((SOCKET)native, &byte, 1, MSG_PEEK) < 0 &&
         WSAGetLastError() == WSAETIMEDOUT;
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
