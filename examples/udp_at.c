/* SPDX-License-Identifier: MIT */
#include "udp_at.h"

enum { ADDRESSES_MAX = 32 };

static bool is_wildcard(const skt_addr *here) {
  unsigned char bytes[16] = {0};
  int n = skt_addr_bytes(here, bytes);
  for (int i = 0; i < n; ++i) {
    if (bytes[i] != 0) {
      return false;
    }
  }
  return n > 0;
}

/* What a system lacks is done without. */
static int set_if_there(skt *s, int option) {
  int rc = skt_set_option(s, option, 1);
  return rc == SKT_EOPNOTSUPP ? 0 : rc;
}

static int open_one(skt *s, const skt_addr *here, int flags, bool trains) {
  int rc = skt_socket(s, skt_addr_domain(here), SKT_DATAGRAM, 0);
  if (rc == 0 && trains) {
    rc = set_if_there(s, SKT_OPT_RECEIVE_TRAINS); /* before skt_bind */
  }
  rc = rc < 0 ? rc : skt_bind(s, here, flags);
  if (rc == 0 && is_wildcard(here)) {
    rc = set_if_there(s, SKT_OPT_RECEIVE_LOCAL);
  }
  if (rc < 0) {
    skt_close(s);
  }
  return rc;
}

/* One socket for both families, or for IPv4 alone where there is no IPv6. */
static int open_everywhere(skt *s, int port, bool trains) {
  skt_addr here;
  int rc = skt_addr_any(&here, SKT_IPV6, port);
  rc = rc < 0 ? rc : open_one(s, &here, SKT_DUAL_STACK, trains);
  if (rc == SKT_EAFNOSUPPORT) {
    rc = skt_addr_any(&here, SKT_IPV4, port);
    rc = rc < 0 ? rc : open_one(s, &here, 0, trains);
  }
  return rc;
}

int udp_at(skt *s, const char *text, bool trains) {
  skt_addr all[ADDRESSES_MAX];
  char host[SKT_TEXT_MAX];
  int port, rc = skt_text_split(text, host, sizeof host, &port);
  if (rc == 0 && host[0] == '\0') {
    return open_everywhere(s, port, trains);
  }
  int count = skt_resolve(text, 0, all, ADDRESSES_MAX, -1, NULL);
  rc = count;
  for (int i = 0; i < count && rc != 0 && rc != SKT_EADDRINUSE; ++i) {
    rc = open_one(s, &all[i], 0, trains);
  }
  return rc;
}
