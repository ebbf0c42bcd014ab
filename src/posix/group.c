/* SPDX-License-Identifier: MIT */
/* Groups over POSIX sockets. The twin is win32/group.c. */
#include "../sys.h"

#include <errno.h>

/* OpenBSD and NetBSD lack the calls of RFC 3678 5.1. */
#ifdef MCAST_JOIN_GROUP

static void copy_address(struct sockaddr_storage *out, const skt_addr *a) {
  memcpy(out, a->words, a->length);
}

static int level_of(const skt__membership *m) {
  return skt_addr_domain(m->group) == SKT_IPV4 ? IPPROTO_IP : IPPROTO_IPV6;
}

static int group_result(int rc) {
  return rc < 0 ? skt__fail_in(SKT__IN_OPTION) : 0;
}

static int change_any(int s, int name, const skt__membership *m) {
  struct group_req request = {.gr_interface = m->device};
  copy_address(&request.gr_group, m->group);
  return group_result(
      setsockopt(s, level_of(m), name, &request, sizeof request));
}

static int change_source(int s, int name, const skt__membership *m,
                         const skt_addr *source) {
  struct group_source_req request = {.gsr_interface = m->device};
  copy_address(&request.gsr_group, m->group);
  copy_address(&request.gsr_source, source);
  return group_result(
      setsockopt(s, level_of(m), name, &request, sizeof request));
}

int skt__sys_group(int s, int change, const skt__membership *m) {
  static const int of_any[] = {MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP};
  static const int of_source[] = {MCAST_JOIN_SOURCE_GROUP,
                                  MCAST_LEAVE_SOURCE_GROUP, MCAST_BLOCK_SOURCE,
                                  MCAST_UNBLOCK_SOURCE};
  return m->source == NULL ? change_any(s, of_any[change], m)
                           : change_source(s, of_source[change], m, m->source);
}

/* Linux finds no membership of interface 0 by MCAST_MSFILTER (ip_mc_gsfget);
 * but to unblock the wildcard, which nothing can be blocked as, fails in one
 * way for a member of any source, in another for others, and changes nothing
 * (ip_mc_source, ip6_mc_source; Linux 6.18, measured). musl lacks the function
 * of RFC 3678 5.2. */
#ifdef IP_MULTICAST_ALL
int skt__sys_group_mode(int s, const skt__membership *m) {
  skt_addr nothing;
  skt__addr_any(&nothing, skt_addr_domain(m->group));
  int rc = change_source(s, MCAST_UNBLOCK_SOURCE, m, &nothing);
  return rc == SKT_EADDRNOTAVAIL ? SKT__OF_ANY : SKT__OF_SOURCES;
}
#else
int skt__sys_group_mode(int s, const skt__membership *m) {
  struct sockaddr_storage group = {.ss_family = AF_UNSPEC};
  uint32_t mode = MCAST_INCLUDE, sources = 0;
  copy_address(&group, m->group);
  int rc = getsourcefilter(s, m->device, (struct sockaddr *)&group,
                           (socklen_t)m->group->length, &mode, &sources, NULL);
  if (rc < 0) {
    return SKT__NO_MEMBER;
  }
  return mode == MCAST_EXCLUDE ? SKT__OF_ANY : SKT__OF_SOURCES;
}
#endif

#else

int skt__sys_group(int s, int change, const skt__membership *m) {
  (void)s, (void)change, (void)m;
  return SKT_EOPNOTSUPP;
}

int skt__sys_group_mode(int s, const skt__membership *m) {
  (void)s, (void)m;
  return SKT__NO_MEMBER;
}

#endif
