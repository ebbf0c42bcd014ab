/* SPDX-License-Identifier: MIT */
/* What interfaces_getifaddrs.c needs of a header that Linux lacks. */
#ifndef SKT_IF_DL_H
#define SKT_IF_DL_H

#include <stdint.h>
#include <sys/socket.h>

#define AF_LINK 18

struct sockaddr_dl {
  sa_family_t sdl_family;
  uint16_t sdl_index;
  uint8_t sdl_type, sdl_nlen, sdl_alen, sdl_slen;
  char sdl_data[12]; /* the name, then the hardware address */
};

#define LLADDR(dl) ((dl)->sdl_data + (dl)->sdl_nlen)

#endif
