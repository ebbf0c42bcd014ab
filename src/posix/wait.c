/* SPDX-License-Identifier: MIT */
/* Waiting for some sockets. The twin is win32/wait.c. */
#include "../sys.h"

#include <poll.h>
#include <string.h>
#include <sys/select.h>

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

/* As long an array of sets as select needs for descriptors under 65,536. Two of
 * them take 16 KiB, and are not on the stack of usual waits. */
enum { SETS = 64 };

/* select knows no limit of descriptors. An error makes a socket ready for what
 * was asked for. */
static SKT__COLD int poll_by_select(struct pollfd *p, size_t count,
                                    int timeout_ms) {
  static const short events[2] = {POLLIN, POLLOUT};
  fd_set sets[2][SETS];
  struct timeval limit = {.tv_sec = timeout_ms / 1000,
                          .tv_usec = timeout_ms % 1000 * 1000};
  memset(sets, 0, sizeof sets);
  for (size_t i = 0; i < 2 * count; ++i) {
    unsigned fd = (unsigned)p[i / 2].fd;
    if (fd >= SETS * FD_SETSIZE) {
      return SKT_ENOBUFS;
    }
    if ((p[i / 2].events & events[i % 2]) != 0) {
      FD_SET(fd % FD_SETSIZE, &sets[i % 2][fd / FD_SETSIZE]);
    }
    p[i / 2].revents = 0;
  }
  int rc = select(SETS * FD_SETSIZE, sets[0], sets[1], NULL,
                  timeout_ms < 0 ? NULL : &limit);
  for (size_t i = 0; i < 2 * count && rc > 0; ++i) {
    unsigned fd = (unsigned)p[i / 2].fd;
    if (FD_ISSET(fd % FD_SETSIZE, &sets[i % 2][fd / FD_SETSIZE])) {
      p[i / 2].revents |= (short)(p[i / 2].events & events[i % 2]);
    }
  }
  return rc < 0 ? skt__fail_in(SKT__IN_WAIT) : rc;
}

int skt__poll(struct pollfd *p, size_t count, int timeout_ms) {
  int rc = poll(p, (nfds_t)count, timeout_ms);
  rc = rc < 0 ? skt__fail_in(SKT__IN_WAIT) : rc;
  return rc == SKT_ENOBUFS ? poll_by_select(p, count, timeout_ms) : rc;
}

/* skt__sys_wait has filled the room. */
int skt__sys_wait_unlimited(skt__wait_item *items, size_t count, void *room,
                            int timeout_ms) {
  struct pollfd *p = room;
  int rc = skt__poll(p, count, timeout_ms);
  for (size_t i = 0; i < count && rc > 0; ++i) {
    items[i].got = reported(p[i].revents);
  }
  return rc;
}
