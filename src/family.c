/* SPDX-License-Identifier: MIT */
/* The system's numbers for domains and types. All systems use the same names
 * for them, so this is written once. */
#include "internal.h"

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
#ifdef SOCK_RDM /* not in POSIX, but on every system so far */
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
  if (f == FAMILIES) {
    return SKT_EAFNOSUPPORT;
  }
  /* One-to-many SCTP, which skt_socket never creates: see socket.c. */
  bool one_to_many = t < TYPES && types[t].ours == SKT_SEQPACKET &&
                     families[f].ours != SKT_UNIX;
  return t == TYPES || one_to_many ? SKT_EPROTONOSUPPORT
                                   : families[f].ours | types[t].ours;
}
