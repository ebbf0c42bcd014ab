/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_WAKER_H
#define SKT_SYS_WAKER_H

/* The seam: wakers. Included by sys.h, whose rules hold. */

/* What can be waited for, and what makes it readable when written: two handles,
 * or one twice. Both are closed as sockets are. Several calls of the system. */
int skt__sys_waker_create(skt__os_handle *waits, skt__os_handle *wakes);

/* Make it readable. Never waits; one that is readable already stays so. */
int skt__sys_waker_write(skt__os_handle wakes);

/* Make it unreadable. Called when it was readable. */
void skt__sys_waker_drain(skt__os_handle waits);

#endif
