/* SPDX-License-Identifier: MIT */
/* Network interfaces. The twin is win32/interface.c. */
#include "../sys.h"

#include <net/if.h>

#ifdef SKT__INTERFACE_BY_IOCTL

#include <sys/ioctl.h>
#include <unistd.h>

/* Linux (netdevice(7)). Not if_nametoindex: in glibc its object file also lists
 * all interfaces, which adds 20 KB to a static program. Makes three calls. */
uint32_t skt__sys_interface(const char *name) {
  struct ifreq request = {.ifr_ifindex = 0};
  for (size_t n = 0; name[n] != '\0'; ++n) {
    if (n + 1 == sizeof request.ifr_name) {
      return 0;
    }
    request.ifr_name[n] = name[n];
  }
  int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int rc = ioctl(s, SIOCGIFINDEX, &request);
  close(s);
  return rc < 0 ? 0 : (uint32_t)request.ifr_ifindex;
}

#else

uint32_t skt__sys_interface(const char *name) { return if_nametoindex(name); }

#endif
