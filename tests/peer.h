/* SPDX-License-Identifier: MIT */
/* What most tests need first: addresses, listeners, connections. All return
 * whether it worked. Loopback only, port 0 always. */
#ifndef SKT_PEER_H
#define SKT_PEER_H

#include <skt.h>

/* Domains to try: SKT_IPV4, and SKT_IPV6 where ::1 can be bound; then 0. */
const int *domains_here(void);
bool ipv6_here(void);

/* The loopback address, port 0. */
skt_addr loopback(int domain);

/* A socket that is bound there, listens or not; and its address. */
bool bind_loopback(int domain, skt *s, skt_addr *at);
bool listen_loopback(int domain, skt *s, skt_addr *at);

/* A stream connection: the side that connected, the side that accepted. */
bool connect_pair(int domain, skt *client, skt *server);

/* Reset the connection whose one end is `dead` and whose other end is `end`;
 * closes `dead`. The reset has arrived when this returns. */
bool reset_by(skt *dead, skt *end);

/* Read until n bytes are there or the stream ends; how many. */
size_t read_n(skt *s, void *buffer, size_t n);

/* The highest number that eight new sockets get; they are closed again. What
 * was leaked took numbers, though the very lowest may be free. */
uintptr_t highest_of_eight(void);

/* 127.0.0.1 and a port. */
bool ipv4_loopback_at(int port, skt_addr *out);

/* For a thread: write one byte, "x", after a while. */
void write_later(void *s);

/* The port of a text like "127.0.0.1:80" may be any. */
bool text_begins(const skt_addr *a, const char *begin);

#endif
