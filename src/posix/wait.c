/* SPDX-License-Identifier: MIT */
/* Waiting for some sockets. The twin is win32/wait.c. */
#include "../sys.h"

#include <poll.h>

_Static_assert(sizeof(struct pollfd) <= SKT__WAIT_ROOM, "see os.h");

static short events_for(int wanted) {
  int events = (wanted & SKT_READ) != 0 ? POLLIN : 0;
  events |= (wanted & SKT_WRITE) != 0 ? POLLOUT : 0; /* and that it connected */
  return (short)events;
}

static int reported(int revents) {
  int got = (revents & POLLIN) != 0 ? SKT_READ : 0;
  got |= (revents & POLLOUT) != 0 ? SKT_WRITE : 0;
  got |= (revents & (POLLERR | POLLHUP)) != 0 ? SKT__FAILED : 0;
  return got;
}

int skt__sys_wait(skt__wait_item *items, size_t count, void *room,
                  int timeout_ms) {
  struct pollfd *p = room;
  for (size_t i = 0; i < count; ++i) {
    p[i] = (struct pollfd){.fd = items[i].handle,
                           .events = events_for(items[i].wanted)};
  }
  int rc = poll(p, (nfds_t)count, timeout_ms);
  if (rc < 0) {
    return skt__fail_in(SKT__IN_WAIT);
  }
  for (size_t i = 0; i < count && rc > 0; ++i) {
    if ((p[i].revents & POLLNVAL) != 0) {
      return SKT_ENOTSOCK;
    }
    items[i].got = reported(p[i].revents);
  }
  return rc;
}
