/* SPDX-License-Identifier: MIT */
/* Waiting for sockets: for one, or for several. */
#include "retry.h"

#include <stdlib.h>

int skt__check_wait(const skt *s) {
  int state = skt__state(s);
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  bool has_begun = state != SKT__FRESH && state != SKT_BOUND;
  return has_begun || skt__connectionless(s) ? 0 : SKT_ENOTCONN;
}

/* What a wait takes: the entries that can become ready are its items, in order,
 * and the waker is the last. The others have their code in `ready` already. */
typedef struct wait_request {
  skt_polled *entries;
  size_t count;
  skt__wait_item *items; /* with room for count + 1 */
  void *room;            /* for the backend */
  skt_waker *waker;      /* or NULL */
} wait_request;

static bool is_asked(const skt_polled *e) {
  return e->s != NULL && e->events != 0 && e->ready == 0;
}

/* The failure of a connect is reported as an event of its own. */
static skt__wait_item item_for(const skt *s, int events) {
  int failure = skt__connecting(s) ? SKT__FAILED : 0;
  return (skt__wait_item){skt__handle(s), events | failure, 0};
}

/* Returns how many items there are. */
static size_t fill_items(const wait_request *r) {
  size_t n = 0;
  for (size_t i = 0; i < r->count; ++i) {
    const skt_polled *e = &r->entries[i];
    if (is_asked(e)) {
      r->items[n++] = item_for(e->s, e->events);
    }
  }
  if (r->waker != NULL) {
    r->items[n++] =
        (skt__wait_item){(skt__os_handle)r->waker->waits, SKT_READ, 0};
  }
  return n;
}

static bool is_any(const wait_request *r, bool (*is)(const skt_polled *)) {
  size_t i = 0;
  while (i < r->count && !(is_asked(&r->entries[i]) && is(&r->entries[i]))) {
    ++i;
  }
  return i < r->count;
}

static bool is_cancelled(const skt_polled *e) { return skt__cancelled(e->s); }

/* Where skt_cancel cannot end the system's wait, a part of a wait that is short
 * enough for the cancel to be noticed. */
static int slice_ms(int left_ms) {
  int most = skt__system.cancel_poll_ms;
  return most < 0 || (left_ms >= 0 && left_ms < most) ? left_ms : most;
}

/* Returns how many items are ready, 0 when the time is over, or a code. */
static int wait_for_items(const wait_request *r, size_t n, skt__timer timer) {
  int rc;
  do {
    int slice = slice_ms(timer.left_ms);
    rc = skt__sys_wait(r->items, n, r->room, slice);
    if (rc == SKT_ENOBUFS) {
      rc = skt__sys_wait_unlimited(r->items, n, r->room, slice);
    }
    if (is_any(r, is_cancelled)) {
      return rc > 0 ? rc : 0;
    }
  } while (rc <= 0 && skt__timer_goes_on(&timer, &rc));
  return rc;
}

/* Words for `count` sockets and a waker: their items, and the system's form. */
enum { SLOT = sizeof(uintptr_t), FEW = 64 };
#define SLOTS(bytes, count) (((bytes) * ((count) + 1) + SLOT - 1) / SLOT)
#define ITEM_SLOTS(count) SLOTS(sizeof(skt__wait_item), count)
#define ROOM_SLOTS(count) SLOTS(SKT__WAIT_ROOM, count)
_Static_assert(SKT__WAIT_ROOM + sizeof(skt__wait_item) <=
                   4 * sizeof(skt_polled),
               "entries that fit into memory have slots that can be counted");

int skt__wait(const skt *s, int events, int64_t deadline_us) {
  uintptr_t room[ROOM_SLOTS(1)];
  skt__wait_item item = item_for(s, events);
  skt__timer timer = skt__timer_until(deadline_us);
  int rc;
  do {
    rc = skt__sys_wait(&item, 1, room, slice_ms(timer.left_ms));
    if (skt__cancelled(s)) {
      return SKT_ECANCELED;
    }
  } while (rc <= 0 && skt__timer_goes_on(&timer, &rc));
  return rc > 0 ? item.got : rc;
}

int skt__wait_unlimited(skt *s, int events, int64_t deadline_us) {
  uintptr_t room[ROOM_SLOTS(1)];
  skt__wait_item items[2];
  int rc = skt__wait(s, events, deadline_us);
  if (rc != SKT_ENOBUFS) {
    return rc;
  }
  skt_polled e = {s, events, 0};
  wait_request r = {&e, 1, items, room, NULL};
  rc = wait_for_items(&r, fill_items(&r), skt__timer_until(deadline_us));
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  return rc > 0 ? items[0].got : rc;
}

void skt__pause(void) {
  uintptr_t room[ROOM_SLOTS(0)];
  (void)skt__sys_wait(NULL, 0, room, 1);
}

/* The directions in which a call would not even ask the system: shut down here,
 * or broken before. The system may know nothing of it. */
static int ended(const skt *s) {
  int reading = SKT__LOAD(&s->reading), writing = SKT__LOAD(&s->writing);
  bool no_read = reading < 0 || reading == SKT__SHUT || reading == SKT__ENDED;
  bool no_write = writing < 0 || writing == SKT__SHUT;
  return (no_read ? SKT_READ : 0) | (no_write ? SKT_WRITE : 0);
}

