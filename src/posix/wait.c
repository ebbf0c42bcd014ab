/* SPDX-License-Identifier: MIT */
/* Waiting for some sockets. The twin is win32/wait.c. */
#include "../sys.h"

#include <errno.h>
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

/* Sets for select, one after the other, each of FD_SETSIZE descriptors. The two
 * arrays take 16 KiB, and are not on the stack of usual waits. */
enum { SETS = 64 };
typedef struct fd_sets {
  fd_set reads[SETS], writes[SETS];
} fd_sets;

/* Returns the highest descriptor and one, or SKT_ENOBUFS if it is too high. */
static int fill_sets(fd_sets *sets, const struct pollfd *p, size_t count) {
  int end = 0;
  memset(sets, 0, sizeof *sets);
  for (size_t i = 0; i < count; ++i) {
    unsigned fd = (unsigned)p[i].fd;
    if (fd / FD_SETSIZE >= SETS) {
      return SKT_ENOBUFS;
    }
    if ((p[i].events & POLLIN) != 0) {
      FD_SET(fd % FD_SETSIZE, &sets->reads[fd / FD_SETSIZE]);
    }
    if ((p[i].events & POLLOUT) != 0) {
      FD_SET(fd % FD_SETSIZE, &sets->writes[fd / FD_SETSIZE]);
    }
    end = p[i].fd < end ? end : p[i].fd + 1;
  }
  return end;
}

static short found_in(const fd_sets *sets, const struct pollfd *p) {
  unsigned set = (unsigned)p->fd / FD_SETSIZE;
  unsigned at = (unsigned)p->fd % FD_SETSIZE;
  int events = FD_ISSET(at, &sets->reads[set]) ? POLLIN : 0;
  events |= FD_ISSET(at, &sets->writes[set]) ? POLLOUT : 0;
  return (short)(events & p->events);
}

/* poll by select. An error makes a socket ready for what was asked for. */
static SKT__COLD int poll_by_select(struct pollfd *p, size_t count,
                                    int timeout_ms) {
  fd_sets sets;
  struct timespec limit = {.tv_sec = timeout_ms / 1000,
                           .tv_nsec = timeout_ms % 1000 * 1000000L};
  int end = fill_sets(&sets, p, count);
  if (end < 0) {
    return end;
  }
  /* pselect adds half as much to a static program as glibc's select. */
  int rc = pselect(end, sets.reads, sets.writes, NULL,
                   timeout_ms < 0 ? NULL : &limit, NULL);
  if (rc < 0) {
    return skt__fail_in(SKT__IN_WAIT);
  }
  int ready = 0;
  for (size_t i = 0; i < count; ++i) {
    p[i].revents = rc > 0 ? found_in(&sets, &p[i]) : (short)0;
    ready += p[i].revents != 0;
  }
  return ready;
}

/* poll refuses more entries than the process may have descriptors, although a
 * socket can stand in many, and the limit can be below what is open: sandboxes
 * set it to 0 (poll(2), Linux, RLIMIT_NOFILE; setrlimit(2)). select knows no
 * such limit. */
int skt__poll(struct pollfd *p, size_t count, int timeout_ms) {
  int rc = poll(p, (nfds_t)count, timeout_ms);
  if (rc >= 0) {
    return rc;
  }
  return errno == EINVAL ? poll_by_select(p, count, timeout_ms)
                         : skt__fail_in(SKT__IN_WAIT);
}

int skt__sys_wait(skt__wait_item *items, size_t count, void *room,
                  int timeout_ms) {
  struct pollfd *p = room;
  for (size_t i = 0; i < count; ++i) {
    p[i] = (struct pollfd){.fd = items[i].handle,
                           .events = events_for(items[i].wanted)};
  }
  int rc = skt__poll(p, count, timeout_ms);
  for (size_t i = 0; i < count && rc > 0; ++i) {
    if ((p[i].revents & POLLNVAL) != 0) {
      return SKT_ENOTSOCK;
    }
    items[i].got = reported(p[i].revents);
  }
  return rc;
}
