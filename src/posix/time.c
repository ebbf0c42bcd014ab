/* SPDX-License-Identifier: MIT */
/* Waiting and the clock. The twin is win32/time.c. */
#include "../sys.h"

#include <poll.h>
#include <time.h>

_Static_assert(sizeof(struct pollfd) <= SKT__POLL_ROOM, "see os.h");

/* poll passes over a descriptor of -1, and tells the end of connecting as
 * POLLOUT. One that is asked about nothing would still tell of its errors. */
static void ask(struct pollfd *p, const skt_polled *e) {
  bool off = e->s == NULL || e->events == 0;
  *p = (struct pollfd){.fd = off ? -1 : (int)e->s->handle};
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
  for (size_t i = 0; i < count; ++i) {
    ask(&p[i], &entries[i]);
  }
  p[count] = (struct pollfd){.fd = waker, .events = POLLIN};
  int rc = poll(p, (nfds_t)count + 1, timeout_ms);
  for (size_t i = 0; i < count; ++i) {
    if (rc > 0 && (p[i].revents & POLLNVAL) != 0) {
      return SKT_ENOTSOCK;
    }
    entries[i].ready = rc > 0 ? answer(&p[i]) : 0;
  }
  return rc < 0 ? skt__fail_in(SKT__IN_WAIT) : rc;
}

int64_t skt__sys_now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
