/* SPDX-License-Identifier: MIT */
/* Waiting and the clock. The twin is posix/time.c. */
#include "../sys.h"

/* select and not WSAPoll: before Windows 10 build 19041 WSAPoll does not tell
 * that a connect failed (Winsock WSAPoll, remarks), and it ends a wait for
 * writing as soon as the peer has finished. For one socket the size of fd_set
 * does not matter. A failed connect is told by the third set alone (Winsock
 * select), which is otherwise left out: urgent data would set it too. */
int skt__sys_wait(SOCKET s, int events, bool connecting, int timeout_ms) {
  fd_set reads = {.fd_count = (events & SKT_READ) != 0, .fd_array = {s}};
  fd_set writes = {.fd_count = (events & SKT_WRITE) != 0, .fd_array = {s}};
  fd_set fails = {.fd_count = connecting, .fd_array = {s}};
  struct timeval limit = {.tv_sec = timeout_ms / 1000,
                          .tv_usec = timeout_ms % 1000 * 1000};
  int rc = select(0, &reads, &writes, &fails, timeout_ms < 0 ? NULL : &limit);
  if (rc <= 0) {
    return rc < 0 ? skt__fail_in(SKT__IN_WAIT) : 0;
  }
  return (reads.fd_count > 0 ? SKT_READ : 0) |
         (writes.fd_count > 0 ? SKT_WRITE : 0) |
         (fails.fd_count > 0 ? SKT__FAILED : 0);
}

/* Not GetTickCount64: its steps are 16 ms. */
int64_t skt__sys_now_us(void) {
  LARGE_INTEGER count, frequency;
  QueryPerformanceCounter(&count);
  QueryPerformanceFrequency(&frequency);
  int64_t seconds = count.QuadPart / frequency.QuadPart;
  int64_t rest = count.QuadPart % frequency.QuadPart;
  return seconds * 1000000 + rest * 1000000 / frequency.QuadPart;
}
