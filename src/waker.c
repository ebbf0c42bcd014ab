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

/* `pending` is set while a wake is written but not drained. A thread that finds
 * it set need not write: the wait that drains clears `pending` afterwards. */
int skt_wake(skt_waker *w) {
  int rc = skt__check_waker(w);
  if (rc < 0 || !SKT__CLAIM(&w->pending)) {
    return rc;
  }
  SKT__UNINTERRUPTED(rc, skt__sys_waker_write((skt__os_handle)w->wakes));
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
