/* SPDX-License-Identifier: MIT */
#ifndef SKT_INTERFACES_H
#define SKT_INTERFACES_H

#include "../sys.h"

#include <net/if.h>

/* IFF_... as SKT_IF_.... Linux and most drivers of the BSDs keep IFF_RUNNING
 * for an interface that is switched on and works (netdevice(7)). */
static inline int skt__interface_flags(unsigned native) {
  int flags = 0;
  if ((native & IFF_UP) != 0 && (native & IFF_RUNNING) != 0) {
    flags |= SKT_IF_UP;
  }
  if ((native & IFF_LOOPBACK) != 0) {
    flags |= SKT_IF_LOOPBACK;
  }
  if ((native & IFF_MULTICAST) != 0) {
    flags |= SKT_IF_MULTICAST;
  }
  if ((native & IFF_POINTOPOINT) != 0) {
    flags |= SKT_IF_POINT_TO_POINT;
  }
  return flags;
}

#endif
