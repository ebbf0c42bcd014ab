/* SPDX-License-Identifier: MIT */
/* The clock. The twin is win32/clock.c. */
#include "../sys.h"

#include <time.h>

int64_t skt__sys_now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
