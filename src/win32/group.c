/* SPDX-License-Identifier: MIT */
/* Groups over Winsock. The twin is posix/group.c. */
#include "../sys.h"

#include <iphlpapi.h>

/* Not in MinGW's headers (Windows SDK ws2tcpip.h). */
#ifndef SIOCGMSFILTER
#define SIOCGMSFILTER _IOW('t', 127 | IOC_IN, ULONG)
#endif

/* Set an option whose value is a structure. */
static int give_option(SOCKET s, int level, int name, const void *value,
                       int n) {
  return setsockopt(s, level, name, value, n) == SOCKET_ERROR
             ? skt__fail_in(SKT__IN_OPTION)
             : 0;
}

static int level_of(const skt__membership *m) {
  return skt_addr_domain(m->group) == SKT_IPV4 ? IPPROTO_IP : IPPROTO_IPV6;
}

static int put_any(SOCKET s, int change, const skt__membership *m) {
  GROUP_REQ request = {.gr_interface = m->device};
  memcpy(&request.gr_group, m->group->words, m->group->length);
  return give_option(s, level_of(m),
                     change == SKT__JOIN ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP,
                     &request, sizeof request);
}

static int put_one_source(SOCKET s, int change, const skt__membership *m) {
  static const int names[] = {MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP,
                              MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE};
  GROUP_SOURCE_REQ request = {.gsr_interface = m->device};
  memcpy(&request.gsr_group, m->group->words, m->group->length);
  memcpy(&request.gsr_source, m->source->words, m->source->length);
  return give_option(s, level_of(m), names[change], &request, sizeof request);
}

/*
 * Wine 8 has none of these options, but the older ones, which name an interface
 * by its IPv4 address. It passes their structures on to Linux as they are.
 */

/* Linux' order of the members (ip(7)), not Winsock's. */
typedef struct linux_mreq_source {
  IN_ADDR group, device, source;
} linux_mreq_source;

/* The first IPv4 address of an interface; the wildcard for interface 0. */
int skt__ipv4_of_device(uint32_t device, IN_ADDR *out) {
  union {
    MIB_IPADDRTABLE table;
    char room[8192];
  } u;
  ULONG n = sizeof u;
  out->s_addr = INADDR_ANY;
  if (device == 0) {
    return 0;
  }
  if (GetIpAddrTable(&u.table, &n, FALSE) != NO_ERROR) {
    return SKT_ENODEV;
  }
  DWORD i = 0;
  while (i < u.table.dwNumEntries && u.table.table[i].dwIndex != device) {
    ++i;
  }
  if (i == u.table.dwNumEntries) {
    return SKT_ENODEV;
  }
  out->s_addr = u.table.table[i].dwAddr;
  return 0;
}

static IN_ADDR ipv4_of(const skt_addr *a) {
  struct sockaddr_in in;
  memcpy(&in, a->words, sizeof in);
  return in.sin_addr;
}

static int put_older_ipv4(SOCKET s, int change, const skt__membership *m) {
  static const int of_any[] = {IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP};
  static const int of_source[] = {IP_ADD_SOURCE_MEMBERSHIP,
                                  IP_DROP_SOURCE_MEMBERSHIP, IP_BLOCK_SOURCE,
                                  IP_UNBLOCK_SOURCE};
  IN_ADDR device;
  int rc = skt__ipv4_of_device(m->device, &device);
  if (rc < 0) {
    return rc;
  }
  if (m->source == NULL) {
    struct ip_mreq any = {.imr_multiaddr = ipv4_of(m->group),
                          .imr_interface = device};
    return give_option(s, IPPROTO_IP, of_any[change], &any, sizeof any);
  }
  linux_mreq_source one = {.group = ipv4_of(m->group),
                           .device = device,
                           .source = ipv4_of(m->source)};
  return give_option(s, IPPROTO_IP, of_source[change], &one, sizeof one);
}

/* The older options of IPv6 have no sources. Wine reports Linux' ENODEV as an
 * invalid argument. */
static int put_older_ipv6(SOCKET s, int change, const skt__membership *m) {
  struct sockaddr_in6 group;
  struct ipv6_mreq any = {.ipv6mr_interface = m->device};
  if (m->source != NULL) {
    return SKT_EOPNOTSUPP;
  }
  memcpy(&group, m->group->words, sizeof group);
  any.ipv6mr_multiaddr = group.sin6_addr;
  int name = change == SKT__JOIN ? IPV6_ADD_MEMBERSHIP : IPV6_DROP_MEMBERSHIP;
  int rc = give_option(s, IPPROTO_IPV6, name, &any, sizeof any);
  return rc == SKT_EINVAL ? SKT_ENODEV : rc;
}

int skt__sys_group(SOCKET s, int change, const skt__membership *m) {
  int rc =
      m->source == NULL ? put_any(s, change, m) : put_one_source(s, change, m);
  if (rc != SKT_ENOPROTOOPT) {
    return rc;
  }
  return level_of(m) == IPPROTO_IP ? put_older_ipv4(s, change, m)
                                   : put_older_ipv6(s, change, m);
}

/* Winsock SIOCGMSFILTER, as getsourcefilter in the SDK's ws2tcpip.h. Wine lacks
 * it. */
int skt__sys_group_mode(SOCKET s, const skt__membership *m) {
  GROUP_FILTER filter = {.gf_interface = m->device};
  DWORD done;
  memcpy(&filter.gf_group, m->group->words, m->group->length);
  if (WSAIoctl(s, SIOCGMSFILTER, &filter, sizeof filter, &filter, sizeof filter,
               &done, NULL, NULL) == SOCKET_ERROR) {
    return SKT__NO_MEMBER;
  }
  return filter.gf_fmode == MCAST_EXCLUDE ? SKT__OF_ANY : SKT__OF_SOURCES;
}
