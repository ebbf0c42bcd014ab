/* SPDX-License-Identifier: MIT */
/* What skt does not do. The twin is win32/native_call.c. */
#include <sys/socket.h>
#include <unistd.h>

#include "../skt_test.h"

bool test_send_urgent(uintptr_t native, char byte) {
  return send((int)native, &byte, 1, MSG_OOB) == 1;
}

bool test_close_native(uintptr_t native) { return close((int)native) == 0; }
