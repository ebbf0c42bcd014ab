/* SPDX-License-Identifier: MIT */
/* Of several addresses: in which order they are tried, and whose failure is
 * reported. */
#include "names.h"

/* Which address comes next: the first of another family than the last one's, or
 * else the first. The bits of `tried` say which have come. */
static size_t choose(const skt_addr *a, size_t count, uint64_t tried,
                     int last) {
  size_t first = count;
  for (size_t i = 0; i < count; ++i) {
    if ((tried >> i & 1) != 0) {
      continue;
    }
    if (skt_addr_domain(&a[i]) != last) {
      return i;
    }
    first = first < count ? first : i;
  }
  return first;
}

void skt__dial_order(uint8_t *order, const skt_addr *a, size_t count) {
  uint64_t tried = 0;
  int last = 0;
  for (size_t i = 0; i < count; ++i) {
    size_t at = choose(a, count, tried, last);
    order[i] = (uint8_t)at;
    tried |= (uint64_t)1 << at;
    last = skt_addr_domain(&a[at]);
  }
}
_Static_assert(SKT__DIAL_MAX <= 64, "each address has a bit of `tried`");

bool skt__is_lack(int code) {
  return code == SKT_EMFILE || code == SKT_ENFILE || code == SKT_ENOBUFS ||
         code == SKT_ENOMEM;
}

int skt__dial_rank(int code) {
  switch (code) {
  case SKT_EAFNOSUPPORT: /* this host lacks the family, or an address of it */
  case SKT_EPROTONOSUPPORT:
  case SKT_EADDRNOTAVAIL:
  case SKT_EINVAL: /* no address to connect to, as 0.0.0.0 */
    return 1;
  case SKT_ETIMEDOUT:
  case SKT_EHOSTDOWN:
    return 2;
  case SKT_ENETDOWN:
  case SKT_ENETUNREACH:
  case SKT_EHOSTUNREACH:
    return 3;
  case SKT_ECONNREFUSED:
    return 5;
  default: /* reset, a firewall's no */
    return skt__is_lack(code) ? 6 : 4;
  }
}
