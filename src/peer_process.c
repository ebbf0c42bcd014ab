/* SPDX-License-Identifier: MIT */
/* The process behind a unix socket. */
#include "internal.h"

/* Linux answers for any socket, with process 0 and user -1 where there is no
 * peer (unix(7), SO_PEERCRED): skt does not ask there. */
static int check_peer(const skt *s) {
  if (skt__domain(s) != SKT_UNIX) {
    return SKT_EOPNOTSUPP;
  }
  return skt__state(s) == SKT_CONNECTED ? 0 : SKT_ENOTCONN;
}

int skt_peer_process(const skt *s, skt_process *who) {
  const skt_process unknown = {.pid = -1, .uid = -1, .gid = -1};
  if (who != NULL) {
    *who = unknown;
  }
  int rc = skt__check(s);
  if (rc == 0) {
    rc = who == NULL ? SKT_EFAULT : check_peer(s);
  }
  if (rc < 0) {
    return rc;
  }
  rc = skt__sys_peer_process(skt__handle(s), who);
  if (rc == 0) {
    return who->known == 0 ? SKT_EOPNOTSUPP : 0;
  }
  *who = unknown;
  switch (rc) {
  case SKT_EINVAL:
  case SKT_ENOPROTOOPT:
    return SKT_EOPNOTSUPP;
  case SKT_ECONNRESET: /* the BSDs: the peer is gone */
  case SKT_ECONNABORTED:
    return SKT_ENOTCONN;
  default:
    return rc;
  }
}
