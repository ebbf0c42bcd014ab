/* SPDX-License-Identifier: MIT */
/* Wakers: an eventfd or a pipe. The twin is win32/waker.c. */
#include "../sys.h"

#include <fcntl.h>
#include <unistd.h>

#ifdef SKT__EVENTFD
#include <sys/eventfd.h>

int skt__sys_waker_create(int *read_end, int *write_end) {
  *read_end = *write_end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  return *read_end < 0 ? skt__fail_in(SKT__IN_WATCH) : 0;
}
#else
/* Neither macOS nor POSIX of 2008 has pipe2. */
int skt__sys_waker_create(int *read_end, int *write_end) {
  int ends[2];
  if (pipe(ends) < 0) {
    return skt__fail_in(SKT__IN_WATCH);
  }
  for (int i = 0; i < 2; ++i) {
    if (fcntl(ends[i], F_SETFD, FD_CLOEXEC) < 0 ||
        fcntl(ends[i], F_SETFL, O_NONBLOCK) < 0) {
      int rc = skt__fail_in(SKT__IN_WATCH);
      close(ends[0]);
      close(ends[1]);
      return rc;
    }
  }
  *read_end = ends[0];
  *write_end = ends[1];
  return 0;
}
#endif

/* An eventfd takes a number of eight bytes. EAGAIN: the counter or the pipe is
 * full, and so it is readable. */
int skt__sys_waker_write(int write_end) {
  uint64_t one = 1;
  ptrdiff_t rc = write(write_end, &one, sizeof one);
  int code = rc < 0 ? skt__fail_in(SKT__IN_WATCH) : 0;
  return code == SKT_EAGAIN ? 0 : code;
}

void skt__sys_waker_drain(int read_end) {
  uint64_t count[8];
  while (read(read_end, count, sizeof count) == sizeof count) {
  }
}
