/* SPDX-License-Identifier: MIT */
/* Wakers. The twin is posix/waker.c. select takes only sockets, so that a waker
 * is a datagram socket that is connected to itself: it receives what it sends,
 * and nothing from any other. */
#include "../sys.h"

static int connect_to_itself(SOCKET s) {
  struct sockaddr_in a = {.sin_family = AF_INET,
                          .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int length = sizeof a;
  bool done = bind(s, (struct sockaddr *)&a, length) == 0 &&
              getsockname(s, (struct sockaddr *)&a, &length) == 0 &&
              connect(s, (struct sockaddr *)&a, length) == 0;
  return done ? 0 : skt__fail_in(SKT__IN_WATCH);
}

int skt__sys_waker_create(SOCKET *read_end, SOCKET *write_end) {
  SOCKET s;
  int rc = skt__sys_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0, true);
  if (rc == 0) {
    rc = connect_to_itself(s);
    if (rc < 0) {
      closesocket(s);
    }
  }
  if (rc == 0) {
    *read_end = *write_end = s;
  }
  return rc;
}

int skt__sys_waker_write(SOCKET write_end) {
  return send(write_end, "", 1, 0) < 0 ? skt__fail_in(SKT__IN_WATCH) : 0;
}

void skt__sys_waker_drain(SOCKET read_end) {
  char byte;
  while (recv(read_end, &byte, 1, 0) >= 0) {
  }
}
