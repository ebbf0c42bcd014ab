/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_INTERFACES_H
#define SKT_SYS_INTERFACES_H

/* The seam: the list of network interfaces. Included by sys.h, whose rules
 * hold. */

/* An interface, as the system reports it. */
typedef struct skt__link {
  const char *name; /* may be NULL */
  uint32_t index, mtu;
  int flags;            /* SKT_IF_... */
  const void *hardware; /* may be NULL if the length is 0 */
  size_t hardware_length;
} skt__link;

/* An address of an interface. */
typedef struct skt__link_address {
  uint32_t index; /* of the interface */
  int domain;     /* SKT_IPV4 or SKT_IPV6 */
  int prefix;     /* any number that is no prefix length if there is none */
  uint8_t bytes[16];
  uint8_t broadcast[4];   /* zero if the system reports none */
  bool broadcasts_unsaid; /* the system never reports one */
} skt__link_address;

/* What was found so far. A backend only passes it on. */
typedef struct skt__found skt__found;

/* List all interfaces and their addresses, in any order: each by one call of
 * the two functions below, which the shared sources supply. Makes several
 * system calls, and may loop and allocate as the system's own lists do.
 *   room   memory for the system's list, *bytes of it, aligned for any type
 *   bytes  receives how many are needed, if they are more
 * Returns SKT_EAGAIN if the list needs more room or changed meanwhile. */
int skt__sys_interfaces(skt__found *found, void *room, size_t *bytes);

void skt__found_link(skt__found *found, const skt__link *l);
void skt__found_address(skt__found *found, const skt__link_address *a);

#endif
