/* SPDX-License-Identifier: MIT */
/* The process behind a unix socket, over POSIX. The twin is
 * win32/peer_process.c. */
#include "../sys.h"

#include <unistd.h>

static void know(skt_process *who, int what, int64_t *out, int64_t value) {
  who->known |= what;
  *out = value;
}

#ifdef SKT__PEERCRED_OF_LINUX

/* What is absent is process 0, of another namespace, and user -1 (unix(7);
 * Linux cred_to_ucred). */
int skt__sys_peer_process(int s, skt_process *who) {
  struct ucred c = {.pid = 0, .uid = (uid_t)-1, .gid = (gid_t)-1};
  socklen_t length = sizeof c;
  if (getsockopt(s, SOL_SOCKET, SO_PEERCRED, &c, &length) < 0) {
    return skt__fail_in(SKT__IN_OPTION);
  }
  if (c.pid > 0) {
    know(who, SKT_PROCESS_PID, &who->pid, c.pid);
  }
  if (c.uid != (uid_t)-1) {
    know(who, SKT_PROCESS_UID, &who->uid, c.uid);
  }
  if (c.gid != (gid_t)-1) {
    know(who, SKT_PROCESS_GID, &who->gid, c.gid);
  }
  return 0;
}

#else

/* macOS and the BSDs; the process on macOS alone (getpeereid(3); Darwin
 * sys/un.h). */
int skt__sys_peer_process(int s, skt_process *who) {
  uid_t uid;
  gid_t gid;
  if (getpeereid(s, &uid, &gid) < 0) {
    return skt__fail_in(SKT__IN_OPTION);
  }
  know(who, SKT_PROCESS_UID, &who->uid, uid);
  know(who, SKT_PROCESS_GID, &who->gid, gid);
#ifdef LOCAL_PEERPID
  pid_t pid = 0;
  socklen_t length = sizeof pid;
  if (getsockopt(s, SOL_LOCAL, LOCAL_PEERPID, &pid, &length) == 0 && pid > 0) {
    know(who, SKT_PROCESS_PID, &who->pid, pid);
  }
#endif
  return 0;
}

#endif
