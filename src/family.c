/* SPDX-License-Identifier: MIT */
/* The system's numbers for domains and types. All systems use the same names
 * for them, so this is written once. */
#include "internal.h"

int skt__native_family(int domain) {
  switch (domain) {
  case SKT_IPV4:
    return AF_INET;
  case SKT_IPV6:
    return AF_INET6;
  case SKT_UNIX:
    return AF_UNIX;
  default:
    return -1;
  }
}

int skt__native_type(int type) {
  switch (type) {
  case SKT_STREAM:
    return SOCK_STREAM;
  case SKT_DATAGRAM:
    return SOCK_DGRAM;
  case SKT_SEQPACKET:
    return SOCK_SEQPACKET;
  case SKT_RAW:
    return SOCK_RAW;
#ifdef SOCK_RDM /* not in POSIX, but on every system so far */
  case SKT_RDM:
    return SOCK_RDM;
#endif
  default:
    return -1;
  }
}

int skt__kind_of(int family, int type) {
  int domain = SKT_IPV4, ours = SKT_STREAM;
  while (domain <= SKT_UNIX && skt__native_family(domain) != family) {
    ++domain;
  }
  while (ours < SKT_PACKET && skt__native_type(ours) != type) {
    ours += SKT_DATAGRAM - SKT_STREAM;
  }
  if (domain > SKT_UNIX) {
    return SKT_EAFNOSUPPORT;
  }
  /* One-to-many SCTP, which skt_socket never creates: see socket.c. */
  bool one_to_many = ours == SKT_SEQPACKET && domain != SKT_UNIX;
  return ours == SKT_PACKET || one_to_many ? SKT_EPROTONOSUPPORT
                                           : domain | ours;
}
