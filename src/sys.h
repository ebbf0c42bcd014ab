/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_H
#define SKT_SYS_H

/*
 * The seam: what a backend supplies, and all that skt knows of a system.
 *
 * Six rules hold for every function.
 *
 * 1. It is called from the shared sources in src, never by users or by tests
 *    of the API.
 * 2. Arguments have been checked: pointers are not NULL unless the comment says
 *    so, lengths are 1 to SKT__IO_MAX, handles were made or adopted here,
 *    addresses are of the socket's domain. A backend does not check again.
 * 3. The result is 0, or a count, or a negative SKT_E... code. A failing
 *    function keeps the native number for skt__sys_native_error. Nothing is
 *    logged, allocated or remembered.
 * 4. It makes one system call and translates the result. There is no loop, no
 *    retry and no clock. The few that make more calls say so below: they set
 *    what makes a new socket alike on every system.
 * 5. Whatever differs between systems is absorbed here and nowhere else, and
 *    the line that does it says: which system, what it does, what we do, where
 *    it is written.
 * 6. Every backend has all the functions, in this order.
 *
 * A backend also supplies os.h with the system's headers for addresses and
 *   skt__os_handle   the native handle's type
 *   SKT__NO_HANDLE   its "none", all bits set
 *   SKT__IO_MAX      the most bytes for one read or write
 *   SKT__WRITE_MAX   the most bytes for one write on a non-blocking socket
 *   SKT__LOAD(p)     read an int16_t that another thread may write, in order
 *   SKT__STORE(p, v) write it
 *   SKT__ABSTRACT_NAMES  1 if unix sockets can have names that are no paths
 *   SKT__COLD        marks a function that is seldom called, or nothing
 *   SKT__ENTER(p), SKT__LEAVE(p), SKT__OR(p, v)   count up, count down, set
 *                    bits in a uint16_t that other threads change too, in an
 *                    order that all threads agree on; SKT__LOAD reads it; the
 *                    last has its old value
 *   SKT__LIMITS_BIND           1 if the system keeps limits for reads, writes
 *                              and accept exactly, losing nothing
 *   SKT__LIMIT_BINDS_CONNECT   1 if it keeps the one for writes in connect
 *   SKT__ACCEPT_CAN_BE_MISSED  1 if an accept that is about to wait can be
 *                    missed by skt__sys_cancel
 *   SKT__CLAIM(p)    set a uint16_t that is 0 to 1, in such an order; whether
 *                    it was 0
 *   SKT__TAKE(p)     set it to 0 again, in such an order; whether it was 1
 *   SKT__POLL_ROOM   bytes that skt__sys_poll needs for each socket
 *   SKT__CLOSE_IS_TOLD  1 if a poller must be told before a socket is closed
 *   SKT__SLICE_MS    how often a wait must look whether it was cancelled; -1 if
 *                    skt__sys_cancel wakes it
 * src/README.md tells how to add a system.
 */

/* In the build as one file the inside of the library is static, so that the
 * compiler puts the seam and much else into the functions that call it. */
#ifdef SKT__ONE_FILE
#define SKT__OWN static
#else
#define SKT__OWN
#endif

#ifdef _WIN32
#include "win32/os.h"
#else
#include "posix/os.h"
#endif

#include <skt.h>

/* Codes that never leave src/. */
enum {
  SKT__EINTR = -4 /* a signal came, or the like; nothing was done */
};

/* Make the system's sockets usable, once per process, from any thread. Called
 * before every call that brings a socket in; after the first success it costs
 * a few instructions. A failure is tried again by the next call. */
SKT__OWN int skt__sys_start(void);

/* Create a socket that no child inherits, that raises no SIGPIPE and that does
 * not wait if `nonblocking`. Where the system has no single call for that,
 * this makes the calls that are missing.
 *   domain    SKT_IPV4, SKT_IPV6, SKT_UNIX
 *   type      any but SKT_PACKET
 *   protocol  as in skt_socket, 0 or more
 * A system that lacks it answers SKT_EAFNOSUPPORT, for the domain, or
 * SKT_EPROTONOSUPPORT; one that keeps it from this process SKT_EACCES. */
SKT__OWN int skt__sys_socket(skt__os_handle *out, int domain, int type,
                             int protocol, bool nonblocking);

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
SKT__OWN int skt__sys_bind(skt__os_handle s, const skt_addr *local,
                           unsigned flags);
enum { SKT__RESTART = 0x20000, SKT__ONE_STACK = 0x40000 };

/* Listen. backlog is 1 or more, or 0 for the system's best. If `restart`, what
 * a later bind of the same port needs is set first. */
