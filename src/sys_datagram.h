/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_DATAGRAM_H
#define SKT_SYS_DATAGRAM_H

/* The seam: datagrams. Included by sys.h, whose rules hold. */

/* Receive one message of up to n bytes.
 *   n          0 is allowed
 *   from       receives the sender; may be NULL
 *   truncated  receives whether bytes were discarded */
ptrdiff_t skt__sys_receive(skt__os_handle s, void *buffer, size_t n,
                           skt_addr *from, bool *truncated);

/* The same for n over 0, without `truncated`; and *from is the system's address
 * and length, which skt__addr_set has yet to take. */
ptrdiff_t skt__sys_receive_from(skt__os_handle s, void *buffer, size_t n,
                                skt_addr *from);

/* The same, but returns the whole length of a message that was cut. Called only
 * where skt__system.reports_size. */
ptrdiff_t skt__sys_receive_size(skt__os_handle s, void *buffer, size_t n,
                                skt_addr *from);

/* Send one message of n bytes; n is 0 for an empty one. */
ptrdiff_t skt__sys_send_to(skt__os_handle s, const void *buffer, size_t n,
                           const skt_addr *to);

/* Let a datagram socket report ICMP errors, or not; where the system has no
 * such switch there is no call. */
void skt__sys_report_icmp(skt__os_handle s, bool on);

/* Let a socket receive what is sent to groups of this domain only as far as it
 * has joined them; where the system always does so there is no call. */
void skt__sys_only_joined(skt__os_handle s, int domain);

#endif
