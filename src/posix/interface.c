/* SPDX-License-Identifier: MIT */
/* Network interfaces. The twin is win32/interface.c. */
#include "../sys.h"

#include <net/if.h>

#ifdef SKT__INTERFACE_BY_IOCTL

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Linux (netdevice(7)). Not if_nametoindex: in glibc its object file also lists
 * all interfaces, which adds 20 KB to a static program. Makes three calls. */
uint32_t skt__sys_interface(const char *name) {
  struct ifreq request = {.ifr_ifindex = 0};
  size_t n = strlen(name);
  if (n >= sizeof request.ifr_name) {
    return 0;
  }
  memcpy(request.ifr_name, name, n);
  int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int rc = ioctl(s, SIOCGIFINDEX, &request);
  close(s);
  return rc < 0 ? 0 : (uint32_t)request.ifr_ifindex;
}

#else

uint32_t skt__sys_interface(const char *name) { return if_nametoindex(name); }

#endif
