/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_PEER_PROCESS_H
#define SKT_SYS_PEER_PROCESS_H

/* The seam: the process behind a unix socket. Included by sys.h, whose rules
 * hold. */

/* Fill in what is known of the peer of a connected unix socket; *who says that
 * nothing is. Up to two system calls. Returns SKT_ENOPROTOOPT, SKT_EOPNOTSUPP
 * or SKT_EINVAL if the system lacks the call. */
int skt__sys_peer_process(skt__os_handle s, skt_process *who);

#endif