SKT__OWN int skt__sys_listen(skt__os_handle s, int backlog, bool restart);

/* Accept. The new socket is as after skt__sys_socket.
 *   peer         receives the address; may be NULL
 *   inherited    whether the listener is non-blocking
 *   nonblocking  what the new socket is to be; systems whose accept() hands
 *                the listener's mode on make a call only if the two differ */
SKT__OWN int skt__sys_accept(skt__os_handle s, skt__os_handle *out,
                             skt_addr *peer, bool inherited, bool nonblocking);

/* Begin to connect; a blocking socket waits for the outcome. The system goes on
 * connecting on its own when the answer is SKT_EINPROGRESS, because the socket
 * does not wait or its limit is over, or SKT__EINTR. May first ask the system
 * to refuse loopback connections as fast as it can. A unix socket goes on by
 * itself after neither, and on Linux answers SKT_EAGAIN for a full queue. */
SKT__OWN int skt__sys_connect(skt__os_handle s, const skt_addr *peer);

/* Let a socket that needs no connection have no peer again. */
SKT__OWN int skt__sys_disconnect(skt__os_handle s, int domain);

/* End writing. A connection that is gone already answers SKT_ENOTCONN. */
SKT__OWN int skt__sys_shutdown_write(skt__os_handle s);

/* Read 1 to n bytes, or a message. 0 is an empty message or the end of the
 * stream, never a reset. n is 0 only where that takes a message. */
SKT__OWN ptrdiff_t skt__sys_read(skt__os_handle s, void *buffer, size_t n);

/* Write 1 to n bytes, or a message of n, never raising a signal. A broken
 * connection may answer SKT_EPIPE. n is 0 only for an empty message. */
SKT__OWN ptrdiff_t skt__sys_write(skt__os_handle s, const void *buffer,
                                  size_t n);

/* Receive one message of up to n bytes.
 *   n          0 is allowed
 *   from       receives the sender; may be NULL
 *   truncated  receives whether bytes were dropped */
SKT__OWN ptrdiff_t skt__sys_receive(skt__os_handle s, void *buffer, size_t n,
                                    skt_addr *from, bool *truncated);

/* Send one message of n bytes; n is 0 for an empty one. */
SKT__OWN ptrdiff_t skt__sys_send_to(skt__os_handle s, const void *buffer,
                                    size_t n, const skt_addr *to);

/* As skt__sys_read, and the bytes stay. */
SKT__OWN ptrdiff_t skt__sys_peek(skt__os_handle s, void *buffer, size_t n);

/* As skt__sys_read and skt__sys_write, for 1 to SKT__VECTOR_MAX buffers, none
 * empty, SKT__IO_MAX bytes or less together. */
SKT__OWN ptrdiff_t skt__sys_readv(skt__os_handle s, const skt_buffer *b,
                                  size_t count);
SKT__OWN ptrdiff_t skt__sys_writev(skt__os_handle s, const skt_buffer *b,
                                   size_t count);
enum { SKT__VECTOR_MAX = 64 };

/* Close. The handle is gone, whatever the answer. */
SKT__OWN int skt__sys_close(skt__os_handle s);

/* Let the close that follows reset the connection. */
SKT__OWN int skt__sys_reset_on_close(skt__os_handle s);

/* Let no call on the socket wait any more, and wake those that do; a call that
 * was about to wait may be missed, and is woken by doing it again. Several
 * calls of the system. Returns 0 or SKT_ENOTSOCK. */
SKT__OWN int skt__sys_cancel(skt__os_handle s);

SKT__OWN int skt__sys_set_blocking(skt__os_handle s, bool blocking);

/* Let the system keep a limit for a direction, SKT_READ or SKT_WRITE: 1 or more
 * milliseconds, or -1. If SKT__LIMITS_BIND, a call that is over time then
 * answers SKT_EAGAIN; else the system only remembers the number. */
SKT__OWN int skt__sys_set_limit(skt__os_handle s, int direction, int limit_ms);
SKT__OWN int skt__sys_limit(skt__os_handle s, int direction, int *limit_ms);

/* The socket's pending error as a code, or 0. Asking may clear it. */
SKT__OWN int skt__sys_pending_error(skt__os_handle s);

/* The local address. Not called for a socket that has none yet. */
SKT__OWN int skt__sys_local(skt__os_handle s, skt_addr *out);

/* The peer's address. A connection that is gone may answer SKT_ENOTCONN. */
SKT__OWN int skt__sys_peer(skt__os_handle s, skt_addr *out);

