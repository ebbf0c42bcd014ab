/* SPDX-License-Identifier: MIT */
#ifndef UDP_AT_H
#define UDP_AT_H

#include <skt.h>

/* A datagram socket where a text says, as skt_listen_at makes a stream: ":5300"
 * is port 5300 of every address of this host. On such a wildcard each message
 * brings the address that it came to, so that the answer leaves from there.
 * Returns 0 or a code. */
int udp_at(skt *s, const char *text, bool trains);

#endif
