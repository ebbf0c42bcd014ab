/* SPDX-License-Identifier: MIT */
/* Waiting for sockets: for one, or for several. */
#include "retry.h"

#include <stdlib.h>

int skt__check_wait(const skt *s) {
  int state = skt__state(s);
  return skt__cancelled(s) ? SKT_ECANCELED
         : state == SKT_LISTENING || state == SKT_CONNECTED ||
                 skt__connecting(s) || skt__connectionless(s)
             ? 0
             : SKT_ENOTCONN;
}

/* The next part of a wait: all of it, or where skt_cancel cannot end the
 * system's wait, so much that it is noticed. */
static int slice_ms(int left_ms) {
  return SKT__SLICE_MS < 0 || (left_ms >= 0 && left_ms < SKT__SLICE_MS)
             ? left_ms
             : SKT__SLICE_MS;
}

static void prepare_entries(skt_polled *entries, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const skt *s = entries[i].s;
    entries[i].ready = s != NULL && skt__connecting(s) ? SKT__FAILED : 0;
  }
}

static bool is_any_cancelled(const skt_polled *entries, size_t count) {
  size_t i = 0;
  while (i < count && (entries[i].s == NULL || entries[i].events == 0 ||
                       !skt__cancelled(entries[i].s))) {
    ++i;
  }
  return i < count;
}

/* skt__sys_poll until a deadline, whatever interrupts it. Looks at least once.
 */
static int poll_until(skt_polled *entries, size_t count, skt__os_handle waker,
                      void *room, int64_t deadline_us) {
  for (bool looked = false;;) {
    int left_ms = skt__remaining_ms(deadline_us);
    if (left_ms == 0 && looked) {
      return 0;
    }
    prepare_entries(entries, count);
    int rc = skt__sys_poll(entries, count, waker, room, slice_ms(left_ms));
    if (is_any_cancelled(entries, count)) {
      return SKT_ECANCELED;
    }
    if (rc != 0 && rc != SKT__EINTR) {
      return rc;
    }
    looked = rc == 0 || left_ms > 0;
  }
}

/* Room for the system's form of so many sockets and a waker. */
enum { CELL = sizeof(uintptr_t), FEW = 64 };
#define CELLS(count) ((SKT__POLL_ROOM * ((count) + 1) + CELL - 1) / CELL)
_Static_assert(SKT__POLL_ROOM <= 2 * sizeof(skt_polled),
               "entries that fit into memory have room that can be counted");

int skt__wait(const skt *s, int events, int64_t deadline_us) {
  uintptr_t room[CELLS(1)];
  skt_polled e = {(skt *)s, events, 0}; /* which is only read */
  int rc = poll_until(&e, 1, SKT__NO_HANDLE, room, deadline_us);
  return rc > 0 ? e.ready : rc;
}

/* The directions in which a call would not even ask the system: shut down here,
 * or broken before. The system may know nothing of it. */
static int ended(const skt *s) {
  int reading = SKT__LOAD(&s->reading), writing = SKT__LOAD(&s->writing);
  return (reading < 0 || reading == SKT__SHUT ? SKT_READ : 0) |
         (writing < 0 || writing == SKT__SHUT ? SKT_WRITE : 0);
}

/* What was answered becomes what was asked for; how many entries are ready. */
static int settle_entries(skt_polled *entries, size_t count) {
  int ready = 0;
  for (size_t i = 0; i < count; ++i) {
    skt_polled *e = &entries[i];
    bool failed = (e->ready & SKT__FAILED) != 0;
    int there = e->s == NULL ? 0 : e->ready | ended(e->s);
    e->ready = failed ? e->events : there & e->events;
    ready += e->ready != 0;
  }
  return ready;
}

static int answered(const skt_polled *entries, size_t count) {
  int ready = 0;
  for (size_t i = 0; i < count; ++i) {
    ready += entries[i].ready != 0;
  }
  return ready;
}

/* Returns how many entries are ready; *woken says whether the waker was. */
static int poll_entries(skt_polled *entries, size_t count, skt_waker *waker,
                        void *room, int timeout_ms, bool *woken) {
  bool any_ended = false;
  for (size_t i = 0; i < count && !any_ended; ++i) {
    const skt *s = entries[i].s;
    any_ended = s != NULL && (ended(s) & entries[i].events) != 0;
  }
  skt__os_handle handle =
      waker == NULL ? SKT__NO_HANDLE : (skt__os_handle)waker->waits;
  int rc = poll_until(entries, count, handle, room,
                      skt__deadline(any_ended ? 0 : timeout_ms));
  *woken = rc > answered(entries, count);
  if (*woken) {
    skt__sys_waker_drain(handle);
    (void)SKT__TAKE(&waker->pending);
  }
  return rc < 0 ? rc : settle_entries(entries, count);
}

int skt_wait(skt *s, int events, int timeout_ms, skt_waker *waker) {
  uintptr_t room[CELLS(1)];
  bool woken;
  int rc = skt__check(s);
  if (rc == 0 && waker != NULL) {
    rc = skt__check_waker(waker);
  }
  if (rc < 0) {
    return rc;
  }
  if (events < SKT_READ || events > SKT_BOTH || timeout_ms < -1) {
    return SKT_EINVAL;
  }
  rc = skt__check_wait(s);
  if (rc < 0) {
    return rc;
  }
  skt_polled e = {s, events, 0};
  rc = poll_entries(&e, 1, waker, room, timeout_ms, &woken);
  return rc < 0 ? rc : e.ready | (woken ? SKT_WOKEN : 0);
}

/* In the order of skt.h: no socket anywhere, then bad arguments, then states.
 * *live says whether a socket can end the wait. */
static int check_entries(const skt_polled *entries, size_t count, bool *live) {
  int bad = 0;
  *live = false;
  for (size_t i = 0; i < count; ++i) {
    const skt_polled *e = &entries[i];
    if (e->s == NULL) {
      continue;
    }
    if (skt__check(e->s) < 0) {
      return SKT_EBADF;
    }
    if (e->events < 0 || e->events > SKT_BOTH) {
      bad = SKT_EINVAL;
    } else if (bad == 0 && e->events != 0) {
      bad = skt__check_wait(e->s);
    }
    *live = *live || e->events != 0;
  }
  return bad;
}

static int check_poll(skt_polled *entries, size_t count, int timeout_ms,
                      const skt_waker *waker) {
  bool live;
  if (entries == NULL && count > 0) {
    return SKT_EFAULT;
  }
  for (size_t i = 0; i < count; ++i) {
    entries[i].ready = 0;
  }
  int rc = check_entries(entries, count, &live);
  if (waker != NULL && skt__check_waker(waker) < 0) {
    return SKT_EBADF;
  }
  bool endless = timeout_ms == -1 && !live && waker == NULL;
  return rc == SKT_EBADF ? rc : timeout_ms < -1 || endless ? SKT_EINVAL : rc;
}

int skt_poll(skt_polled *entries, size_t count, int timeout_ms,
             skt_waker *waker) {
  uintptr_t few[CELLS(FEW)];
  bool woken;
  int rc = check_poll(entries, count, timeout_ms, waker);
  if (rc < 0) {
    return rc;
  }
  bool fits = count <= FEW;
  void *room = fits ? few : malloc(CELLS(count) * CELL);
  if (room == NULL) {
    return SKT_ENOMEM;
  }
  rc = poll_entries(entries, count, waker, room, timeout_ms, &woken);
  if (!fits) {
    free(room);
  }
  for (size_t i = 0; rc < 0 && i < count; ++i) {
    entries[i].ready = 0;
  }
  return rc < 0 ? rc : rc + woken;
}
