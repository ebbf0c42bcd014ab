/* SPDX-License-Identifier: MIT */
/* Urgent data, which skt does not send. The twin is posix/urgent.c. */
#include <winsock2.h>

#include "../skt_test.h"

bool test_send_urgent(uintptr_t native, char byte) {
  return send((SOCKET)native, &byte, 1, MSG_OOB) == 1;
}
