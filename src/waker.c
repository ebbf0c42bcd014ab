/* SPDX-License-Identifier: MIT */
/* What ends a wait from another thread. */
#include "internal.h"

int skt__check_waker(const skt_waker *w) {
  return w == NULL ? SKT_EFAULT : w->open == 0 ? SKT_EBADF : 0;
}

int skt_waker_create(skt_waker *w) {
  skt__os_handle waits, wakes;
  if (w == NULL) {
    return SKT_EFAULT;
  }
  *w = (skt_waker){.open = 0};
  int rc = skt__sys_start();
  if (rc == 0) {
    rc = skt__sys_waker_create(&waits, &wakes);
  }
  if (rc == 0) {
    *w = (skt_waker){(uintptr_t)waits, (uintptr_t)wakes, 1, 0};
  }
  return rc;
}

/* What is pending is not written again, and is cleared only when what was
 * written has been read, so that it is there exactly when something pends. */
int skt_wake(skt_waker *w) {
  int rc = skt__check_waker(w);
  if (rc < 0 || !SKT__CLAIM(&w->pending)) {
    return rc;
  }
  do {
    rc = skt__sys_waker_write((skt__os_handle)w->wakes);
  } while (rc == SKT__EINTR);
  if (rc < 0) {
    SKT__RELEASE(&w->pending);
  }
  return rc;
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
