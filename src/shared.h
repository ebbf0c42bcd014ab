/* SPDX-License-Identifier: MIT */
#ifndef SKT_SHARED_H
#define SKT_SHARED_H

#include <string.h>

/*
 * The functions of the shared sources that backends may call
 */

/* Whether the address that the system wrote into a->words, of a->length bytes,
 * is IPv4; the rest of *a is then zeroed, as in every address of skt. Any other
 * has to go through skt__addr_set. */
static inline bool skt__take_ipv4(skt_addr *a) {
  struct sockaddr_in in;
  memcpy(&in, a->words, sizeof in);
  if (a->length != sizeof in || in.sin_family != AF_INET) {
    return false;
  }
  /* In two halves, which gcc makes six stores; it makes a slow loop of all. */
  enum { HALF = (sizeof a->words - sizeof in) / 2 };
  char *rest = (char *)a->words + sizeof in;
  memset(rest, 0, HALF);
  memset(rest + HALF, 0, HALF);
  return true;
}

/* Convert a struct sockaddr of `length` bytes that the system reports: as
 * skt_addr_from_native, but a unix path that is too long becomes "unnamed". */
int skt__addr_set(skt_addr *out, const void *native, size_t length);

/* The unspecified address: wildcard and port 0, or unnamed. */
void skt__addr_any(skt_addr *a, int domain);

/* The system's numbers for a domain and a type; -1 where the system's headers
 * have no such type. */
int skt__native_family(int domain);
int skt__native_type(int type);

/* The reverse: domain | type, SKT_EAFNOSUPPORT or SKT_EPROTONOSUPPORT. */
int skt__kind_of(int family, int type);

/* The code of the native number that a call reported, from skt__sys_codes, or
 * SKT_EUNKNOWN. Call 0 matches only the rows for all calls. */
int skt__code(int call, int native);

#endif
