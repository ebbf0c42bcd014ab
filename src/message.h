/* SPDX-License-Identifier: MIT */
#ifndef SKT_MESSAGE_H
#define SKT_MESSAGE_H

/* What all that receives messages shares. */
#include "retry.h"

/* The checks of the arguments and of the type. */
int skt__check_receive(const skt *s, const void *buffer, size_t n);

/* Give a datagram socket without an address the wildcard and a port. */
int skt__bind_fresh(skt *s);

/* Take the sender's address as skt__sys_receive_from leaves it. */
void skt__take_sender(const skt *s, skt_addr *from);

#endif
