/* SPDX-License-Identifier: MIT */
/* What wakes a poll. The twin is win32/waker.c. */
#include "../sys.h"

#include <fcntl.h>
#include <unistd.h>

#ifdef SKT__EVENTFD
#include <sys/eventfd.h>

int skt__sys_waker_create(int *waits, int *wakes) {
  *waits = *wakes = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return *waits < 0 ? skt__fail() : 0;
}
#else
/* Neither macOS nor POSIX of 2008 has pipe2. */
int skt__sys_waker_create(int *waits, int *wakes) {
  int ends[2];
  if (pipe(ends) < 0) {
    return skt__fail();
  }
  for (int i = 0; i < 2; ++i) {
    if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) < 0 ||
        fcntl(ends[i], F_SETFL, O_NONBLOCK) < 0) {
      int rc = skt__fail();
      close(ends[0]);
      close(ends[1]);
      return rc;
    }
  }
  *waits = ends[0];
  *wakes = ends[1];
  return 0;
}
#endif

/* Eight bytes, because an eventfd wants a number. A pipe that is full is
 * readable too. */
int skt__sys_waker_write(int wakes) {
  uint64_t one = 1;
  ptrdiff_t rc = write(wakes, &one, sizeof one);
  int code = rc < 0 ? skt__fail() : 0;
  return code == SKT_EAGAIN ? 0 : code;
}

void skt__sys_waker_drain(int waits) {
  uint64_t count[8];
  while (read(waits, count, sizeof count) == sizeof count) {
  }
}
