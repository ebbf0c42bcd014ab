/* SPDX-License-Identifier: MIT */
/* Datagrams. The twin is posix/datagram.c. */
#include "../sys.h"

ptrdiff_t skt__sys_receive(SOCKET s, void *buffer, size_t n, skt_addr *from,
                           bool *truncated) {
  struct sockaddr_storage a;
  int length = sizeof a;
  int rc = recvfrom(s, buffer, (int)n, 0, (struct sockaddr *)&a, &length);
  ptrdiff_t count = skt__got(rc, SKT__IN_READ, n, truncated);
  if (count >= 0 && from != NULL) {
    skt__addr_set(from, &a, (size_t)length);
  }
  return count;
}

ptrdiff_t skt__sys_receive_from(SOCKET s, void *buffer, size_t n,
                                skt_addr *from) {
  int length = sizeof from->words;
  bool truncated;
  int rc =
      recvfrom(s, buffer, (int)n, 0, (struct sockaddr *)from->words, &length);
  from->length = (uint32_t)length;
  return skt__got(rc, SKT__IN_READ, n, &truncated);
}

/* Windows does not report it (skt__system.reports_size). */
ptrdiff_t skt__sys_receive_size(SOCKET s, void *buffer, size_t n,
                                skt_addr *from) {
  return skt__sys_receive_from(s, buffer, n, from);
}

ptrdiff_t skt__sys_send_to(SOCKET s, const void *buffer, size_t n,
                           const skt_addr *to) {
  int rc = sendto(s, buffer, (int)n, 0, (const struct sockaddr *)to->words,
                  (int)to->length);
  return rc == SOCKET_ERROR ? skt__fail_in(SKT__IN_WRITE) : rc;
}

/* Not in MinGW's headers. */
#ifndef SIO_UDP_CONNRESET
#define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
#endif
#ifndef SIO_UDP_NETRESET
#define SIO_UDP_NETRESET _WSAIOW(IOC_VENDOR, 15)
#endif

/* After a message to a closed port the next receive fails with WSAECONNRESET,
 * even if a message from another peer is there; after an expired hop count,
 * with WSAENETRESET (Winsock SIO_UDP_CONNRESET, SIO_UDP_NETRESET). On systems
 * without these controls skt__try_again discards the errors. */
void skt__sys_report_icmp(SOCKET s, bool on) {
  BOOL value = on;
  DWORD done;
  WSAIoctl(s, SIO_UDP_CONNRESET, &value, sizeof value, NULL, 0, &done, NULL,
           NULL);
  WSAIoctl(s, SIO_UDP_NETRESET, &value, sizeof value, NULL, 0, &done, NULL,
           NULL);
}

/* Windows gives a message of a group to its members alone (Winsock, "Multicast
 * Programming"). */
void skt__sys_only_joined(SOCKET s, int domain) { (void)s, (void)domain; }
