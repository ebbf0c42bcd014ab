/* SPDX-License-Identifier: MIT */
/* A second handle of a socket; and whether children inherit it. */
#include "internal.h"

int skt_duplicate(const skt *s, skt *copy) {
  skt__os_handle handle = SKT__NO_HANDLE;
  if (copy == NULL) {
    return SKT_EFAULT;
  }
  int rc = s == copy ? SKT_EINVAL : skt__check(s);
  if (rc == SKT_EINVAL) {
    return rc;
  }
  *copy = (skt){.kind = 0};
  if (rc < 0) {
    return rc;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (skt__connecting(s)) {
    return SKT_EALREADY;
  }
  SKT__UNINTERRUPTED(rc, skt__sys_duplicate(skt__handle(s), &handle));
  if (rc < 0) {
    return rc;
  }
  *copy = *s;
  copy->handle = (uintptr_t)handle;
  copy->calls =
      (uint16_t)(SKT__LOAD(&s->calls) & ~(SKT__CALLS | (int)SKT__CANCELLED));
  if (!skt__system.handles_share_mode) {
    rc = skt__sys_set_blocking(handle,
                               skt__is_blocking(s) && !skt__enforces_limits(s));
  }
  if (rc < 0) {
    skt_close(copy);
  }
  return rc;
}

int skt_inherit(skt *s, bool inherited) {
  int rc = skt__check(s);
  return rc < 0 ? rc : skt__sys_inherit(skt__handle(s), inherited);
}
