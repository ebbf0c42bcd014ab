/* SPDX-License-Identifier: MIT */
/* The interface that a scope names. The twin is win32/scope.c. */
#include "../sys.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#ifdef SKT__INTERFACE_BY_IOCTL

#include <sys/ioctl.h>
#include <unistd.h>

/* Linux (netdevice(7)). Not if_nametoindex: in glibc its object file also lists
 * all interfaces, which adds 20 KB to a static program. Any socket can ask; of
 * all families a sandbox seldom forbids this one. Makes three calls. */
int64_t skt__sys_interface(const char *name) {
  struct ifreq request = {.ifr_ifindex = 0};
  size_t n = 0;
  for (; name[n] != '\0'; ++n) {
    if (n + 1 == sizeof request.ifr_name) {
      return SKT_ENODEV;
    }
    request.ifr_name[n] = name[n];
  }
  int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (s < 0) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  int rc = ioctl(s, SIOCGIFINDEX, &request);
  close(s);
  return rc < 0 ? SKT_ENODEV : request.ifr_ifindex;
}

int skt__sys_interface_name(int s, int index, char *name) {
  struct ifreq request = {.ifr_ifindex = index};
  if (ioctl(s, SIOCGIFNAME, &request) < 0) {
    return SKT_ENODEV;
  }
  memcpy(name, request.ifr_name, sizeof request.ifr_name);
  return 0;
}

#else

/* ENXIO if there is none (if_nametoindex(3), macOS and the BSDs). */
int64_t skt__sys_interface(const char *name) {
  errno = ENXIO;
  unsigned index = if_nametoindex(name);
  if (index > 0) {
    return index;
  }
  return errno == ENXIO ? SKT_ENODEV : skt__fail_in(SKT__IN_SOCKET);
}

int skt__sys_interface_name(int s, int index, char *name) {
  (void)s;
  return if_indextoname((unsigned)index, name) != NULL ? 0 : SKT_ENODEV;
}

#endif
