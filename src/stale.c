/* SPDX-License-Identifier: MIT */
/* The path of a unix socket whose owner is dead. */
#include "internal.h"

#include <stddef.h>

/* Whether a socket has the path: 1, 0, or a code. skt asks by a datagram
 * socket's connect, of which the owner notices nothing: another type is refused
 * as such, whether it listens or is only bound yet, and a full queue does not
 * count. A stream's connect refuses a bound socket like a dead one (Linux
 * unix_find_bsd; BSD unp_connect). Windows has streams alone. What may not be
 * asked may be alive. */
static int path_has_owner(const skt_addr *local) {
  skt__os_handle probe = SKT__NO_HANDLE;
  int type = skt__system.probes_by_datagram ? SKT_DATAGRAM : SKT_STREAM, rc;
  SKT__UNINTERRUPTED(rc, skt__sys_socket(&probe, SKT_UNIX, type, 0, true));
  if (rc < 0) {
    return rc;
  }
  SKT__UNINTERRUPTED(rc, skt__sys_connect(probe, local, false));
  skt__sys_close(probe);
  if (rc == SKT_ENOBUFS || rc == SKT_ENOMEM) {
    return rc;
  }
  return rc != SKT_ECONNREFUSED && rc != SKT_ENOENT;
}

/* Only what is a socket is asked: Linux refuses a connect to any file in the
 * same way as to a dead socket. */
static int remove_left_file(const skt_addr *local, const char *path) {
  int rc = skt__sys_stale_look(path);
  if (rc == SKT_ENOENT) {
    return 0;
  }
  if (rc <= 0) {
    return rc == 0 ? SKT_EADDRINUSE : rc;
  }
  rc = path_has_owner(local);
  if (rc != 0) {
    return rc > 0 ? SKT_EADDRINUSE : rc;
  }
  rc = skt__sys_stale_remove(path);
  return rc == SKT_ENOENT ? 0 : rc;
}

static int bind_path(const skt *s, const skt_addr *local) {
  int rc;
  SKT__UNINTERRUPTED(rc, skt__sys_bind(skt__handle(s), local, 0));
  return rc;
}

/* The lock is held from the question to the bind: another starter could have
 * bound the path in between, and lose its file. Who has no lock loses: the one
 * that has it will have the path, or has found its owner alive. An abstract
 * name goes with its socket. */
int skt__bind_replacing(const skt *s, const skt_addr *local) {
  intptr_t lock = -1;
  const char *path =
      (const char *)local->words + offsetof(struct sockaddr_un, sun_path);
  if (path[0] == '\0') {
    return bind_path(s, local);
  }
  int rc = skt__sys_stale_lock(path, &lock);
  if (rc < 0) {
    return rc;
  }
  rc = bind_path(s, local);
  if (rc == SKT_EADDRINUSE) {
    rc = remove_left_file(local, path);
    rc = rc == 0 ? bind_path(s, local) : rc;
  }
  skt__sys_stale_unlock(lock);
  return rc;
}
