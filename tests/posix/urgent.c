/* SPDX-License-Identifier: MIT */
/* Urgent data, which skt does not send. The twin is win32/urgent.c. */
#include <sys/socket.h>

#include "../skt_test.h"

bool test_send_urgent(uintptr_t native, char byte) {
  return send((int)native, &byte, 1, MSG_OOB) == 1;
}
