/* SPDX-License-Identifier: MIT */
/* The interface that a scope names. The twin is posix/scope.c. */
#include "../sys.h"

#include <iphlpapi.h>

/* It does not say why it found none (IP Helper, if_nametoindex). */
int64_t skt__sys_interface(const char *name) {
  NET_IFINDEX index = if_nametoindex(name);
  return index > 0 ? (int64_t)index : SKT_ENODEV;
}

/* Writes up to NDIS_IF_MAX_STRING_SIZE bytes, 256, and a zero. */
int skt__sys_interface_name(SOCKET s, int index, char *name) {
  (void)s;
  return if_indextoname((NET_IFINDEX)index, name) != NULL ? 0 : SKT_ENODEV;
}
