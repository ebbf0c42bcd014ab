/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_SOCKET_H
#define SKT_SYS_SOCKET_H

/* The seam: sockets. Included by sys.h, whose rules hold. */

/* Make the system's sockets usable, once per process, from any thread. Called
 * before every call that brings a socket in; after the first success it costs
 * a few instructions. A failure is tried again by the next call. */
int skt__sys_start(void);

/* Create a socket that no child inherits, that raises no SIGPIPE and that does
 * not wait if `nonblocking`. Where the system has no single call for that,
 * this makes the calls that are missing.
 *   domain    SKT_IPV4, SKT_IPV6, SKT_UNIX
 *   type      any but SKT_PACKET
 *   protocol  as in skt_socket, 0 or more
 * A system that lacks it answers SKT_EAFNOSUPPORT, for the domain, or
 * SKT_EPROTONOSUPPORT; one that keeps it from this process SKT_EACCES. */
int skt__sys_socket(skt__os_handle *out, int domain, int type, int protocol,
                    bool nonblocking);

/* Bind. flags say what is set before, nothing if they are 0: none or one of
 *   SKT__RESTART         nobody else can take the port; binding it again after
 *                        a stop need not wait
 *   SKT_EXCLUSIVE        nobody else can take the port or a part of it
 *   SKT_SHARE_MULTICAST  sockets that all say so can have it
 *   SKT_SHARE_LOAD       the same, and each gets its part; SKT_EOPNOTSUPP
 *                        where the system does not divide evenly
 * and for IPv6 one of
 *   SKT_DUAL_STACK       IPv4 too; SKT_EOPNOTSUPP where that cannot be
 *   SKT__ONE_STACK       IPv6 only */
int skt__sys_bind(skt__os_handle s, const skt_addr *local, unsigned flags);
enum { SKT__RESTART = 0x20000, SKT__ONE_STACK = 0x40000 };

/* Listen. backlog is 1 or more, or 0 for the system's best. If `restart`, what
 * a later bind of the same port needs is set first. */
int skt__sys_listen(skt__os_handle s, int backlog, bool restart);

/* Accept. The new socket is as after skt__sys_socket.
 *   peer         receives the address; may be NULL
 *   inherited    whether the listener is non-blocking
 *   nonblocking  what the new socket is to be; systems whose accept() hands
 *                the listener's mode on make a call only if the two differ */
int skt__sys_accept(skt__os_handle s, skt__os_handle *out, skt_addr *peer,
                    bool inherited, bool nonblocking);

/* Begin to connect; a blocking socket waits for the outcome. The system goes on
 * connecting on its own when the answer is SKT_EINPROGRESS, because the socket
 * does not wait or its limit is over, or SKT__EINTR. May first ask the system
 * to refuse loopback connections as fast as it can. A unix socket goes on by
 * itself after neither, and on Linux answers SKT_EAGAIN for a full queue. */
int skt__sys_connect(skt__os_handle s, const skt_addr *peer, bool is_loopback);

/* Let a socket that needs no connection have no peer again. */
int skt__sys_disconnect(skt__os_handle s, int domain);

/* End writing. A connection that is gone already answers SKT_ENOTCONN. */
int skt__sys_shutdown_write(skt__os_handle s);

/* Close. The handle is gone, whatever the answer. */
int skt__sys_close(skt__os_handle s);

/* Let the close that follows reset the connection. */
int skt__sys_reset_on_close(skt__os_handle s);

/* Let no call on the socket wait any more, and wake those that do; a call that
 * was about to wait may be missed, and is woken by doing it again. Several
 * calls of the system. Returns 0 or SKT_ENOTSOCK. */
int skt__sys_cancel(skt__os_handle s);

int skt__sys_set_blocking(skt__os_handle s, bool blocking);

/* Whether the socket is natively blocking: 1, 0 or a code. Called only if
 * skt__system.keeps_limits. */
int skt__sys_is_blocking(skt__os_handle s);

/* Let the system keep a limit for a direction, SKT_READ or SKT_WRITE: 1 or more
 * milliseconds, or -1. If skt__system.keeps_limits, a call that is over time
 * then answers SKT_EAGAIN; else the system only remembers the number. */
int skt__sys_set_limit(skt__os_handle s, int direction, int limit_ms);
int skt__sys_limit(skt__os_handle s, int direction, int *limit_ms);

/* The socket's pending error as a code, or 0. Asking may clear it. */
int skt__sys_pending_error(skt__os_handle s);

/* The local address. Not called for a socket that has none yet. */
int skt__sys_local(skt__os_handle s, skt_addr *out);

/* The peer's address. A connection that is gone may answer SKT_ENOTCONN. */
int skt__sys_peer(skt__os_handle s, skt_addr *out);

/* What a foreign handle is: domain | type, or SKT_ENOTSOCK,
 * SKT_EAFNOSUPPORT or SKT_EPROTONOSUPPORT; up to two calls. */
int skt__sys_kind(skt__os_handle s);

/* 1 if the socket listens, else 0. Not called for a type that needs no
 * connection. */
int skt__sys_listens(skt__os_handle s);

/* 1 if this socket, which is an IPv6 one, takes IPv4 too, else 0. */
int skt__sys_dual_stack(skt__os_handle s);

/* A foreign socket is made like ours in what can be made so later: no SIGPIPE.
 * No call where writes need no help. */
int skt__sys_adopt(skt__os_handle s);

#endif
