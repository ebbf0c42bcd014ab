/* SPDX-License-Identifier: MIT */
/* From a text to a socket that listens. */
#include "names.h"

/* Close a socket that is of no use. Returns rc. */
static int close_after(skt *s, int rc) {
  if (rc < 0) {
    skt_close(s);
  }
  return rc;
}

static int listen_on(skt *s, const skt_addr *local, int flags, int backlog) {
  int mode = flags & SKT_NONBLOCK;
  int rc = skt_socket(s, skt_addr_domain(local), SKT_STREAM | mode, 0);
  if (rc == 0) {
    rc = skt_bind(s, local, flags & ~SKT_NONBLOCK);
  }
  if (rc == 0) {
    rc = skt_listen(s, backlog);
  }
  return close_after(s, rc);
}

/* Whether this host cannot have an address, nor any other socket there. */
static bool is_no_address_here(int code) {
  return code == SKT_EADDRNOTAVAIL || code == SKT_EAFNOSUPPORT ||
         code == SKT_EPROTONOSUPPORT; /* a jail of FreeBSD without IPv6 */
}

/* Every address of this host: one socket for both families, or IPv4 alone where
 * that is all there is. */
static int listen_on_all(skt *s, const char *text, int flags, int backlog) {
  skt__text t;
  int rc = skt__text_read(&t, text);
  if (rc < 0) {
    return rc;
  }
  skt__ip any = {.domain = SKT_IPV6, .port = (uint16_t)t.port};
  skt_addr local;
  skt__addr_set_ip(&local, &any);
  rc = listen_on(s, &local, flags | SKT_DUAL_STACK, backlog);
  if (is_no_address_here(rc)) {
    any.domain = SKT_IPV4;
    skt__addr_set_ip(&local, &any);
    rc = listen_on(s, &local, flags & ~SKT_DUAL_STACK, backlog);
  }
  return rc;
}

/* An address that another server has ends the search: the clients of a name
 * would come to that server first. */
static int listen_on_first(skt *s, const char *text, int flags, int backlog) {
  skt_addr found[SKT__DIAL_MAX];
  int n = skt__resolve(text, 0, found, SKT__DIAL_MAX, skt__deadline(-1), NULL);
  int rc = n;
  for (int i = 0; i < n; ++i) {
    rc = listen_on(s, &found[i], flags, backlog);
    if (!is_no_address_here(rc)) {
      break;
    }
  }
  return rc;
}

int skt_listen_at(skt *s, const char *text, int flags, int backlog) {
  if (s == NULL) {
    return SKT_EFAULT;
  }
  *s = (skt){.kind = 0};
  if (text == NULL) {
    return SKT_EFAULT;
  }
  return text[0] == ':' ? listen_on_all(s, text, flags, backlog)
                        : listen_on_first(s, text, flags, backlog);
}
