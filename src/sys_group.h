/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_GROUP_H
#define SKT_SYS_GROUP_H

/* The seam: groups. Included by sys.h, whose rules hold. */

/* What a socket receives, or is to receive. */
typedef struct skt__membership {
  const skt_addr *group;  /* IPv4, of an IPv6 socket too; or IPv6 */
  const skt_addr *source; /* in the group's domain; NULL: any */
  uint32_t device;        /* index of the interface; 0: the system's choice */
} skt__membership;

/* Change a membership. SKT__BLOCK and SKT__UNBLOCK have a source.
 * Returns SKT_EADDRINUSE, SKT_EADDRNOTAVAIL, SKT_EINVAL or SKT_ENODEV for what
 * does not suit the memberships that there are, each system in its own way;
 * SKT_ENOPROTOOPT or SKT_EOPNOTSUPP if the system lacks the call. May make
 * another call where the system lacks that of RFC 3678. */
int skt__sys_group(skt__os_handle s, int change, const skt__membership *m);
enum { SKT__JOIN, SKT__LEAVE, SKT__BLOCK, SKT__UNBLOCK };

/* How the socket is a member of m->group on m->device. */
int skt__sys_group_mode(skt__os_handle s, const skt__membership *m);
enum {
  SKT__NO_MEMBER,
  SKT__OF_ANY,    /* of any source, but for those that are blocked */
  SKT__OF_SOURCES /* of single sources; or, on Linux, no member */
};

#endif
