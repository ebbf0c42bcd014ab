/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_SOCKET_H
#define SKT_SYS_SOCKET_H

/* The seam: sockets. Included by sys.h, whose rules hold. */

/* Start the system's sockets, once per process, from any thread. Called before
 * every call that creates or adopts a socket; after the first success it costs
 * a few instructions. After a failure the next call tries again. */
int skt__sys_start(void);

/* Create a socket that no child inherits, that raises no SIGPIPE and that is
 * non-blocking if `nonblocking`. Makes further calls where the system has no
 * single call for that.
 *   domain    SKT_IPV4, SKT_IPV6, SKT_UNIX
 *   type      any but SKT_PACKET
 *   protocol  as in skt_socket, 0 or more
 * Returns SKT_EAFNOSUPPORT if the system lacks the domain, SKT_EPROTONOSUPPORT
 * if it lacks the type or protocol, SKT_EACCES if the process may not use it.
 */
int skt__sys_socket(skt__os_handle *out, int domain, int type, int protocol,
                    bool nonblocking);

/* Bind. flags say which options to set before; 0 sets none. None or one of
 *   SKT_EXCLUSIVE        no other socket can take the port or a part of it
 *   SKT_SHARE_MULTICAST  sockets that all have this flag share the port
 *   SKT_SHARE_LOAD       the same, and each gets a part of the load;
 *                        SKT_EOPNOTSUPP where the system does not balance
 * for streams, without SKT_EXCLUSIVE,
 *   SKT__RESTART         a restarted server can bind the port at once; without
 *                        SKT_SHARE_LOAD no other socket can listen there
 * and for IPv6 one of
 *   SKT_DUAL_STACK       IPv4 too; SKT_EOPNOTSUPP where that is impossible
 *   SKT__ONE_STACK       IPv6 only */
int skt__sys_bind(skt__os_handle s, const skt_addr *local, int flags);
enum { SKT__RESTART = 0x20000, SKT__ONE_STACK = 0x40000 };

/* Listen. backlog is 1 or more, or 0 for the system's maximum. If `restart`,
 * first sets what lets a restarted server bind the same port. */
int skt__sys_listen(skt__os_handle s, int backlog, bool restart);

/* Accept. The new socket has the properties that skt__sys_socket gives.
 *   peer         receives the address; may be NULL
 *   inherited    whether the listener is non-blocking
 *   nonblocking  the mode of the new socket; systems whose accept() copies the
 *                listener's mode make a call only if the two differ */
int skt__sys_accept(skt__os_handle s, skt__os_handle *out, skt_addr *peer,
                    bool inherited, bool nonblocking);

/* Start to connect; a blocking socket waits for the outcome. The system goes on
 * connecting after SKT_EINPROGRESS, because the socket is non-blocking or its
 * limit expired, and after SKT__EINTR; a unix socket after neither. Other code
 * has begun to connect if it returns SKT_EALREADY or SKT_EISCONN. On Linux a
 * unix socket returns SKT_EAGAIN if the listener's queue is full. May first
 * make the system refuse loopback connections without delay. */
int skt__sys_connect(skt__os_handle s, const skt_addr *peer, bool is_loopback);

/* Remove the peer of a connectionless socket. */
int skt__sys_disconnect(skt__os_handle s, int domain);

/* End writing. Returns SKT_ENOTCONN if the connection is already gone. */
int skt__sys_shutdown_write(skt__os_handle s);

/* Close. The handle is gone, whatever the result. */
int skt__sys_close(skt__os_handle s);

/* Make the close that follows reset the connection; or else send what was
 * written, without waiting. */
int skt__sys_linger(skt__os_handle s, bool reset);

/* Keep later calls on the socket from blocking, and wake the threads that
 * block. The wake-up may miss a thread that is about to block; a second wake-up
 * reaches the thread. Several system calls. Returns 0 or SKT_ENOTSOCK. */
int skt__sys_cancel(skt__os_handle s);

/* The socket's pending error as a code, or 0. The query may clear the error. */
int skt__sys_pending_error(skt__os_handle s);

/* The local address. Not called for a socket that has none yet. */
int skt__sys_local(skt__os_handle s, skt_addr *out);

/* The peer's address. May return SKT_ENOTCONN if the connection is gone. */
int skt__sys_peer(skt__os_handle s, skt_addr *out);

/* The kind of a foreign handle: domain | type, or SKT_ENOTSOCK,
 * SKT_EAFNOSUPPORT or SKT_EPROTONOSUPPORT. Makes up to two system calls. */
int skt__sys_kind(skt__os_handle s);

/* 1 if the socket listens, else 0. Not called for connectionless types. */
int skt__sys_listens(skt__os_handle s);

/* Whether a stream socket without a peer is connecting; false where the system
 * does not report it. */
bool skt__sys_connects(skt__os_handle s);

/* 1 if this IPv6 socket takes IPv4 too, else 0. */
int skt__sys_dual_stack(skt__os_handle s);

/* Give a foreign socket what can be set later: no SIGPIPE. Makes no call where
 * each write suppresses the signal. Returns SKT_ECONNRESET if the connection is
 * gone and the system refuses: a write would raise the signal. */
int skt__sys_adopt(skt__os_handle s);

#endif
