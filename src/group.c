/* SPDX-License-Identifier: MIT */
/* Groups: joining, leaving, and whose messages are received. */
#include "address.h"

/* Copy an address that a membership of this socket can have, without its port,
 * which has no meaning. False if it can have none such. */
static bool member_address(const skt *s, const skt_addr *a, skt_addr *out,
                           skt__ip *ip) {
  int domain = skt__addr_get_ip(a, ip);
  bool is_ipv4_of_dual = domain == SKT_IPV4 && (s->kind & SKT_DUAL_STACK) != 0;
  if (domain == SKT_UNIX || skt__ip_is_mapped(ip) ||
      (domain != skt__domain(s) && !is_ipv4_of_dual)) {
    return false;
  }
  *out = *a;
  return skt_addr_set_port(out, 0) == 0;
}

/* A membership, and room for what it points to. */
typedef struct group_request {
  skt__membership m;
  skt_addr group, source;
} group_request;

/* The scope of a group names the interface as well. */
static bool take_request(const skt *s, const skt_addr *group, uint32_t device,
                         const skt_addr *source, group_request *r) {
  skt__ip ip, from;
  if (!member_address(s, group, &r->group, &ip) ||
      (skt_addr_class(group) & SKT_ADDR_MULTICAST) == 0 ||
      (device != 0 && ip.scope != 0 && device != ip.scope)) {
    return false;
  }
  r->m.group = &r->group;
  r->m.device = device != 0 ? device : ip.scope;
  if (source == NULL) {
    return true;
  }
  int others = SKT_ADDR_MULTICAST | SKT_ADDR_WILDCARD;
  r->m.source = &r->source;
  return member_address(s, source, &r->source, &from) &&
         from.domain == ip.domain && (skt_addr_class(source) & others) == 0;
}

/* The checks of all three functions. Windows refuses a socket without an
 * address (libuv, test_udp_multicast_join); without a port nothing arrives
 * anyway. */
static int check_group(const skt *s, const skt_addr *group, uint32_t device,
                       const skt_addr *source, group_request *r) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (group == NULL) {
    return SKT_EFAULT;
  }
  if (!take_request(s, group, device, source, r)) {
    return SKT_EINVAL;
  }
  if (skt__type(s) != SKT_DATAGRAM && skt__type(s) != SKT_RAW) {
    return SKT_EOPNOTSUPP;
  }
  return skt__type(s) == SKT_DATAGRAM && skt__is_fresh(s) ? SKT_EINVAL : 0;
}

static int mode_of(const skt *s, const group_request *r) {
  return skt__sys_group_mode(skt__handle(s), &r->m);
}

/* The code for the caller. Systems whose IPv6 sockets have no IPv4 groups
 * refuse the level of IPv4 as an invalid argument (Darwin, rip6_ctloutput). */
static int group_code(const skt *s, const group_request *r, int rc) {
  bool is_other = skt_addr_domain(r->m.group) != skt__domain(s);
  return rc == SKT_ENOPROTOOPT || (is_other && rc == SKT_EINVAL)
             ? SKT_EOPNOTSUPP
             : rc;
}

/* What systems return for a membership that is there already:
 *                        Linux           macOS, the BSDs  Windows
 *   any, then any        EADDRINUSE      EADDRINUSE       EADDRNOTAVAIL
 *   any, then a source   0, and narrows  EINVAL           EADDRNOTAVAIL
 *   a source, then any   EADDRINUSE      EINVAL           EADDRNOTAVAIL
 *   a source, twice      EADDRNOTAVAIL   EADDRNOTAVAIL    EADDRNOTAVAIL
 *   no such interface    ENODEV          EADDRNOTAVAIL    EADDRNOTAVAIL
 * (Linux ip_mc_source, measured; FreeBSD inp_join_group; Winsock, "Multicast
 * Socket Option Behavior".) */
static int join_group(const skt *s, const group_request *r) {
  bool of_any = r->m.source == NULL;
  if (!of_any && mode_of(s, r) == SKT__OF_ANY) {
    return SKT_EINVAL;
  }
  int rc = skt__sys_group(skt__handle(s), SKT__JOIN, &r->m);
  if (rc != SKT_EADDRINUSE && rc != SKT_EADDRNOTAVAIL) {
    return group_code(s, r, rc);
  }
  int mode = mode_of(s, r);
  if (of_any && mode == SKT__OF_SOURCES) {
    return SKT_EINVAL;
  }
  return rc == SKT_EADDRNOTAVAIL && mode == SKT__NO_MEMBER ? SKT_ENODEV
                                                           : SKT_EADDRINUSE;
}

/* Whether a call to change a membership found none. */
static bool finds_none(int rc) {
  return rc == SKT_EADDRNOTAVAIL || rc == SKT_EINVAL || rc == SKT_ENODEV;
}

/* Linux takes a source out of a membership of any source: it fails, and turns
 * that into one of no source (ip_mc_source). */
static int leave_group(const skt *s, const group_request *r) {
  if (r->m.source != NULL && mode_of(s, r) == SKT__OF_ANY) {
    return SKT_EADDRNOTAVAIL;
  }
  int rc = skt__sys_group(skt__handle(s), SKT__LEAVE, &r->m);
  return finds_none(rc) ? SKT_EADDRNOTAVAIL : group_code(s, r, rc);
}

int skt_join(skt *s, const skt_addr *group, uint32_t device,
             const skt_addr *source) {
  group_request r = {.m.source = NULL};
  int rc = check_group(s, group, device, source, &r);
  if (rc < 0) {
    return rc;
  }
  /* skt_bind has done it, but perhaps s was bound by other code. */
  skt__sys_only_joined(skt__handle(s), skt_addr_domain(group));
  return join_group(s, &r);
}

int skt_leave(skt *s, const skt_addr *group, uint32_t device,
              const skt_addr *source) {
  group_request r = {.m.source = NULL};
  int rc = check_group(s, group, device, source, &r);
  return rc < 0 ? rc : leave_group(s, &r);
}

int skt_block(skt *s, const skt_addr *group, uint32_t device,
              const skt_addr *source, bool blocked) {
  group_request r = {.m.source = NULL};
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (source == NULL) {
    return SKT_EFAULT;
  }
  rc = check_group(s, group, device, source, &r);
  if (rc < 0) {
    return rc;
  }
  rc =
      skt__sys_group(skt__handle(s), blocked ? SKT__BLOCK : SKT__UNBLOCK, &r.m);
  if (!finds_none(rc)) {
    return group_code(s, &r, rc);
  }
  return blocked && mode_of(s, &r) == SKT__OF_ANY ? SKT_EADDRINUSE
                                                  : SKT_EADDRNOTAVAIL;
}
