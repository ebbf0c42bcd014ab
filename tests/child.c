/* SPDX-License-Identifier: MIT */
/* A child of the test program: connects to its parent and stays until the
 * parent ends the connection. */
#include "skt_test.h"

int test_child(const char *argument) {
  skt s = {0};
  skt_addr parent;
  char byte;
  if (skt_addr_parse(&parent, argument) < 0 ||
      skt_socket(&s, skt_addr_domain(&parent), SKT_STREAM, 0) < 0 ||
      skt_connect(&s, &parent) < 0) {
    return 1;
  }
  return skt_read(&s, &byte, 1) == 0 ? 0 : 1;
}
