/* SPDX-License-Identifier: MIT */
/* Addresses from their parts and to their parts; what they are, and in what
 * order. A file of its own: few programs need it. */
#include "address.h"

static bool is_port(int port) { return port >= 0 && port <= 65535; }

int skt_addr_from_bytes(skt_addr *out, const void *bytes, size_t n, int port) {
  skt__ip ip = {.domain = n == 4 ? SKT_IPV4 : SKT_IPV6};
  if (out == NULL) {
    return SKT_EFAULT;
  }
  if (bytes == NULL) {
    return skt__addr_refuse(out, SKT_EFAULT);
  }
  if ((n != 4 && n != 16) || !is_port(port)) {
    return skt__addr_refuse(out, SKT_EINVAL);
  }
  memcpy(ip.bytes, bytes, n);
  ip.port = (uint16_t)port;
  skt__ip_unmap(&ip);
  skt__addr_set_ip(out, &ip);
  return 0;
}

int skt_addr_bytes(const skt_addr *a, void *bytes) {
  skt__ip ip;
  int domain = skt__addr_get_ip(a, &ip);
  if (a == NULL || bytes == NULL) {
    return SKT_EFAULT;
  }
  if (domain != SKT_IPV4 && domain != SKT_IPV6) {
    return SKT_EINVAL;
  }
  int n = domain == SKT_IPV4 ? 4 : 16;
  memcpy(bytes, ip.bytes, (size_t)n);
  return n;
}

static int set_from_domain(skt_addr *out, const uint8_t *v4, const uint8_t *v6,
                           int domain, int port) {
  if (domain == SKT_IPV4) {
    return skt_addr_from_bytes(out, v4, 4, port);
  }
  return skt_addr_from_bytes(out, v6, domain == SKT_IPV6 ? 16 : 0, port);
}

int skt_addr_any(skt_addr *out, int domain, int port) {
  static const uint8_t zeros[16];
  return set_from_domain(out, zeros, zeros, domain, port);
}

int skt_addr_loopback(skt_addr *out, int domain, int port) {
  static const uint8_t v4[] = {127, 0, 0, 1}, v6[16] = {[15] = 1};
  return set_from_domain(out, v4, v6, domain, port);
}

int skt_addr_set_port(skt_addr *a, int port) {
  int domain = skt_addr_domain(a);
  if (domain < 0) {
    return domain;
  }
  if (domain == SKT_UNIX || !is_port(port)) {
    return SKT_EINVAL;
  }
  skt__addr_put_head(a, domain, port);
  return 0;
}

int64_t skt_addr_scope(const skt_addr *a) {
  skt__ip ip;
  int domain = skt__addr_get_ip(a, &ip);
  if (domain < 0) {
    return domain;
  }
  return domain == SKT_IPV6 ? (int64_t)ip.scope : SKT_EINVAL;
}

int skt_addr_set_scope(skt_addr *a, uint32_t scope) {
  int domain = skt_addr_domain(a);
  if (domain < 0) {
    return domain;
  }
  if (domain != SKT_IPV6) {
    return SKT_EINVAL;
  }
  skt__addr_put_scope(a, scope);
  return 0;
}

static int order(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int compare_ips(const skt__ip *a, const skt__ip *b) {
  int rc = order(memcmp(a->bytes, b->bytes, sizeof a->bytes), 0);
  if (rc == 0) {
    rc = order(a->port, b->port);
  }
  return rc == 0 ? order(a->scope, b->scope) : rc;
}

int skt_addr_compare(const skt_addr *a, const skt_addr *b) {
  skt__ip ip_a, ip_b;
  int domain_a = skt__addr_get_ip(a, &ip_a);
  int domain_b = skt__addr_get_ip(b, &ip_b);
  if (domain_a < 0 || domain_b < 0) { /* codes are no order */
    return order(domain_a > 0, domain_b > 0);
  }
  if (domain_a != domain_b) {
    return order(domain_a, domain_b);
  }
  return domain_a == SKT_UNIX ? order(skt__unix_compare(a, b), 0)
                              : compare_ips(&ip_a, &ip_b);
}
_Static_assert(SKT_IPV4 < SKT_IPV6 && SKT_IPV6 < SKT_UNIX, "as skt.h says");

/* By the first two bytes. */
static int class_by_prefix(const skt__ip *ip) {
  static const struct {
    uint16_t prefix, mask;
    uint8_t domain, bit;
  } classes[] = {
      {0xe000, 0xf000, SKT_IPV4, SKT_ADDR_MULTICAST},  /* RFC 5771 */
      {0xff00, 0xff00, SKT_IPV6, SKT_ADDR_MULTICAST},  /* RFC 4291 2.7 */
      {0xa9fe, 0xffff, SKT_IPV4, SKT_ADDR_LINK_LOCAL}, /* RFC 3927 */
      {0x0a00, 0xff00, SKT_IPV4, SKT_ADDR_PRIVATE},    /* RFC 1918 */
      {0xac10, 0xfff0, SKT_IPV4, SKT_ADDR_PRIVATE},
      {0xc0a8, 0xffff, SKT_IPV4, SKT_ADDR_PRIVATE},
      {0xfc00, 0xfe00, SKT_IPV6, SKT_ADDR_PRIVATE}, /* RFC 4193 */
  };
  unsigned begin = (unsigned)ip->bytes[0] << 8 | ip->bytes[1];
  int bits = 0;
  for (size_t i = 0; i < sizeof classes / sizeof *classes; ++i) {
    if (classes[i].domain == ip->domain &&
        (begin & classes[i].mask) == classes[i].prefix) {
      bits |= classes[i].bit;
    }
  }
  return bits;
}

int skt_addr_class(const skt_addr *a) {
  skt__ip ip;
  int domain = skt__addr_get_ip(a, &ip);
  if (domain < 0 || domain == SKT_UNIX) {
    return domain < 0 ? domain : 0;
  }
  skt__ip_unmap(&ip);
  return (skt__ip_is_wildcard(&ip) ? SKT_ADDR_WILDCARD : 0) |
         (skt__ip_is_loopback(&ip) ? SKT_ADDR_LOOPBACK : 0) |
         (skt__ip_is_link_local(&ip) ? SKT_ADDR_LINK_LOCAL : 0) |
         class_by_prefix(&ip);
}
