/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_PROCESS_H
#define SKT_SYS_PROCESS_H

/* The seam: pairs, and sockets that several handles or processes share.
 * Included by sys.h, whose rules hold. */

/* Two connected unix sockets that no child inherits, with the properties that
 * skt__sys_socket gives. Returns SKT_EAFNOSUPPORT where the system makes none;
 * SKT_EPROTONOSUPPORT if it lacks the type. */
int skt__sys_pair(skt__os_handle out[2], int type, bool nonblocking);

/* A second handle of the same socket, which no child inherits. */
int skt__sys_duplicate(skt__os_handle s, skt__os_handle *out);

/* Let children inherit a socket, or not. */
int skt__sys_inherit(skt__os_handle s, bool inherited);

/* Hand a socket over. There are two ways, of which a system has one:
 *
 * With the bytes. The receiver gets a handle of its own with the first byte.
 *
 * By process (skt__system.ticket_size is not 0). The receiver says who it is,
 * and the sender has the system make a ticket for that process, which it
 * sends. */

/* Send 1 to n bytes, with a handle of `handed` where handles go with the bytes.
 * Returns as skt__sys_write. */
ptrdiff_t skt__sys_send_with(skt__os_handle channel, const void *bytes,
                             size_t n, skt__os_handle handed);

/* Receive 1 to n bytes, and what came with them.
 *   out    receives the handle, if there is exactly one; or SKT__NO_HANDLE
 *   wrong  set if there were others, which are closed, or if the process had no
 *          descriptor for one (SKT_EMFILE); else unchanged
 * Returns as skt__sys_read. */
ptrdiff_t skt__sys_receive_with(skt__os_handle channel, void *bytes, size_t n,
                                skt__os_handle *out, int *wrong);

/* The number of this process, which a fork changes. */
uint32_t skt__sys_process(void);

/* Make a ticket of skt__system.ticket_size bytes for a socket and a process. */
int skt__sys_make_ticket(skt__os_handle s, uint32_t process, void *ticket);

/* Take the socket of a ticket, which another process may have forged. */
int skt__sys_take_ticket(const void *ticket, skt__os_handle *out);

#endif
