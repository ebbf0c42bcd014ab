/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_POLLER_H
#define SKT_SYS_POLLER_H

/*
 * The seam: waiting for many sockets. Included by sys.h, whose rules hold but
 * for these: a poller and a waker are objects that remember.
 *
 * - They may allocate memory, keep lists, and hold locks. No lock is held while
 *   a call blocks.
 * - One thread creates or destroys an object, while no other uses it. One
 *   thread at a time waits. Any thread may add, modify, remove and wake at any
 *   time, and close or cancel a socket that is watched.
 * - A wait makes one call that blocks, and a wake one call. What else a backend
 *   needs grows with the changes since the last wait and with the events, never
 *   with the idle sockets (but with all of them over poll). To create, destroy,
 *   add, modify and remove takes a few calls.
 */

/* Fill the members handle and wakes of a new poller, which
 * skt__sys_poller_wake can wake from then on; and free what they stand for. */
int skt__sys_poller_create(skt_poller *p);
void skt__sys_poller_destroy(skt_poller *p);

/* Start to watch a socket, watch it for other events, stop. The first returns
 * SKT_EEXIST for a socket that is watched, the others SKT_ENOENT for one that
 * is not.
 *   events  SKT_READ, SKT_WRITE, SKT_BOTH or 0, or'ed with SKT_ONESHOT
 * A thread that is waiting at that time waits for the changed set. A socket
 * that is watched for 0 wakes no thread, whatever happens to it. */
int skt__sys_poller_add(skt_poller *p, skt__os_handle s, int events,
                        void *user);
int skt__sys_poller_modify(skt_poller *p, skt__os_handle s, int events,
                           void *user);
int skt__sys_poller_remove(skt_poller *p, skt__os_handle s);

/* Wait. May return early: SKT__EINTR, or 0 without an event. An error of a
 * socket is reported as SKT_BOTH.
 * A wake is the event {.user = NULL, .events = SKT_WOKEN}; if there is one, the
 * count is or'ed with SKT__WOKE.
 *   capacity  1 to SKT__EVENTS_MAX */
int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms);
enum { SKT__EVENTS_MAX = 1 << 20, SKT__WOKE = 1 << 24 };

/* Let the wait that goes on, or else the next one, report a wake. Called again
 * before a wait has reported it only by threads that wake at the same time;
 * then one event or several report them. */
int skt__sys_poller_wake(skt_poller *p);

/* The calling thread is about to close a socket: no poller of this process
 * watches it any more. Called if skt__system.close_leaves_pollers. */
void skt__sys_poller_closing(skt__os_handle s);

/* skt__sys_cancel has ended a socket: pollers that watch it report it as an
 * error from now on. Nothing to do where the kernel reports it by itself. */
void skt__sys_poller_cancelled(skt__os_handle s);

#endif