/* What a foreign handle is: domain | type, or SKT_ENOTSOCK,
 * SKT_EAFNOSUPPORT or SKT_EPROTONOSUPPORT; up to two calls. */
SKT__OWN int skt__sys_kind(skt__os_handle s);

/* 1 if the socket listens, else 0. Not called for a type that needs no
 * connection. */
SKT__OWN int skt__sys_listens(skt__os_handle s);

/* 1 if this socket, which is an IPv6 one, takes IPv4 too, else 0. */
SKT__OWN int skt__sys_dual_stack(skt__os_handle s);

/* A foreign socket is made like ours in what can be made so later: no SIGPIPE.
 * No call where writes need no help. */
SKT__OWN int skt__sys_adopt(skt__os_handle s);

/* Options that not all systems know by one name and in one unit; ends with a
 * row whose option is 0. Those they do stand in options.c, in such rows too. */
typedef struct skt__option_row {
  int option; /* SKT_OPT_... */
  int domain; /* the only one that this row is for, or 0 */
  int level, name;
  int form; /* how the system's number stands for skt's */
} skt__option_row;
enum {
  SKT__AS_IS,
  SKT__DOUBLED,      /* what is read is twice what was set */
  SKT__SECONDS,      /* milliseconds in skt */
  SKT__NETWORK_ORDER /* set in network byte order, read in any */
};
extern const skt__option_row skt__sys_options[];

/* Read or set the option of a row; the value is in the system's form. One that
 * the system lacks is SKT_ENOPROTOOPT or SKT_EOPNOTSUPP. A connection that is
 * gone may answer SKT_ENOTCONN, SKT_ECONNRESET or SKT_EINVAL. */
SKT__OWN int skt__sys_get_option(skt__os_handle s, const skt__option_row *row,
                                 int *value);
SKT__OWN int skt__sys_set_option(skt__os_handle s, const skt__option_row *row,
                                 int value);

/* Microseconds of a clock that never goes back. */
SKT__OWN int64_t skt__sys_now_us(void);

/* The index of a network interface, or 0 when there is none of that name. May
 * take several calls of the system. */
SKT__OWN uint32_t skt__sys_interface(const char *name);

/* The calling thread's last native number. */
SKT__OWN int skt__sys_native_error(void);

/* The call that failed, for one number can mean different things: Winsock's
 * WSAEWOULDBLOCK is "in progress" from connect. They can be or'ed together. */
enum {
  SKT__IN_START = 0x0001,
  SKT__IN_SOCKET = 0x0002,
  SKT__IN_BIND = 0x0004,
  SKT__IN_LISTEN = 0x0008,
  SKT__IN_ACCEPT = 0x0010,
  SKT__IN_CONNECT = 0x0020, /* and what SO_ERROR tells of it */
  SKT__IN_READ = 0x0040,
  SKT__IN_WRITE = 0x0080,
  SKT__IN_SHUTDOWN = 0x0100,
  SKT__IN_CLOSE = 0x0200,
  SKT__IN_WAIT = 0x0400,
  SKT__IN_LOCAL = 0x0800,
  SKT__IN_PEER = 0x1000
};

/* What the system's numbers mean. The first row that fits holds, so those for
 * certain calls stand before the one for all. The last row's code is 0.
 * tests/native_codes.h tells which event each row is. */
typedef struct skt__code_row {
  int16_t calls; /* 0: all */
  int16_t code, native;
} skt__code_row;
extern const skt__code_row skt__sys_codes[];

#include "sys_wait.h" /* the rest of the seam */

/*
 * What the shared sources offer to backends
 */

/* A struct sockaddr of `length` bytes becomes an address; see
 * skt_addr_from_native, whose argument checks have been made. */
SKT__OWN int skt__addr_set(skt_addr *out, const void *native, size_t length);

SKT__OWN bool skt__is_loopback(const skt_addr *a);

/* The address that means none in particular: wildcard and port 0, or unnamed.
 */
SKT__OWN void skt__addr_any(skt_addr *a, int domain);

/* The system's numbers for a domain and a type; -1 where the system's headers
 * have no such type. */
SKT__OWN int skt__native_family(int domain);
SKT__OWN int skt__native_type(int type);

/* And back: domain | type, SKT_EAFNOSUPPORT or SKT_EPROTONOSUPPORT. */
SKT__OWN int skt__kind_of(int family, int type);

/* The code for a native number that a call gave, by skt__sys_codes;
 * SKT_EUNKNOWN if it has none. Call 0 fits the rows for all calls only. */
SKT__OWN int skt__code(int call, int native);

#endif
