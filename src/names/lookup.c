/* SPDX-License-Identifier: MIT */
/* Look-ups in bounded time. No system can end one, so that a thread makes it,
 * which the call abandons when the time is over. Nothing ever waits for such a
 * thread. */
#include "names.h"

/* The number of abandoned look-ups, which a child process does not inherit. */
enum { ABANDONED_MAX = 64 };
static struct { uint32_t process, count; } abandoned;

static void change_count(int by) {
  uint32_t old;
  do {
    old = SKT__FLAG(&abandoned.count);
  } while (!SKT__SWAP(&abandoned.count, old, old + (uint32_t)by));
}

static bool are_too_many(void) {
  uint32_t here = skt__sys_process(), old = SKT__FLAG(&abandoned.process);
  if (old != here && SKT__SWAP(&abandoned.process, old, here)) {
    while (!SKT__SWAP(&abandoned.count, SKT__FLAG(&abandoned.count), 0)) {
    }
  }
  return SKT__FLAG(&abandoned.count) >= ABANDONED_MAX;
}

/* Returns who owned the block. The last to leave frees it: after its own
 * change no owner looks into the block again. */
static uint32_t leave(skt__helper *h, uint32_t who, uint32_t mark) {
  uint32_t old;
  do {
    old = SKT__FLAG(&h->owners);
  } while (!SKT__SWAP(&h->owners, old, (old & ~who) | mark));
  if ((old & (SKT__CALLER | SKT__THREAD)) == who) {
    skt__sys_lookup_free(&h->lookup);
    skt__sys_helper_free(h);
  }
  return old;
}

void skt__helper_leave(skt__helper *h) {
  if ((leave(h, SKT__THREAD, 0) & SKT__ABANDONED) != 0) {
    change_count(-1);
  }
}

/* The thread may have left meanwhile, and then counts nothing. */
static void abandon(skt__helper *h) {
  skt__sys_helper_give_up(h);
  change_count(1);
  if ((leave(h, SKT__CALLER, SKT__ABANDONED) & SKT__THREAD) == 0) {
    change_count(-1);
  }
}

/* Returns 0 when the look-up is done, or why the call ends without it. */
static int wait_for(skt__helper *h, skt__timer timer, skt_waker *waker) {
  skt__os_handle wakes =
      waker != NULL ? (skt__os_handle)waker->waits : SKT__NO_HANDLE;
  int rc;
  do {
    rc = skt__sys_helper_wait(h, wakes, timer.left_ms);
  } while (rc <= 0 && skt__timer_goes_on(&timer, &rc));
  if (rc <= 0) {
    return rc < 0 ? rc : SKT_ETIMEDOUT;
  }
  if ((rc & SKT__DONE) != 0) {
    return 0;
  }
  skt__sys_waker_drain(wakes);
  skt__wake_taken(&waker->pending);
  return SKT_ECANCELED;
}

static int look_up_in_thread(skt__lookup *l, skt__timer timer,
                             skt_waker *waker) {
  skt__helper *h;
  if (are_too_many()) {
    return SKT_EUSERS;
  }
  int rc = skt__sys_helper_start(&h, l, waker != NULL);
  if (rc < 0) {
    return rc;
  }
  rc = wait_for(h, timer, waker);
  if (rc < 0) {
    abandon(h);
    return rc;
  }
  *l = h->lookup;
  h->lookup.list = NULL;
  leave(h, SKT__CALLER, 0);
  return 0;
}

int skt__look_up(skt__lookup *l, int64_t deadline_us, skt_waker *waker) {
  skt__timer timer = skt__timer_until(deadline_us);
  int rc = skt__sys_start();
  if (rc == 0 && timer.left_ms == 0) {
    rc = SKT_ETIMEDOUT;
  }
  if (rc < 0) {
    return rc;
  }
  if (timer.left_ms > 0 || waker != NULL) {
    rc = look_up_in_thread(l, timer, waker);
  } else {
    skt__sys_lookup(l);
  }
  if (rc == 0 && l->rc < 0) {
    skt__sys_keep_native(l->native);
    rc = l->rc;
  }
  return rc;
}
