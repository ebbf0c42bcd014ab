/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_WAKER_H
#define SKT_SYS_WAKER_H

/* The seam: wakers. Included by sys.h, with the rules of sys_poller.h. */

/* Create two handles, or one that is both ends: a write to write_end makes
 * read_end readable. The caller closes them as sockets. Several calls. */
int skt__sys_waker_create(skt__os_handle *read_end, skt__os_handle *write_end);

/* Make read_end readable; no error if it is. Never blocks. One call. Returns
 * SKT_EAGAIN if the system refuses for the moment: mostly because read_end is
 * readable, but it need not be. */
int skt__sys_waker_write(skt__os_handle write_end);

/* Make read_end unreadable. Called when it is readable. One or two calls after
 * one write. */
void skt__sys_waker_drain(skt__os_handle read_end);

#endif
