/* SPDX-License-Identifier: MIT */
/* Datagrams. The twin is win32/datagram.c. */
#include "../sys.h"

/* recvmsg, because recvfrom does not report that it discarded the rest. */
ptrdiff_t skt__sys_receive(int s, void *buffer, size_t n, skt_addr *from,
                           bool *truncated) {
  struct sockaddr_storage a;
  struct iovec v = {.iov_base = buffer, .iov_len = n};
  struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
  if (from != NULL) {
    m.msg_name = &a;
    m.msg_namelen = sizeof a;
  }
  ptrdiff_t rc = recvmsg(s, &m, 0);
  if (rc < 0) {
    return skt__fail_in(SKT__IN_READ);
  }
  *truncated = (m.msg_flags & MSG_TRUNC) != 0;
  if (from != NULL) {
    skt__addr_set(from, &a, m.msg_namelen); /* zero if unnamed */
  }
  return rc;
}

/* Linux and the BSDs report them to connected sockets alone (udp(7)). */
void skt__sys_report_icmp(int s, bool on) { (void)s, (void)on; }

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29 /* Linux 4.20 and later (linux/in6.h) */
#endif

/* Linux: a socket that is bound to the wildcard receives for each group that
 * any process of the host has joined, unless IP_MULTICAST_ALL is 0; in IPv4
 * sockets it is 1 at first, in IPv6 sockets 0, and IPV6_MULTICAST_ALL 1 (ip(7);
 * inet_create, inet6_create; Linux 6.18, measured). */
void skt__sys_only_joined(int s, int domain) {
#ifdef IP_MULTICAST_ALL
  bool v4 = domain == SKT_IPV4;
  int none = 0;
  (void)setsockopt(s, v4 ? IPPROTO_IP : IPPROTO_IPV6,
                   v4 ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL, &none,
                   sizeof none);
#else
  (void)s, (void)domain;
#endif
}
