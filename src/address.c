/* SPDX-License-Identifier: MIT */
/* Addresses as values: the system's form and its parts. All systems name the
 * members of struct sockaddr_in and sockaddr_in6 alike, so this is written
 * once; family numbers differ, and callers never see them. */
#include "address.h"

#include <stddef.h>
#include <string.h>

enum { FAMILY_END = offsetof(struct sockaddr, sa_data) };

static int family_of(const void *native) {
  struct sockaddr head;
  memcpy(&head, native, FAMILY_END);
  return head.sa_family;
}

int skt_addr_domain(const skt_addr *a) {
  if (a == NULL) {
    return SKT_EFAULT;
  }
  if (a->length == sizeof(struct sockaddr_in) &&
      family_of(a->words) == AF_INET) {
    return SKT_IPV4;
  }
  if (a->length == sizeof(struct sockaddr_in6) &&
      family_of(a->words) == AF_INET6) {
    return SKT_IPV6;
  }
  if (skt__unix_is_valid(a) && family_of(a->words) == AF_UNIX) {
    return SKT_UNIX;
  }
  return SKT_EINVAL;
}

int skt__addr_get_ip(const skt_addr *a, skt__ip *ip) {
  int domain = skt_addr_domain(a);
  *ip = (skt__ip){.domain = domain};
  if (domain == SKT_IPV4) {
    struct sockaddr_in in;
    memcpy(&in, a->words, sizeof in);
    memcpy(ip->bytes, &in.sin_addr, 4);
    ip->port = ntohs(in.sin_port);
  } else if (domain == SKT_IPV6) {
    struct sockaddr_in6 in6;
    memcpy(&in6, a->words, sizeof in6);
    memcpy(ip->bytes, &in6.sin6_addr, 16);
    ip->port = ntohs(in6.sin6_port);
    ip->scope = in6.sin6_scope_id;
  }
  return domain;
}

/* Not inlined, for programs that count bytes. */
static SKT__COLD void set_ipv4(skt_addr *a, const uint8_t *bytes,
                               uint16_t port) {
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
#ifdef SIN6_LEN
  in.sin_len = sizeof in;
#endif
  memcpy(&in.sin_addr, bytes, 4);
  *a = (skt_addr){.length = sizeof in};
  memcpy(a->words, &in, sizeof in);
}

static void set_ipv6(skt_addr *a, const skt__ip *ip) {
  struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                             .sin6_port = htons(ip->port),
                             .sin6_scope_id = ip->scope};
#ifdef SIN6_LEN
  in6.sin6_len = sizeof in6;
#endif
  memcpy(&in6.sin6_addr, ip->bytes, 16);
  *a = (skt_addr){.length = sizeof in6};
  memcpy(a->words, &in6, sizeof in6);
}

void skt__addr_set_ip(skt_addr *a, const skt__ip *ip) {
  if (ip->domain == SKT_IPV4) {
    set_ipv4(a, ip->bytes, ip->port);
  } else {
    set_ipv6(a, ip);
  }
}

bool skt__ip_is_mapped(const skt__ip *ip) {
  static const uint8_t prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return memcmp(ip->bytes, prefix, sizeof prefix) == 0;
}

bool skt__ip_is_loopback(const skt__ip *ip) {
  static const uint8_t v6[16] = {[15] = 1};
  if (ip->domain == SKT_IPV4) {
    return ip->bytes[0] == 127;
  }
  return ip->domain == SKT_IPV6 && memcmp(ip->bytes, v6, sizeof v6) == 0;
}

/* Whether an IPv4 or IPv6 address can be a destination. A wildcard cannot:
 * Linux treats it as loopback and Windows refuses it. Nor can mapped IPv4,
 * which depends on V6ONLY, or port 0, unless the type has no ports. */
static bool can_be_destination(const skt *s, const skt__ip *ip) {
  static const uint8_t wildcard[16];
  return (ip->port != 0 || skt__type(s) == SKT_RAW) &&
         !(ip->domain == SKT_IPV6 && skt__ip_is_mapped(ip)) &&
         memcmp(ip->bytes, wildcard, sizeof wildcard) != 0;
}

static void map_into_ipv6(skt_addr *a, skt__ip ip) {
  memmove(ip.bytes + 12, ip.bytes, 4);
  memset(ip.bytes, 0, 10);
  memset(ip.bytes + 10, 0xff, 2);
  set_ipv6(a, &ip);
}

const skt_addr *skt__destination(const skt *s, const skt_addr *a,
                                 skt_addr *room, skt__ip *ip) {
  int domain = skt__addr_get_ip(a, ip);
  if (domain < 0 || (domain == SKT_UNIX ? skt__unix_is_unnamed(a)
                                        : !can_be_destination(s, ip))) {
    return NULL;
  }
  if (domain == skt__domain(s)) {
    return a;
  }
  /* skt_bind passes SKT_OPT_V6ONLY to the system, so on a fresh socket the
   * option has no effect yet. */
  if (domain != SKT_IPV4 || (s->kind & SKT_DUAL_STACK) == 0 ||
      skt__state(s) == SKT__FRESH) {
    return NULL;
  }
  map_into_ipv6(room, *ip);
  return room;
}

int skt__addr_set(skt_addr *out, const void *native, size_t length) {
  *out = (skt_addr){.length = 0};
  if (length < FAMILY_END) {
    return SKT_EINVAL;
  }
  int family = family_of(native);
  if (family == AF_UNIX) {
    skt__unix_set(out, native, length);
    return 0;
  }
  if (family != AF_INET && family != AF_INET6) {
    return SKT_EAFNOSUPPORT;
  }
  size_t needed = family == AF_INET ? sizeof(struct sockaddr_in)
                                    : sizeof(struct sockaddr_in6);
  if (length < needed) {
    return SKT_EINVAL;
  }
  out->length = (uint32_t)needed;
  memcpy(out->words, native, needed);

  skt__ip ip;
  if (skt__addr_get_ip(out, &ip) == SKT_IPV6 && skt__ip_is_mapped(&ip)) {
    set_ipv4(out, ip.bytes + 12, ip.port);
  }
  return 0;
}

int skt_addr_from_native(skt_addr *out, const void *native, size_t length) {
  if (out == NULL) {
    return SKT_EFAULT;
  }
  *out = (skt_addr){.length = 0};
  return native == NULL ? SKT_EFAULT : skt__addr_set(out, native, length);
}

const void *skt_addr_native(const skt_addr *a, size_t *length) {
  bool valid = skt_addr_domain(a) > 0;
  if (length != NULL) {
    *length = valid ? a->length : 0;
  }
  return valid ? a->words : NULL;
}

int skt_addr_port(const skt_addr *a) {
  skt__ip ip;
  int domain = skt__addr_get_ip(a, &ip);
  if (domain < 0) {
    return domain;
  }
  return domain == SKT_UNIX ? SKT_EINVAL : ip.port;
}
