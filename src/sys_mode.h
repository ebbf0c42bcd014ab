/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_MODE_H
#define SKT_SYS_MODE_H

/* The seam: blocking mode and limits. Included by sys.h, whose rules hold. */

int skt__sys_set_blocking(skt__os_handle s, bool blocking);

/* Whether the socket is natively blocking: 1, 0 or a code. Called only if
 * skt__system.keeps_limits. */
int skt__sys_is_blocking(skt__os_handle s);

/* Set the limit of a direction, SKT_READ or SKT_WRITE: 1 or more milliseconds,
 * or -1. If skt__system.keeps_limits, a call whose limit expires then returns
 * SKT_EAGAIN; else the system only stores the number. */
int skt__sys_set_limit(skt__os_handle s, int direction, int limit_ms);
int skt__sys_limit(skt__os_handle s, int direction, int *limit_ms);

#endif
