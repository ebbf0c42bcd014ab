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
  int family = family_of(a->words);
  if (family == AF_INET && a->length == sizeof(struct sockaddr_in)) {
    return SKT_IPV4;
  }
  if (family == AF_INET6 && a->length == sizeof(struct sockaddr_in6)) {
    return SKT_IPV6;
  }
  return family == AF_UNIX && skt__unix_is_valid(a) ? SKT_UNIX : SKT_EINVAL;
}

/* The members are read where they are: a copy of the whole is longer code. */
int skt__addr_get_ip(const skt_addr *a, skt__ip *ip) {
  int domain = skt_addr_domain(a);
  *ip = (skt__ip){.domain = domain};
  if (domain != SKT_IPV4 && domain != SKT_IPV6) {
    return domain;
  }
  const char *native = (const char *)a->words;
  ip->port = skt__addr_port(a);
  if (domain == SKT_IPV4) {
    memcpy(ip->bytes, native + offsetof(struct sockaddr_in, sin_addr), 4);
  } else {
    memcpy(ip->bytes, native + offsetof(struct sockaddr_in6, sin6_addr), 16);
    memcpy(&ip->scope, native + offsetof(struct sockaddr_in6, sin6_scope_id),
           4);
  }
  return domain;
}

int skt__addr_refuse(skt_addr *a, int code) {
  skt__addr_clear(a);
  return code;
}

void skt__addr_set_ip(skt_addr *a, const skt__ip *ip) {
  skt__addr_clear(a);
  skt__addr_put_head(a, ip->domain, ip->port);
  if (ip->domain == SKT_IPV4) {
    memcpy(skt__addr_bytes(a, SKT_IPV4), ip->bytes, 4);
  } else {
    memcpy(skt__addr_bytes(a, SKT_IPV6), ip->bytes, 16);
    skt__addr_put_scope(a, ip->scope);
  }
}

static bool is_zero(const uint8_t *bytes, int n) {
  while (n > 0 && *bytes == 0) {
    ++bytes;
    --n;
  }
  return n == 0;
}

bool skt__ip_is_mapped(const skt__ip *ip) {
  return is_zero(ip->bytes, 10) && ip->bytes[10] == 0xff &&
         ip->bytes[11] == 0xff;
}

bool skt__ip_unmap(skt__ip *ip) {
  if (ip->domain != SKT_IPV6 || !skt__ip_is_mapped(ip)) {
    return false;
  }
  ip->domain = SKT_IPV4;
  memcpy(ip->bytes, ip->bytes + 12, 4);
  memset(ip->bytes + 4, 0, 12);
  return true;
}

bool skt__ip_is_wildcard(const skt__ip *ip) { return is_zero(ip->bytes, 16); }

bool skt__ip_is_loopback(const skt__ip *ip) {
  if (ip->domain == SKT_IPV4) {
    return ip->bytes[0] == 127;
  }
  return ip->domain == SKT_IPV6 && is_zero(ip->bytes, 15) && ip->bytes[15] == 1;
}

bool skt__ip_is_link_local(const skt__ip *ip) {
  return ip->domain == SKT_IPV6 && ip->bytes[0] == 0xfe &&
         (ip->bytes[1] & 0xc0) == 0x80;
}

/* Whether an IPv4 or IPv6 address can be a destination. A wildcard cannot:
 * Linux treats it as loopback and Windows refuses it. Nor can mapped IPv4,
 * which depends on V6ONLY, or port 0, unless the type has no ports. */
static bool can_be_destination(const skt *s, const skt__ip *ip) {
  return (ip->port != 0 || skt__type(s) == SKT_RAW) &&
         !(ip->domain == SKT_IPV6 && skt__ip_is_mapped(ip)) &&
         !skt__ip_is_wildcard(ip);
}

void skt__ip_map(skt__ip *ip) {
  memmove(ip->bytes + 12, ip->bytes, 4);
  memset(ip->bytes, 0, 10);
  memset(ip->bytes + 10, 0xff, 2);
  ip->domain = SKT_IPV6;
}

static void map_into_ipv6(skt_addr *a, skt__ip ip) {
  skt__ip_map(&ip);
  skt__addr_set_ip(a, &ip);
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
  skt__addr_clear(out);
  if (length < FAMILY_END) {
    return SKT_EINVAL;
  }
  size_t needed = sizeof(struct sockaddr_in);
  switch (family_of(native)) {
  case AF_UNIX:
    skt__unix_set(out, native, length);
    return 0;
  case AF_INET6:
    needed = sizeof(struct sockaddr_in6);
    break;
  case AF_INET:
    break;
  default:
    return SKT_EAFNOSUPPORT;
  }
  if (length < needed) {
    return SKT_EINVAL;
  }
  out->length = (uint32_t)needed;
  memcpy(out->words, native, needed);

  skt__ip ip;
  if (skt__addr_get_ip(out, &ip) == SKT_IPV6 && skt__ip_unmap(&ip)) {
    skt__addr_set_ip(out, &ip);
  }
  return 0;
}

int skt_addr_from_native(skt_addr *out, const void *native, size_t length) {
  if (out == NULL) {
    return SKT_EFAULT;
  }
  skt__addr_clear(out);
  int rc = native == NULL ? SKT_EFAULT : skt__addr_set(out, native, length);
  if (rc == 0 && skt__unix_is_unnamed(out) &&
      skt__unix_has_name(native, length)) {
    skt__addr_clear(out);
    return SKT_ENAMETOOLONG;
  }
  return rc;
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
