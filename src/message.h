/* SPDX-License-Identifier: MIT */
#ifndef SKT_MESSAGE_H
#define SKT_MESSAGE_H

/* What the sources of messages share. */
#include "retry.h"

/* Send after a first call that returned rc, an error, or 0 for none so far. */
ptrdiff_t skt__send_on(skt *s, const void *buffer, size_t n, const skt_addr *to,
                       ptrdiff_t rc);

/* The checks of the arguments and of the type. */
int skt__check_receive(const skt *s, const void *buffer, size_t n);

/* Give a datagram socket without an address the wildcard and a port. */
int skt__bind_fresh(skt *s);

/* skt__try_again, for a call that receives. */
bool skt__receive_again(skt__attempt *t, ptrdiff_t *rc);

/* Take the sender's address as skt__sys_receive_from leaves it. */
void skt__take_sender(const skt *s, skt_addr *from);

#endif
