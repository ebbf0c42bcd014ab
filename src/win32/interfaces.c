/* SPDX-License-Identifier: MIT */
/* The list of interfaces on Windows. The twins are posix/interfaces_netlink.c
 * and posix/interfaces_getifaddrs.c. */
#include "../sys.h"

#include <iphlpapi.h>

enum {
  WITHOUT_THE_REST = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST |
                     GAA_FLAG_SKIP_DNS_SERVER | GAA_FLAG_SKIP_FRIENDLY_NAME
};

/* Kinds that have one peer (IANA ifType): PPP, SLIP, tunnels. */
static bool is_point_to_point(IFTYPE type) {
  return type == IF_TYPE_PPP || type == IF_TYPE_SLIP || type == IF_TYPE_TUNNEL;
}

static int flags_of(const IP_ADAPTER_ADDRESSES *a) {
  int flags = 0;
  if (a->OperStatus == IfOperStatusUp) {
    flags |= SKT_IF_UP;
  }
  if (a->IfType == IF_TYPE_SOFTWARE_LOOPBACK) {
    flags |= SKT_IF_LOOPBACK;
  }
  if ((a->Flags & IP_ADAPTER_NO_MULTICAST) == 0) {
    flags |= SKT_IF_MULTICAST;
  }
  if (is_point_to_point(a->IfType)) {
    flags |= SKT_IF_POINT_TO_POINT;
  }
  return flags;
}

/* IfIndex is 0 for an adapter without IPv4, Ipv6IfIndex without IPv6, and in
 * Wine 8 always (IP_ADAPTER_ADDRESSES_LH). */
static uint32_t index_of(const IP_ADAPTER_ADDRESSES *a) {
  return a->IfIndex != 0 ? a->IfIndex : a->Ipv6IfIndex;
}

/* The name that if_nametoindex takes, made from the LUID without asking. For a
 * tunnel the hardware address is a made-up one (Teredo: 00:...:e0). */
static void take_link(skt__found *found, const IP_ADAPTER_ADDRESSES *a) {
  char name[NDIS_IF_MAX_STRING_SIZE + 1];
  bool named = ConvertInterfaceLuidToNameA(&a->Luid, name, sizeof name) == 0;
  bool is_tunnel = a->IfType == IF_TYPE_TUNNEL;
  skt__link l = {.name = named ? name : NULL,
                 .index = index_of(a),
                 .mtu = a->Mtu,
                 .flags = flags_of(a),
                 .hardware = a->PhysicalAddress,
                 .hardware_length = is_tunnel ? 0 : a->PhysicalAddressLength};
  skt__found_link(found, &l);
}

/* A prefix length that does not hold is 255 (IP_ADAPTER_UNICAST_ADDRESS_LH). */
static void take_link_address(skt__found *found, uint32_t index,
                              const IP_ADAPTER_UNICAST_ADDRESS *u) {
  const SOCKADDR *native = u->Address.lpSockaddr;
  skt__link_address a = {.index = index,
                         .domain = SKT_IPV4,
                         .prefix = u->OnLinkPrefixLength,
                         .broadcasts_unsaid = true};
  if (native == NULL) {
    return;
  }
  if (native->sa_family == AF_INET) {
    memcpy(a.bytes, &((const struct sockaddr_in *)native)->sin_addr, 4);
  } else if (native->sa_family == AF_INET6) {
    a.domain = SKT_IPV6;
    memcpy(a.bytes, &((const struct sockaddr_in6 *)native)->sin6_addr, 16);
  } else {
    return;
  }
  skt__found_address(found, &a);
}

/* The result is a code of Windows, not WSAGetLastError's, although both number
 * alike. */
int skt__sys_interfaces(skt__found *found, void *room, size_t *bytes) {
  ULONG size = (ULONG)*bytes;
  ULONG rc =
      GetAdaptersAddresses(AF_UNSPEC, WITHOUT_THE_REST, NULL, room, &size);
  if (rc == ERROR_BUFFER_OVERFLOW) {
    *bytes = size;
    return SKT_EAGAIN;
  }
  if (rc == ERROR_NO_DATA) { /* there is no adapter */
    return 0;
  }
  if (rc != NO_ERROR) {
    WSASetLastError((int)rc);
    return skt__fail_in(SKT__IN_SOCKET);
  }
  for (const IP_ADAPTER_ADDRESSES *a = room; a != NULL; a = a->Next) {
    take_link(found, a);
    for (const IP_ADAPTER_UNICAST_ADDRESS *u = a->FirstUnicastAddress;
         u != NULL; u = u->Next) {
      take_link_address(found, index_of(a), u);
    }
  }
  return 0;
}
