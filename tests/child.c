/* SPDX-License-Identifier: MIT */
/* A child of the test program. */
#include <stdio.h>

#include "skt_test.h"

/* Its end of a pair, which it inherited: the duplicate is usable with every
 * provider of Winsock, and no child inherits it. */
static int take_inherited(unsigned long long number, int kind, skt *out) {
  skt inherited;
  int rc = skt_adopt(&inherited, (uintptr_t)number, kind);
  if (rc == 0) {
    rc = skt_duplicate(&inherited, out);
    skt_close(&inherited);
  }
  return rc;
}

/* Answer on each connection that arrives, and hand it back. Returns the number
 * of those. */
static int answer_all(skt *channel) {
  int rc = 0, served = 0;
  while (rc == 0) {
    skt s;
    rc = skt_receive_socket(channel, &s);
    if (rc == 0) {
      rc = skt_write_all(&s, "child", 5, NULL);
      rc = rc < 0 ? rc : skt_send_socket(channel, &s);
      skt_close(&s);
      served += rc == 0;
    }
  }
  return rc == SKT_ENODATA ? served : 100;
}

/* Connect to the parent, and stay until it ends the connection. */
static int stay(const char *argument) {
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

int test_child(const char *argument) {
  unsigned long long number;
  int kind;
  skt channel;
  if (sscanf(argument, "channel:%llu:%d", &number, &kind) != 2) {
    return stay(argument);
  }
  int rc = take_inherited(number, kind, &channel);
  rc = rc < 0 ? 101 : answer_all(&channel);
  return skt_close(&channel) < 0 ? 102 : rc;
}
