/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_POLLER_H
#define SKT_SYS_POLLER_H

/* The seam: waiting for many. Included by sys.h, whose rules hold. */

/* Fill the members handle and wakes of a new poller, which is woken from the
 * start by skt__sys_poller_wake; and give up what they stand for. */
int skt__sys_poller_create(skt_poller *p);
void skt__sys_poller_destroy(skt_poller *p);

/* Watch a socket, watch it for something else, watch it no longer. One that is
 * watched already answers SKT_EEXIST, one that is not SKT_ENOENT.
 *   events  SKT_READ, SKT_WRITE, SKT_BOTH or 0, or'ed with SKT_ONESHOT
 * Any thread may call them at any time; a thread that waits is told by then. A
 * socket that is watched for nothing wakes nobody, whatever befalls it. */
int skt__sys_poller_add(skt_poller *p, skt__os_handle s, int events,
                        void *user);
int skt__sys_poller_modify(skt_poller *p, skt__os_handle s, int events,
                           void *user);
int skt__sys_poller_remove(skt_poller *p, skt__os_handle s);

/* Wait. It may return early, with SKT__EINTR, or with 0 if nothing is there of
 * which it could tell. An error is told as
 * SKT_BOTH. A wake is an event of its own; p->pending is cleared by SKT__TAKE
 * when it is told.
 *   capacity  1 to SKT__EVENTS_MAX */
int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms);
enum { SKT__EVENTS_MAX = 1 << 20 };

/* Called when p->pending has become 1. */
int skt__sys_poller_wake(skt_poller *p);

/* A socket is about to be closed: no poller of this process is to watch it any
 * more. Called if skt__system.close_leaves_pollers. */
void skt__sys_poller_closing(skt__os_handle s);

/* skt_cancel has ended a socket: all pollers that watch it report an error. */
void skt__sys_poller_cancelled(skt__os_handle s);

#endif
