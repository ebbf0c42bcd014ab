/* SPDX-License-Identifier: MIT */
/* Datagrams. The twin is posix/datagram.c. */
#include "../sys.h"

ptrdiff_t skt__sys_receive(SOCKET s, void *buffer, size_t n, skt_addr *from,
                           bool *truncated) {
  struct sockaddr_storage a;
  int length = sizeof a;
  int rc = recvfrom(s, buffer, (int)n, 0, (struct sockaddr *)&a, &length);
  /* Not SKT__IN_READ: of a datagram WSAENETRESET is an expired hop count. */
  ptrdiff_t count = skt__got(rc, 0, n, truncated);
  if (count >= 0 && from != NULL) {
    skt__addr_set(from, &a, (size_t)length);
  }
  return count;
}

ptrdiff_t skt__sys_send_to(SOCKET s, const void *buffer, size_t n,
                           const skt_addr *to) {
  int rc = sendto(s, buffer, (int)n, 0, (const struct sockaddr *)to->words,
                  (int)to->length);
  return rc == SOCKET_ERROR ? skt__fail_in(SKT__IN_WRITE) : rc;
}
