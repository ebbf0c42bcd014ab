/* SPDX-License-Identifier: MIT */
/* The list of interfaces on macOS, the BSDs and others. The twins are
 * interfaces_netlink.c and win32/interfaces.c. */
#include "interfaces.h"

#ifndef SKT__NETLINK

#include <ifaddrs.h>
#include <net/if_dl.h>

/* The MTU stands beside a hardware address on systems whose addresses contain
 * their length (getifaddrs(3), macOS and the BSDs). */
static uint32_t mtu_of(const struct ifaddrs *i) {
#ifdef SIN6_LEN
  const struct if_data *data = i->ifa_data;
  return data != NULL ? (uint32_t)data->ifi_mtu : 0;
#else
  (void)i;
  return 0;
#endif
}

static void take_link(skt__found *found, const struct ifaddrs *i,
                      uint32_t index) {
  skt__link l = {.name = i->ifa_name,
                 .index = index,
                 .flags = skt__interface_flags((unsigned)i->ifa_flags)};
  if (i->ifa_addr != NULL && i->ifa_addr->sa_family == AF_LINK) {
    const struct sockaddr_dl *dl = (const void *)i->ifa_addr;
    l.hardware = LLADDR(dl);
    l.hardware_length = dl->sdl_alen;
    l.mtu = mtu_of(i);
  }
  skt__found_link(found, &l);
}

/* The bytes of an IPv4 or IPv6 address; NULL if it is neither. A netmask of the
 * BSDs can have another family, and end after its last byte that is not zero:
 * the caller names the family. */
static const uint8_t *bytes_of(const struct sockaddr *a, int family) {
  const char *native = (const char *)a;
  if (a == NULL) {
    return NULL;
  }
  size_t at = family == AF_INET ? offsetof(struct sockaddr_in, sin_addr)
                                : offsetof(struct sockaddr_in6, sin6_addr);
  return (const uint8_t *)native + at;
}

static size_t length_of(const struct sockaddr *a, size_t most) {
#ifdef SIN6_LEN
  return a->sa_len < most ? a->sa_len : most;
#else
  (void)a;
  return most;
#endif
}

/* The bits that are set, up to the first that is not; -1 without a mask. */
static int prefix_of(const struct sockaddr *mask, int family) {
  const uint8_t *bytes = bytes_of(mask, family);
  if (bytes == NULL) {
    return -1;
  }
  size_t most = family == AF_INET ? sizeof(struct sockaddr_in)
                                  : sizeof(struct sockaddr_in6);
  const uint8_t *end = (const uint8_t *)mask + length_of(mask, most);
  int bits = family == AF_INET ? 32 : 128, n = 0;
  while (n < bits && bytes + n / 8 < end &&
         (bytes[n / 8] >> (7 - n % 8) & 1) != 0) {
    ++n;
  }
  return n;
}

/* The place of the broadcast address is the peer's without IFF_BROADCAST. */
static void take_link_address(skt__found *found, const struct ifaddrs *i,
                              uint32_t index) {
  int family = i->ifa_addr != NULL ? i->ifa_addr->sa_family : AF_UNSPEC;
  if (family != AF_INET && family != AF_INET6) {
    return;
  }
  skt__link_address a = {.index = index,
                         .domain = family == AF_INET ? SKT_IPV4 : SKT_IPV6,
                         .prefix = prefix_of(i->ifa_netmask, family)};
  memcpy(a.bytes, bytes_of(i->ifa_addr, family), family == AF_INET ? 4 : 16);
  const struct sockaddr *broadcast = i->ifa_broadaddr;
  if (family == AF_INET && (i->ifa_flags & IFF_BROADCAST) != 0 &&
      broadcast != NULL && broadcast->sa_family == AF_INET) {
    memcpy(a.broadcast, bytes_of(broadcast, family), 4);
  }
  skt__found_address(found, &a);
}

static uint32_t index_of(const struct ifaddrs *i) {
  if (i->ifa_addr != NULL && i->ifa_addr->sa_family == AF_LINK) {
    const struct sockaddr_dl *dl = (const void *)i->ifa_addr;
    return dl->sdl_index;
  }
  return if_nametoindex(i->ifa_name);
}

/* Every pointer may be NULL: the address of a tunnel, the name of an interface
 * that disappears (aeron issue 296, iputils issue 112). The entries of one
 * interface follow each other, that with its hardware address first; illumos
 * has none with it. An interface whose index is gone is skipped. */
static void take_all(skt__found *found, const struct ifaddrs *i) {
  const char *name = "";
  uint32_t index = 0;
  for (; i != NULL; i = i->ifa_next) {
    if (i->ifa_name == NULL) {
      continue;
    }
    if (strcmp(i->ifa_name, name) != 0) {
      name = i->ifa_name;
      index = index_of(i);
      if (index > 0) {
        take_link(found, i, index);
      }
    }
    if (index > 0) {
      take_link_address(found, i, index);
    }
  }
}

int skt__sys_interfaces(skt__found *found, void *room, size_t *bytes) {
  struct ifaddrs *all = NULL;
  (void)room;
  (void)bytes;
  if (getifaddrs(&all) < 0) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  take_all(found, all);
  freeifaddrs(all);
  return 0;
}

#endif
