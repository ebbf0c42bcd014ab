/* SPDX-License-Identifier: MIT */
/* Domains and types: their numbers in the system, and which of them it has. The
 * systems agree on the names of the numbers, so this is written once. */
#include "core.h"

static const struct {
  int ours, native;
} families[] =
    {
        {SKT_IPV4, AF_INET},
        {SKT_IPV6, AF_INET6},
        {SKT_UNIX, AF_UNIX},
},
  types[] = {
      {SKT_STREAM, SOCK_STREAM}, {SKT_DATAGRAM, SOCK_DGRAM},
      {SKT_RAW, SOCK_RAW},       {SKT_SEQPACKET, SOCK_SEQPACKET},
#ifdef SOCK_RDM /* not in POSIX, but in every system seen so far */
      {SKT_RDM, SOCK_RDM},
#endif
};

enum {
  FAMILIES = sizeof families / sizeof *families,
  TYPES = sizeof types / sizeof *types
};

int skt__native_family(int domain) {
  int i = 0;
  while (i < FAMILIES && families[i].ours != domain) {
    ++i;
  }
  return i < FAMILIES ? families[i].native : -1;
}

int skt__native_type(int type) {
  int i = 0;
  while (i < TYPES && types[i].ours != type) {
    ++i;
  }
  return i < TYPES ? types[i].native : -1;
}

int skt__kind_of(int family, int type) {
  int f = 0, t = 0;
  while (f < FAMILIES && families[f].native != family) {
    ++f;
  }
  while (t < TYPES && types[t].native != type) {
    ++t;
  }
  return f == FAMILIES ? SKT_EAFNOSUPPORT
         : t == TYPES  ? SKT_EPROTONOSUPPORT
                       : families[f].ours | types[t].ours;
}

/* IPv6 can be compiled in and switched off; ::1 is then nobody's address
 * (Linux, ip-sysctl, disable_ipv6). */
static int try_loopback(skt *s) {
  skt__ip ip = {.bytes[15] = 1};
  skt_addr loopback;
  skt__addr_set_ip(&loopback, SKT_IPV6, &ip);
  return skt_bind(s, &loopback, 0);
}

int skt_supports(int domain, int type, int protocol) {
  skt s;
  if ((type & SKT_NONBLOCK) != 0) {
    return SKT_EINVAL;
  }
  int rc = skt_socket(&s, domain, type, protocol);
  if (rc == 0) {
    if (domain == SKT_IPV6 && (type == SKT_STREAM || type == SKT_DATAGRAM)) {
      rc = try_loopback(&s);
    }
    skt_close(&s);
  }
  switch (rc) {
  case 0:
    return 1;
  case SKT_EAFNOSUPPORT:
  case SKT_EPROTONOSUPPORT:
  case SKT_EADDRNOTAVAIL:
    return 0;
  default:
    return rc;
  }
}
