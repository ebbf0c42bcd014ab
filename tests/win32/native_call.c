/* SPDX-License-Identifier: MIT */
/* What skt does not do. The twin is posix/native_call.c. */
#include <winsock2.h>

#include <windows.h>
#include <winioctl.h>

#include <string.h>

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

bool test_chmod(const char *path, int mode) {
  (void)path, (void)mode;
  return false;
}

bool test_link(const char *to, const char *path) {
  (void)to, (void)path;
  return false;
}

intptr_t test_open_folder(const char *path) {
  return (intptr_t)CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL,
                               OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
}

bool test_pipe(intptr_t *read_end, intptr_t *write_end) {
  HANDLE ends[2] = {INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE};
  bool made = CreatePipe(&ends[0], &ends[1], NULL, 0);
  *read_end = (intptr_t)ends[0];
  *write_end = (intptr_t)ends[1];
  return made;
}

void test_close_file(intptr_t file) { CloseHandle((HANDLE)file); }

intptr_t test_lock_file(const char *path) {
  return (intptr_t)CreateFileA(path, GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0,
                               NULL);
}

bool test_set_length(intptr_t file, int64_t length) {
  LARGE_INTEGER end = {.QuadPart = length};
  DWORD n;
  DeviceIoControl((HANDLE)file, FSCTL_SET_SPARSE, NULL, 0, NULL, 0, &n, NULL);
  return SetFilePointerEx((HANDLE)file, end, NULL, FILE_BEGIN) &&
         SetEndOfFile((HANDLE)file);
}

bool test_write_at(intptr_t file, int64_t offset, const char *text) {
  LARGE_INTEGER at = {.QuadPart = offset};
  DWORD n = (DWORD)strlen(text), done = 0;
  return (offset < 0 || SetFilePointerEx((HANDLE)file, at, NULL, FILE_BEGIN)) &&
         WriteFile((HANDLE)file, text, n, &done, NULL) && done == n;
}

int test_sigpipe(void) { return -1; }

void test_block_sigpipe(bool blocked) { (void)blocked; }

void test_raise_sigpipe(void) {}

void test_take_sigpipe(void) {}

int64_t test_process_id(void) { return (int64_t)GetCurrentProcessId(); }

int64_t test_user_id(void) { return -1; }

int64_t test_group_id(void) { return -1; }

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
