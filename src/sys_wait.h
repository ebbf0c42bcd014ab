/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_WAIT_H
#define SKT_SYS_WAIT_H

/*
 * The seam, continued: waiting for one socket, for several, for many. The rules
 * of sys.h, which includes this, hold here too.
 */

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
SKT__OWN int skt__sys_poll(skt_polled *entries, size_t count,
                           skt__os_handle waker, void *room, int timeout_ms);
enum { SKT__FAILED = 0x10 };

/* What can be waited for, and what makes it readable when written: two handles,
 * or one twice. Both are closed as sockets are. Several calls of the system. */
SKT__OWN int skt__sys_waker_create(skt__os_handle *waits,
                                   skt__os_handle *wakes);

/* Make it readable. Never waits; one that is readable already stays so. */
SKT__OWN int skt__sys_waker_write(skt__os_handle wakes);

/* Make it unreadable. Called when it was readable. */
SKT__OWN void skt__sys_waker_drain(skt__os_handle waits);

/* Fill the members handle and wakes of a new poller, which is woken from the
 * start by skt__sys_poller_wake; and give up what they stand for. */
SKT__OWN int skt__sys_poller_create(skt_poller *p);
SKT__OWN void skt__sys_poller_destroy(skt_poller *p);

/* Watch a socket, watch it for something else, watch it no longer. One that is
 * watched already answers SKT_EEXIST, one that is not SKT_ENOENT.
 *   events  SKT_READ, SKT_WRITE, SKT_BOTH or 0, or'ed with SKT_ONESHOT
 * Any thread may call them at any time; a thread that waits is told by then. A
 * socket that is watched for nothing wakes nobody, whatever befalls it. */
SKT__OWN int skt__sys_poller_add(skt_poller *p, skt__os_handle s, int events,
                                 void *user);
SKT__OWN int skt__sys_poller_modify(skt_poller *p, skt__os_handle s, int events,
                                    void *user);
SKT__OWN int skt__sys_poller_remove(skt_poller *p, skt__os_handle s);

/* Wait. It may return early, with SKT__EINTR, or with 0 if nothing is there of
 * which it could tell. An error is told as
 * SKT_BOTH. A wake is an event of its own; p->pending is cleared by SKT__TAKE
 * when it is told.
 *   capacity  1 to SKT__EVENTS_MAX */
SKT__OWN int skt__sys_poller_wait(skt_poller *p, skt_event *events,
                                  size_t capacity, int timeout_ms);
enum { SKT__EVENTS_MAX = 1 << 20 };

/* Called when p->pending has become 1. */
SKT__OWN int skt__sys_poller_wake(skt_poller *p);

/* A socket is about to be closed: no poller of this process is to watch it any
 * more. Called if SKT__CLOSE_IS_TOLD. */
SKT__OWN void skt__sys_closing(skt__os_handle s);

#endif
