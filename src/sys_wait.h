/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_WAIT_H
#define SKT_SYS_WAIT_H

/* The seam: waiting for some sockets. Included by sys.h, whose rules hold. */

enum { SKT__FAILED = 0x10 }; /* beside SKT_READ and SKT_WRITE */

typedef struct skt__wait_item {
  skt__os_handle handle;
  int wanted; /* SKT_READ, SKT_WRITE or both, for a connecting socket with
                 SKT__FAILED; never 0 */
  int got;    /* the ready ones of these; SKT__FAILED, wanted or not, if the
                 system reports an error of the socket */
} skt__wait_item;

/* Wait until an item is ready or the timeout expires. May return early, with
 * SKT__EINTR or with 0.
 *   items       `count` of them, with sockets or wakers; got is written if the
 *               result is positive
 *   count       0 or more
 *   room        SKT__WAIT_ROOM * (count + 1) bytes for the system's form,
 *               aligned for any type
 *   timeout_ms  -1 for ever
 * Returns how many are ready, 0 or a code. */
int skt__sys_wait(skt__wait_item *items, size_t count, void *room,
                  int timeout_ms);

/* As skt__sys_wait, after it returned SKT_ENOBUFS for the same items and room:
 * the process may not have as many descriptors as there are items. Costs more.
 */
int skt__sys_wait_unlimited(skt__wait_item *items, size_t count, void *room,
                            int timeout_ms);

#endif
