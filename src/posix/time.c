/* SPDX-License-Identifier: MIT */
/* Waiting and the clock. The twin is win32/time.c. */
#include "../sys.h"

#include <poll.h>
#include <time.h>

int skt__sys_wait(int s, int events, bool connecting, int timeout_ms) {
  struct pollfd p = {.fd = s};
  (void)connecting; /* poll tells the end of connecting as POLLOUT */
  p.events |= (events & SKT_READ) != 0 ? POLLIN : 0;
  p.events |= (events & SKT_WRITE) != 0 ? POLLOUT : 0;
  int rc = poll(&p, 1, timeout_ms);
  if (rc <= 0) {
    return rc < 0 ? skt__fail_in(SKT__IN_WAIT) : 0;
  }
  if ((p.revents & POLLNVAL) != 0) {
    return SKT_ENOTSOCK;
  }
  return ((p.revents & POLLIN) != 0 ? SKT_READ : 0) |
         ((p.revents & POLLOUT) != 0 ? SKT_WRITE : 0) |
         ((p.revents & (POLLERR | POLLHUP)) != 0 ? SKT__FAILED : 0);
}

int64_t skt__sys_now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
