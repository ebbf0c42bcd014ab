/* SPDX-License-Identifier: MIT */
#include "skt_test.h"

int test_child(const char *argument) {
  (void)argument;
  return 1;
}
