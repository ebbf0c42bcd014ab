/* SPDX-License-Identifier: MIT */
/* Network interfaces. The twin is win32/interface.c. */
#include "../sys.h"

#include <errno.h>
#include <net/if.h>

#ifdef SKT__INTERFACE_BY_IOCTL

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A sandbox can forbid a family as if the kernel lacked it (systemd.exec(5),
 * RestrictAddressFamilies). Any socket can ask. */
static int open_socket(void) {
  int s = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (s < 0 && errno == EAFNOSUPPORT) {
    s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  }
  return s;
}

static int64_t index_by(int s, struct ifreq *request) {
  int rc = ioctl(s, SIOCGIFINDEX, request);
  return rc < 0 ? skt__fail_in(0) : request->ifr_ifindex;
}

/* Linux (netdevice(7)). Not if_nametoindex: in glibc its object file also lists
 * all interfaces, which adds 20 KB to a static program. Makes three calls. */
int64_t skt__sys_interface(const char *name) {
  struct ifreq request = {.ifr_ifindex = 0};
  size_t n = strlen(name);
  if (n >= sizeof request.ifr_name) {
    return SKT_ENODEV;
  }
  memcpy(request.ifr_name, name, n);
  int s = open_socket();
  if (s < 0) {
    int code = skt__fail_in(0);
    return code == SKT_EAFNOSUPPORT ? SKT_EACCES : code;
  }
  int64_t rc = index_by(s, &request);
  close(s);
  return rc;
}

#else

/* The BSDs say ENXIO, or nothing, if there is none (if_nametoindex(3)). */
int64_t skt__sys_interface(const char *name) {
  errno = ENXIO;
  unsigned index = if_nametoindex(name);
  return index > 0 ? (int64_t)index : skt__fail_in(0);
}

#endif
