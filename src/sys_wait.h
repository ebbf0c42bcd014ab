/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_WAIT_H
#define SKT_SYS_WAIT_H

/* The seam: waiting for some sockets. Included by sys.h, whose rules hold. */

/* Wait until one of several sockets is ready or the time is over. It may return
 * early, with SKT__EINTR or with 0. Entries without a socket or events are
 * passed over; there may be none at all.
 *   ready       on entry SKT__FAILED for a socket that is connecting, whose
 *               failure is to be told, else 0; then those of the events that
 *               are there, or'ed with SKT__FAILED if the system says that the
 *               socket has an error; or 0
 *   waker       what skt__sys_waker_create made to be waited for, or
 *               SKT__NO_HANDLE
 *   room        SKT__POLL_ROOM * (count + 1) bytes for the system's form,
 *               aligned for any type
 *   timeout_ms  -1 for ever
 * Returns how many are ready, the waker being one; or 0. */
int skt__sys_poll(skt_polled *entries, size_t count, skt__os_handle waker,
                  void *room, int timeout_ms);
enum { SKT__FAILED = 0x10 };

#endif
