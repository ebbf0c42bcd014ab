/* SPDX-License-Identifier: MIT */
/* Wakers: a thread ends the wait of another. */
#include "internal.h"

int skt__check_waker(const skt_waker *w) {
  if (w == NULL) {
    return SKT_EFAULT;
  }
  return w->open == 0 ? SKT_EBADF : 0;
}

int skt_waker_create(skt_waker *w) {
  skt__os_handle read_end, write_end;
  if (w == NULL) {
    return SKT_EFAULT;
  }
  *w = (skt_waker){.open = 0};
  int rc = skt__sys_start();
  if (rc == 0) {
    SKT__UNINTERRUPTED(rc, skt__sys_waker_create(&read_end, &write_end));
  }
  if (rc == 0) {
    *w = (skt_waker){
        .waits = (uintptr_t)read_end, .wakes = (uintptr_t)write_end, .open = 1};
  }
  return rc;
}

bool skt__wake_begins(uint32_t *pending, uint32_t *seen) {
  uint32_t old;
  do {
    old = SKT__FLAG(pending);
    *seen = old | SKT__WAKING;
  } while ((old & SKT__WAKE_MADE) == 0 && !SKT__SWAP(pending, old, *seen));
  return (old & SKT__WAKE_MADE) == 0;
}

static bool is_same_number(uint32_t a, uint32_t b) {
  return (a | SKT__WAKES) == (b | SKT__WAKES);
}

/* Begin the next number. */
static bool take(uint32_t *pending, uint32_t old) {
  return SKT__SWAP(pending, old, (old | SKT__WAKES) + 1);
}

/* After a failure a thread that is still waking must not mark this number, for
 * a wait may have taken its wake without seeing a mark. */
int skt__wake_ends(uint32_t *pending, uint32_t seen, int rc) {
  uint32_t old = seen;
  if (rc == 0) {
    (void)SKT__SWAP(pending, seen, seen ^ SKT__WAKES);
    return 0;
  }
  do {
    old = SKT__FLAG(pending);
  } while (is_same_number(old, seen) && !take(pending, old));
  return rc;
}

void skt__wake_taken(uint32_t *pending) {
  while (!take(pending, SKT__FLAG(pending))) {
  }
}

/* Winsock's "would block" may come although no wake lies in the socket (Wine,
 * while other threads use it): then the next call succeeds. Otherwise the
 * socket is readable, and so woken. */
static bool is_woken(const skt_waker *w) {
  skt__wait_item item = {(skt__os_handle)w->waits, SKT_READ, 0};
  uintptr_t room[2 * SKT__WAIT_ROOM / sizeof(uintptr_t)];
  return skt__sys_wait(&item, 1, room, 1) > 0;
}

static int make_wake(const skt_waker *w) {
  int rc, tries = 100;
  do {
    rc = skt__sys_waker_write((skt__os_handle)w->wakes);
    if (rc == SKT_EAGAIN && is_woken(w)) {
      rc = 0;
    }
  } while (rc == SKT__EINTR || (rc == SKT_EAGAIN && --tries > 0));
  return rc == SKT_EAGAIN ? SKT_ENOBUFS : rc;
}

int skt_wake(skt_waker *w) {
  uint32_t seen;
  int rc = skt__check_waker(w);
  if (rc < 0 || !skt__wake_begins(&w->pending, &seen)) {
    return rc;
  }
  return skt__wake_ends(&w->pending, seen, make_wake(w));
}

int skt_waker_destroy(skt_waker *w) {
  int rc = skt__check_waker(w);
  if (rc < 0) {
    return rc;
  }
  skt__sys_close((skt__os_handle)w->waits);
  if (w->wakes != w->waits) {
    skt__sys_close((skt__os_handle)w->wakes);
  }
  *w = (skt_waker){.open = 0};
  return 0;
}
