/* SPDX-License-Identifier: MIT */
#ifndef SKT_ADDRESS_H
#define SKT_ADDRESS_H

/* The parts of addresses, for the sources that need them. */
#include "internal.h"

#include <string.h>

/* The parts of an address. All but the domain are zero for a unix address. */
typedef struct skt__ip {
  int domain;
  uint8_t bytes[16]; /* the first 4 for IPv4 */
  uint32_t scope;
  uint16_t port;
} skt__ip;

/* Returns the domain, or SKT_EINVAL if a is no address. */
int skt__addr_get_ip(const skt_addr *a, skt__ip *ip);
void skt__addr_set_ip(skt_addr *a, const skt__ip *ip);
bool skt__ip_is_mapped(const skt__ip *ip); /* ::ffff:1.2.3.4 */
bool skt__ip_is_loopback(const skt__ip *ip);
bool skt__ip_is_link_local(const skt__ip *ip); /* fe80::/10 */

/* Unix addresses, for the other address*.c. `native` is a struct
 * sockaddr_un of `length` bytes. The text to parse is what follows "unix:".
 * skt__unix_set makes one unnamed whose name is too long.
 * skt__unix_format writes up to SKT_ADDR_TEXT_MAX bytes, "unix:" included, and
 * returns their number, or SKT_EINVAL if the address has no text. */
bool skt__unix_has_name(const void *native, size_t length);
void skt__unix_set(skt_addr *out, const void *native, size_t length);
bool skt__unix_is_valid(const skt_addr *a);
bool skt__unix_is_unnamed(const skt_addr *a);
int skt__unix_parse(skt_addr *out, const char *text);
int skt__unix_format(const skt_addr *a, char *text);

/* Whether a message can be sent to an address, which is IPv4: a short answer
 * for the most frequent case. False may mean anything. */
static inline bool skt__is_ipv4_destination(const skt_addr *a) {
  struct sockaddr_in in;
  memcpy(&in, a->words, sizeof in);
  return a->length == sizeof in && in.sin_family == AF_INET &&
         in.sin_port != 0 && in.sin_addr.s_addr != 0;
}

/* The destination of a message or a connection, in the socket's domain: a
 * itself or, for a dual-stack socket, IPv4 mapped into IPv6 in *room; NULL if
 * *a cannot be a destination.
 *   ip  receives the parts of *a */
const skt_addr *skt__destination(const skt *s, const skt_addr *a,
                                 skt_addr *room, skt__ip *ip);

#endif
