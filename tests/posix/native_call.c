/* SPDX-License-Identifier: MIT */
/* What skt does not do. The twin is win32/native_call.c. */
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../skt_test.h"

bool test_send_urgent(uintptr_t native, char byte) {
  return send((int)native, &byte, 1, MSG_OOB) == 1;
}

bool test_close_native(uintptr_t native) { return close((int)native) == 0; }

static double ms_of(struct timeval t) {
  return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

double test_cpu_ms(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return ms_of(used.ru_utime) + ms_of(used.ru_stime);
}
