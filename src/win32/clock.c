/* SPDX-License-Identifier: MIT */
/* The clock. The twin is posix/clock.c. */
#include "../sys.h"

/* Not GetTickCount64: its steps are 16 ms. */
int64_t skt__sys_now_us(void) {
  LARGE_INTEGER count, frequency;
  QueryPerformanceCounter(&count);
  QueryPerformanceFrequency(&frequency);
  int64_t seconds = count.QuadPart / frequency.QuadPart;
  int64_t rest = count.QuadPart % frequency.QuadPart;
  return seconds * 1000000 + rest * 1000000 / frequency.QuadPart;
}
