/* SPDX-License-Identifier: MIT */
/* What wakes a poll. The twin is posix/waker.c. select takes sockets alone, so
 * it is one: a datagram socket that sends to itself, and hears nobody else. */
#include "../sys.h"

static int connect_to_itself(SOCKET s) {
  struct sockaddr_in a = {.sin_family = AF_INET,
                          .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int length = sizeof a;
  bool done = bind(s, (struct sockaddr *)&a, length) == 0 &&
              getsockname(s, (struct sockaddr *)&a, &length) == 0 &&
              connect(s, (struct sockaddr *)&a, length) == 0;
  return done ? 0 : skt__fail();
}

int skt__sys_waker_create(SOCKET *waits, SOCKET *wakes) {
  SOCKET s;
  int rc = skt__sys_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0, true);
  if (rc == 0) {
    rc = connect_to_itself(s);
    if (rc < 0) {
      closesocket(s);
    }
  }
  if (rc == 0) {
    *waits = *wakes = s;
  }
  return rc;
}

/* When there is no room for one more, others lie there already. */
int skt__sys_waker_write(SOCKET wakes) {
  int code = send(wakes, "", 1, 0) < 0 ? skt__fail() : 0;
  return code == SKT_EAGAIN ? 0 : code;
}

void skt__sys_waker_drain(SOCKET waits) {
  char byte;
  while (recv(waits, &byte, 1, 0) >= 0) {
  }
}