static bool has_ended(const skt_polled *e) {
  return (ended(e->s) & e->events) != 0;
}

/* An error makes ready whatever was asked for. */
static int ready_events(const skt_polled *e, int got) {
  if (skt__cancelled(e->s)) {
    return SKT_ECANCELED;
  }
  return (got & SKT__FAILED) != 0 ? e->events : (got | ended(e->s)) & e->events;
}

/* Write the events into the entries. Returns how many are ready.
 *   any  whether an item is ready */
static int take_items(const wait_request *r, bool any) {
  const skt__wait_item *item = r->items;
  int ready = 0;
  for (size_t i = 0; i < r->count; ++i) {
    skt_polled *e = &r->entries[i];
    if (is_asked(e)) {
      e->ready = ready_events(e, any ? item->got : 0);
      ++item;
    }
    ready += e->ready != 0;
  }
  return ready;
}

/* Other code has closed a socket: the system refuses them all, and which it was
 * is asked of each. Returns whether it was an entry's. */
static SKT__COLD bool find_closed(const wait_request *r) {
  skt_addr local;
  bool found = false;
  for (size_t i = 0; i < r->count; ++i) {
    skt_polled *e = &r->entries[i];
    if (is_asked(e) &&
        skt__sys_local(skt__handle(e->s), &local) == SKT_ENOTSOCK) {
      e->ready = SKT_ENOTSOCK;
      found = true;
    }
  }
  return found;
}

/* Returns how many entries are ready; *woken says whether the waker was. */
static int wait_for_entries(const wait_request *r, int timeout_ms,
                            bool *woken) {
  size_t n = fill_items(r);
  skt__timer timer = skt__timer_start(is_any(r, has_ended) ? 0 : timeout_ms);
  int rc = wait_for_items(r, n, timer);
  while (rc == SKT_ENOTSOCK && find_closed(r)) {
    n = fill_items(r);
    rc = wait_for_items(r, n, skt__timer_start(0));
  }
  *woken = rc > 0 && r->waker != NULL && r->items[n - 1].got != 0;
  return rc < 0 ? rc : take_items(r, rc > 0);
}

static bool take_wake(skt_waker *w) {
  skt__sys_waker_drain((skt__os_handle)w->waits);
  skt__wake_taken(&w->pending);
  return true;
}

static int check_one(const skt *s, int events, int timeout_ms,
                     const skt_waker *waker) {
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
  return skt__check_wait(s);
}

int skt_wait(skt *s, int events, int timeout_ms, skt_waker *waker) {
  uintptr_t room[ROOM_SLOTS(1)];
  skt__wait_item items[2];
  bool woken;
  int rc = check_one(s, events, timeout_ms, waker);
  if (rc < 0) {
    return rc;
  }
  skt_polled e = {s, events, 0};
  wait_request r = {&e, 1, items, room, waker};
  rc = wait_for_entries(&r, timeout_ms, &woken);
  if (rc < 0 || e.ready < 0) {
    return rc < 0 ? rc : e.ready;
  }
  return e.ready | (woken && take_wake(waker) ? SKT_WOKEN : 0);
}

static int check_entry(const skt_polled *e) {
  int rc = e->s == NULL ? 0 : skt__check(e->s);
  if (rc < 0 || e->s == NULL) {
    return rc;
  }
  if (e->events < 0 || e->events > SKT_BOTH) {
    return SKT_EINVAL;
  }
  return e->events == 0 ? 0 : skt__check_wait(e->s);
}

/* Give each entry that cannot become ready its code. Returns whether there is
 * one; *live says whether another can end the wait. */
static bool check_entries(skt_polled *entries, size_t count, bool *live) {
  bool bad = false;
  *live = false;
  for (size_t i = 0; i < count; ++i) {
    entries[i].ready = check_entry(&entries[i]);
    bad = bad || entries[i].ready < 0;
    *live = *live || is_asked(&entries[i]);
  }
  return bad;
}

static int check_poll(skt_polled *entries, size_t count, int *timeout_ms,
                      const skt_waker *waker) {
  bool live;
  if (entries == NULL && count > 0) {
    return SKT_EFAULT;
  }
  bool bad = check_entries(entries, count, &live);
  if (waker != NULL && skt__check_waker(waker) < 0) {
    return SKT_EBADF;
  }
  if (*timeout_ms < -1) {
    return SKT_EINVAL;
  }
  if (bad) {
    *timeout_ms = 0;
  }
  return *timeout_ms == -1 && !live && waker == NULL ? SKT_EINVAL : 0;
}

int skt_poll(skt_polled *entries, size_t count, int timeout_ms,
             skt_waker *waker) {
  uintptr_t few[ITEM_SLOTS(FEW) + ROOM_SLOTS(FEW)], *slots = few;
  bool woken;
  int rc = check_poll(entries, count, &timeout_ms, waker);
  if (rc < 0) {
    return rc;
  }
  if (count > FEW) {
    slots = malloc((ITEM_SLOTS(count) + ROOM_SLOTS(count)) * SLOT);
  }
  if (slots == NULL) {
    return SKT_ENOMEM;
  }
  wait_request r = {entries, count, (void *)slots, slots + ITEM_SLOTS(count),
                    waker};
  rc = wait_for_entries(&r, timeout_ms, &woken);
  if (slots != few) {
    free(slots);
  }
  return rc < 0 ? rc : rc + (woken && take_wake(waker));
}
