/* SPDX-License-Identifier: MIT */
/* Waiting for some sockets. The twin is win32/wait.c. */
#include "../sys.h"

#include <poll.h>

_Static_assert(sizeof(struct pollfd) <= SKT__POLL_ROOM, "see os.h");

/* poll would tell errors of a socket that is asked about nothing, and refuses
 * more entries than this process may have descriptors (POSIX poll, EINVAL), so
 * those that mean nothing are left out. */
static bool is_asked(const skt_polled *e) {
  return e->s != NULL && e->events != 0;
}

/* The end of connecting is told as POLLOUT. */
static void ask(struct pollfd *p, const skt_polled *e) {
  *p = (struct pollfd){.fd = (int)e->s->handle};
  p->events |= (e->events & SKT_READ) != 0 ? POLLIN : 0;
  p->events |= (e->events & SKT_WRITE) != 0 ? POLLOUT : 0;
}

static int answer(const struct pollfd *p) {
  return ((p->revents & POLLIN) != 0 ? SKT_READ : 0) |
         ((p->revents & POLLOUT) != 0 ? SKT_WRITE : 0) |
         ((p->revents & (POLLERR | POLLHUP)) != 0 ? SKT__FAILED : 0);
}

int skt__sys_poll(skt_polled *entries, size_t count, int waker, void *room,
                  int timeout_ms) {
  struct pollfd *p = room;
  nfds_t asked = 0;
  for (size_t i = 0; i < count; ++i) {
    if (is_asked(&entries[i])) {
      ask(&p[asked++], &entries[i]);
    }
  }
  p[asked] = (struct pollfd){.fd = waker, .events = POLLIN}; /* or -1 */
  int rc = poll(p, asked + 1, timeout_ms);
  for (size_t i = 0; i < count; ++i) {
    bool told = rc > 0 && is_asked(&entries[i]);
    entries[i].ready = told ? answer(p) : 0;
    if (told && (p++->revents & POLLNVAL) != 0) {
      return SKT_ENOTSOCK;
    }
  }
  return rc < 0 ? skt__fail_in(SKT__IN_WAIT) : rc;
}
