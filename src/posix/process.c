/* SPDX-License-Identifier: MIT */
/* Pairs, and sockets that several handles or processes share. The twin is
 * win32/process.c. */
#include "../sys.h"

#include <fcntl.h>
#include <unistd.h>

#ifndef MSG_CMSG_CLOEXEC /* macOS: see close_on_exec */
#define MSG_CMSG_CLOEXEC 0
#endif
#ifndef SOCK_CLOEXEC
#define SOCK_CLOEXEC 0
#define SOCK_NONBLOCK 0
#endif

static int done_or_code(int rc) {
  return rc < 0 ? skt__fail_in(SKT__IN_MODE) : rc;
}

/* Where flags cannot be part of the call that makes a descriptor, a child that
 * is forked in between inherits it. */
static int set_close_on_exec(int s) {
  return done_or_code(fcntl(s, F_SETFD, FD_CLOEXEC));
}

static int finish_end(int s, bool nonblocking) {
  int rc = SKT__ATOMIC_FLAGS ? 0 : set_close_on_exec(s);
  if (rc == 0 && !SKT__ATOMIC_FLAGS && nonblocking) {
    rc = skt__sys_set_blocking(s, false);
  }
  return rc < 0 ? rc : skt__sys_adopt(s);
}

int skt__sys_pair(int out[2], int type, bool nonblocking) {
  int flags = SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
  if (socketpair(AF_UNIX, skt__native_type(type) | flags, 0, out) < 0) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  int rc = finish_end(out[0], nonblocking);
  rc = rc < 0 ? rc : finish_end(out[1], nonblocking);
  if (rc < 0) {
    close(out[0]);
    close(out[1]);
  }
  return rc;
}

int skt__sys_duplicate(int s, int *out) {
  int copy = fcntl(s, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) {
    return skt__fail_in(SKT__IN_SOCKET);
  }
  *out = copy;
  return 0;
}

int skt__sys_inherit(int s, bool inherited) {
  return done_or_code(fcntl(s, F_SETFD, inherited ? 0 : FD_CLOEXEC));
}

/* The descriptor goes with the first byte, and only over unix sockets: over TCP
 * Linux takes the call and drops it. */
ptrdiff_t skt__sys_send_with(int channel, const void *bytes, size_t n,
                             int handed) {
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof handed)];
  } control;
  union {
    const void *constant;
    void *variable;
  } same = {bytes};
  struct iovec v = {same.variable, n};
  struct msghdr m = {.msg_iov = &v,
                     .msg_iovlen = 1,
                     .msg_control = &control,
                     .msg_controllen = sizeof control.room};
  memset(&control, 0, sizeof control);
  control.head.cmsg_len = CMSG_LEN(sizeof handed);
  control.head.cmsg_level = SOL_SOCKET;
  control.head.cmsg_type = SCM_RIGHTS;
  memcpy(CMSG_DATA(&control.head), &handed, sizeof handed);
  ptrdiff_t rc = sendmsg(channel, &m, MSG_NOSIGNAL);
  return rc < 0 ? skt__fail_in(SKT__IN_WRITE) : rc;
}

/* The most descriptors of one message: 253 on Linux (unix(7)), 512 on macOS,
 * which installs all and then cuts the control data, so that those that do not
 * fit stay open for ever (rustix issue 1683). */
enum { MOST_DESCRIPTORS = 512 };

/* Keep one descriptor; close every other, of which more than one item of
 * control data can tell. Returns how many there were. */
static size_t sort_descriptors(const char *control, size_t n, int *kept) {
  const size_t start = CMSG_LEN(0);
  size_t count = 0;
  while (n >= start) {
    struct cmsghdr head;
    memcpy(&head, control, sizeof head);
    size_t length = (size_t)head.cmsg_len;
    if (length < start) {
      break;
    }
    /* macOS keeps the length of what it has cut. */
    size_t here = length < n ? length : n;
    bool rights = head.cmsg_level == SOL_SOCKET && head.cmsg_type == SCM_RIGHTS;
    for (size_t at = start; rights && at + sizeof(int) <= here;
         at += sizeof(int)) {
      int descriptor;
      memcpy(&descriptor, control + at, sizeof descriptor);
      if (count++ == 0) {
        *kept = descriptor;
      } else {
        close(descriptor);
      }
    }
    size_t step = CMSG_SPACE(length - start);
    if (step >= n) {
      break;
    }
    control += step;
    n -= step;
  }
  return count;
}

ptrdiff_t skt__sys_receive_with(int channel, void *bytes, size_t n, int *out,
                                int *wrong) {
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(MOST_DESCRIPTORS * sizeof(int))];
  } control;
  struct iovec v = {bytes, n};
  struct msghdr m = {.msg_iov = &v,
                     .msg_iovlen = 1,
                     .msg_control = &control,
                     .msg_controllen = sizeof control.room};
  int kept = SKT__NO_HANDLE;
  *out = SKT__NO_HANDLE;
  ptrdiff_t rc = recvmsg(channel, &m, MSG_CMSG_CLOEXEC);
  if (rc < 0) {
    return skt__fail_in(SKT__IN_READ);
  }
  size_t count =
      sort_descriptors(control.room, (size_t)m.msg_controllen, &kept);
  bool cut = (m.msg_flags & MSG_CTRUNC) != 0;
  bool unset =
      MSG_CMSG_CLOEXEC == 0 && count == 1 && set_close_on_exec(kept) < 0;
  if (count > 1 || cut || unset) {
    if (count > 0) {
      close(kept);
    }
    *wrong = cut ? SKT_EMFILE : SKT_EPROTO;
  } else {
    *out = kept;
  }
  return rc;
}

uint32_t skt__sys_process(void) { return (uint32_t)getpid(); }

/* Handles go with the bytes. */
int skt__sys_make_ticket(int s, uint32_t process, void *ticket) {
  (void)s, (void)process, (void)ticket;
  return SKT_EOPNOTSUPP;
}

int skt__sys_take_ticket(const void *ticket, int *out) {
  (void)ticket, (void)out;
  return SKT_EOPNOTSUPP;
}
