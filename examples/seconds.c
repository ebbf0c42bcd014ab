/* SPDX-License-Identifier: MIT */
#include "seconds.h"

#include <time.h>

/* timespec_get is C11, but not every C library has it. The one that lacks it,
 * Windows' old msvcrt, has a clock() that goes on while the program waits. */
double seconds_now(void) {
#ifdef TIME_UTC
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
#else
  return (double)clock() / CLOCKS_PER_SEC;
#endif
}
