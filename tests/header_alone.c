/* SPDX-License-Identifier: MIT */
/* Builds if skt.h needs nothing before it, is C99, and lets no macro of a
 * system's socket headers through. */
#include <skt.h>

#if defined AF_INET || defined SOCK_STREAM || defined INVALID_SOCKET ||        \
    defined EINVAL || defined htons || defined max
#error "skt.h lets a macro of the system through"
#endif

int header_alone(void);
int header_alone(void) {
  skt s = {0};
  skt_addr a = {0};
  return skt_peer(&s, &a);
}
