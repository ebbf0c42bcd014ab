/* SPDX-License-Identifier: MIT */
#ifndef SKT_ADDRESS_H
#define SKT_ADDRESS_H

/* The parts of addresses, for the sources that need them. */
#include "internal.h"

#include <stddef.h>
#include <string.h>

/* A function that is not to become part of its caller, which is short. */
#ifdef __GNUC__
#define SKT__APART __attribute__((noinline))
#else
#define SKT__APART
#endif

/* The parts of an address. All but the domain are zero for a unix address. */
typedef struct skt__ip {
  int domain;
  uint8_t bytes[16]; /* the first 4 for IPv4 */
  uint32_t scope;
  uint16_t port;
} skt__ip;

/* In halves, which gcc makes stores; it makes a slow loop of the whole. */
static inline void skt__addr_clear(skt_addr *a) {
  enum { HALF = sizeof *a / 2 };
  memset(a, 0, HALF);
  memset((char *)a + HALF, 0, sizeof *a - HALF);
}

/* Clear an address. Returns the code. */
int skt__addr_refuse(skt_addr *a, int code);

/* Returns the domain, or SKT_EINVAL if a is no address. */
int skt__addr_get_ip(const skt_addr *a, skt__ip *ip);
void skt__addr_set_ip(skt_addr *a, const skt__ip *ip);
bool skt__ip_is_mapped(const skt__ip *ip); /* ::ffff:1.2.3.4 */
bool skt__ip_is_wildcard(const skt__ip *ip);
/* Make plain IPv4 of mapped IPv4, and return whether it was. */
bool skt__ip_unmap(skt__ip *ip);
/* Make mapped IPv4 of plain IPv4. */
void skt__ip_map(skt__ip *ip);
bool skt__ip_is_loopback(const skt__ip *ip);
bool skt__ip_is_link_local(const skt__ip *ip); /* fe80::/10 */

/* 224.0.0.0/4 and ff00::/8 */
static inline bool skt__ip_is_group(const skt__ip *ip) {
  return (ip->domain == SKT_IPV4 && ip->bytes[0] >> 4 == 0xe) ||
         (ip->domain == SKT_IPV6 && ip->bytes[0] == 0xff);
}

/* Unix addresses, for the other address*.c. `native` is a struct
 * sockaddr_un of `length` bytes. skt__unix_set makes one unnamed whose name is
 * too long. skt__unix_format writes up to SKT_ADDR_TEXT_MAX bytes, "unix:"
 * included, and returns their number, or SKT_EINVAL if the address has no text.
 */
bool skt__unix_has_name(const void *native, size_t length);
void skt__unix_set(skt_addr *out, const void *native, size_t length);
bool skt__unix_is_valid(const skt_addr *a);
bool skt__unix_is_unnamed(const skt_addr *a);
int skt__unix_parse(skt_addr *out, const char *text);
int skt__unix_format(const skt_addr *a, char *text);
int skt__unix_compare(const skt_addr *a, const skt_addr *b); /* as memcmp */

/* The steps of skt__addr_set_ip, for a cleared address.
 *
 * What stands at the same place in struct sockaddr_in and sockaddr_in6. */
static inline void skt__addr_put_head(skt_addr *a, int domain, int port) {
  bool v4 = domain == SKT_IPV4;
  struct sockaddr_in in;
  char *native = (char *)a->words;
  a->length = v4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
#ifdef SIN6_LEN
  in.sin_len = (uint8_t)a->length;
  memcpy(native + offsetof(struct sockaddr_in, sin_len), &in.sin_len, 1);
#endif
  in.sin_family = v4 ? AF_INET : AF_INET6;
  in.sin_port = htons((uint16_t)port);
  memcpy(native + offsetof(struct sockaddr_in, sin_family), &in.sin_family,
         sizeof in.sin_family);
  memcpy(native + offsetof(struct sockaddr_in, sin_port), &in.sin_port, 2);
}
_Static_assert(offsetof(struct sockaddr_in, sin_port) ==
                   offsetof(struct sockaddr_in6, sin6_port),
               "see skt__addr_put_head");

static inline void skt__addr_put_scope(skt_addr *a, uint32_t scope) {
  memcpy((char *)a->words + offsetof(struct sockaddr_in6, sin6_scope_id),
         &scope, 4);
}

/* Where the bytes of an IPv4 or IPv6 address stand in the system's form. */
static inline size_t skt__bytes_at(int domain) {
  return domain == SKT_IPV4 ? offsetof(struct sockaddr_in, sin_addr)
                            : offsetof(struct sockaddr_in6, sin6_addr);
}

static inline uint8_t *skt__addr_bytes(skt_addr *a, int domain) {
  return (uint8_t *)a->words + skt__bytes_at(domain);
}

static inline bool skt__addr_is_ipv4(const skt_addr *a) {
  struct sockaddr_in in;
  memcpy(&in, a->words, sizeof in);
  return a->length == sizeof in && in.sin_family == AF_INET;
}

/* The port of an IPv4 or IPv6 address. */
static inline uint16_t skt__addr_port(const skt_addr *a) {
  uint16_t port;
  memcpy(&port, (const char *)a->words + offsetof(struct sockaddr_in, sin_port),
         2);
  return ntohs(port);
}

/* Whether a message can be sent to an address, which is IPv4: a short answer
 * for the most frequent case. False may mean anything. */
static inline bool skt__is_ipv4_destination(const skt_addr *a) {
  struct sockaddr_in in;
  memcpy(&in, a->words, sizeof in);
  return skt__addr_is_ipv4(a) && in.sin_port != 0 && in.sin_addr.s_addr != 0;
}

/* The destination of a message or a connection, in the socket's domain: a
 * itself or, for a dual-stack socket, IPv4 mapped into IPv6 in *room; NULL if
 * *a cannot be a destination.
 *   ip  receives the parts of *a */
const skt_addr *skt__destination(const skt *s, const skt_addr *a,
                                 skt_addr *room, skt__ip *ip);

#endif
