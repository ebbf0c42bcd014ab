/* SPDX-License-Identifier: MIT */
#ifndef SKT_H
#define SKT_H

/*
 * skt: the same sockets on Linux, macOS, the BSDs and Windows.
 *
 *   skt server = {0}, client = {0};
 *   skt_addr here;
 *   skt_addr_parse(&here, "127.0.0.1:7000");
 *   skt_socket(&server, skt_addr_domain(&here), SKT_STREAM, 0);
 *   skt_bind(&server, &here, 0);
 *   skt_listen(&server, 0);
 *   skt_accept(&server, &client, NULL, 0);
 *   ... skt_read(&client, ...); skt_write(&client, ...);
 *   skt_close(&client);
 *
 * These are the calls every socket lesson teaches, with one meaning on every
 * system. skt resolves no names, speaks no protocol and starts no thread. It
 * takes memory from the heap for pollers only, on Windows and where a system
 * has nothing better than poll, and for arrays of over 64 entries while
 * skt_poll waits. There is nothing to initialise.
 *
 * Five rules hold for every function below.
 *
 * Results    0, or a count, or a negative SKT_E... code whose number is the
 *            same on every system. Nothing else is set that a caller must
 *            read. A field "Errors" is closed: no other code comes back, save
 *            the six that any function may give:
 *              SKT_EFAULT    a pointer that is needed is NULL
 *              SKT_EBADF     the skt holds no socket (zeroed or closed)
 *              SKT_ENOTSOCK  it holds a handle that is no open socket, because
 *                            something else closed it
 *              SKT_ECANCELED skt_cancel was called for this socket
 *              SKT_ENETDOWN  the host's network is down; on Windows also: could
 *                            not be started, or was stopped by something else
 *              SKT_EUNKNOWN  the system gave a number nobody has mapped;
 *                            skt_native_error() tells it
 *            When several apply, the first of this order wins: the socket's
 *            pointer, no socket, other pointers, other arguments, the state of
 *            the socket. Only then is the system asked.
 * Ownership  Every struct and buffer is the caller's. skt keeps no pointer
 *            after a call has returned.
 * Units      Sizes are bytes in a size_t, no larger than PTRDIFF_MAX. Times are
 *            milliseconds in an int: -1 is for ever, 0 does not wait. Ports are
 *            plain numbers, in the host's byte order.
 * Blocking   A socket blocks unless SKT_NONBLOCK was asked for, on every
 *            system, accepted sockets too. A signal never ends a call early.
 * Threads    Any thread may use any socket. On one socket at the same time, one
 *            thread may read, another write, any number accept or wait, and any
 *            number cancel; for everything else the caller takes turns.
 *
 * No socket made or accepted here is inherited by a child process, and no
 * write raises SIGPIPE.
 *
 * Linking: CMake's skt::skt and `pkg-config skt` say all that is needed. By
 * hand, the static library on Windows is -lskt -lws2_32 -liphlpapi, in this
 * order: undefined names like __imp_WSAStartup mean that the last two are
 * missing. A program for skt.dll is compiled with -DSKT_SHARED, and no other:
 * undefined names like __imp_skt_socket mean that it has the static library.
 */

#if defined(__STRICT_ANSI__) && !defined(__cplusplus) &&                       \
    (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 199901L)
#error "skt.h needs C99 or C++11, or later: say -std=c99, not -std=c90"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A program that links the shared library defines SKT_SHARED. On Windows the
 * two must not be mixed up, so in the static library what makes a socket has
 * another name. */
#if !defined(_WIN32)
#if defined(SKT_SHARED)
#define SKT_API __attribute__((visibility("default")))
#else
#define SKT_API
#endif
#elif !defined(SKT_SHARED)
#define SKT_API
#define skt_socket skt_socket_is_static_for_the_DLL_define_SKT_SHARED
#define skt_adopt skt_adopt_is_static_for_the_DLL_define_SKT_SHARED
#elif defined(SKT_BUILDING)
#define SKT_API __declspec(dllexport)
#else
#define SKT_API __declspec(dllimport)
#endif

#define SKT_VERSION_MAJOR 0
#define SKT_VERSION_MINOR 1
#define SKT_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Errors
 *
 * The numbers are those of Linux, negated, on every system. The text is what
 * skt_strerror() returns.
 */

#define SKT_ERRORS(X)                                                          \
  X(SKT_ENOENT, -2, "not found")                                               \
  X(SKT_EIO, -5, "input or output failed in the system")                       \
  X(SKT_EBADF, -9, "no socket here: never opened, or closed")                  \
  X(SKT_EAGAIN, -11, "the call would have to wait")                            \
  X(SKT_ENOMEM, -12, "out of memory")                                          \
  X(SKT_EACCES, -13, "permission denied")                                      \
  X(SKT_EFAULT, -14, "a required pointer is null or invalid")                  \
  X(SKT_EBUSY, -16, "in use by another thread")                                \
  X(SKT_EEXIST, -17, "already there")                                          \
  X(SKT_ENODEV, -19, "no such network interface")                              \
  X(SKT_EINVAL, -22, "invalid argument, or wrong state for this call")         \
  X(SKT_ENFILE, -23, "too many open files in the system")                      \
  X(SKT_EMFILE, -24, "too many open files in this process")                    \
  X(SKT_ENOSPC, -28, "the buffer is too small")                                \
  X(SKT_EPIPE, -32, "this side has shut down writing")                         \
  X(SKT_ENAMETOOLONG, -36, "name too long")                                    \
  X(SKT_ENODATA, -61, "the stream ended too early")                            \
  X(SKT_EPROTO, -71, "protocol error")                                         \
  X(SKT_ENOTSOCK, -88, "the handle is not an open socket")                     \
  X(SKT_EMSGSIZE, -90, "message too long")                                     \
  X(SKT_ENOPROTOOPT, -92, "option not known here")                             \
  X(SKT_EPROTONOSUPPORT, -93, "socket type or protocol not supported")         \
  X(SKT_EOPNOTSUPP, -95, "operation not supported")                            \
  X(SKT_EAFNOSUPPORT, -97, "address family not supported")                     \
  X(SKT_EADDRINUSE, -98, "address already in use")                             \
  X(SKT_EADDRNOTAVAIL, -99, "address not available")                           \
  X(SKT_ENETDOWN, -100, "network is down")                                     \
  X(SKT_ENETUNREACH, -101, "network is unreachable")                           \
  X(SKT_ECONNABORTED, -103, "connection aborted by this host")                 \
  X(SKT_ECONNRESET, -104, "connection reset by the peer")                      \
  X(SKT_ENOBUFS, -105, "no buffer space available")                            \
  X(SKT_EISCONN, -106, "already connected")                                    \
  X(SKT_ENOTCONN, -107, "not connected")                                       \
  X(SKT_ETIMEDOUT, -110, "timed out")                                          \
  X(SKT_ECONNREFUSED, -111, "connection refused")                              \
  X(SKT_EHOSTUNREACH, -113, "host is unreachable")                             \
  X(SKT_EALREADY, -114, "already in progress")                                 \
  X(SKT_EINPROGRESS, -115, "in progress")                                      \
  X(SKT_ECANCELED, -125, "cancelled by skt_cancel")                            \
  X(SKT_EUNKNOWN, -4095, "a system error without a name here")

#define SKT__ENUM(name, value, text) name = value,
enum { SKT_ERRORS(SKT__ENUM) SKT_OK = 0 };
#undef SKT__ENUM

/** The name of a code.
 *
 *   code   any number
 *
 * Returns  "SKT_EINVAL" and the like, "SKT_OK" for 0 and counts, or
 *          "SKT_E?" for a number that is no code. Static ASCII text, never
 *          NULL, the same on every system.
 * Source   none; POSIX and Winsock have no such call. */
SKT_API const char *skt_errname(int code);

/** What a code means, for people.
 *
 *   code   any number
 *
 * Returns  an English phrase without a full stop. Static ASCII text, never
 *          NULL, the same on every system and in every locale.
 * Source   POSIX strerror(); Winsock FormatMessage(). */
SKT_API const char *skt_strerror(int code);

/** The system's own number for this thread's last error.
 *
 * For logs and bug reports. A code that skt found by itself, without asking
 * the system (SKT_EBADF, say), leaves the number as it was.
 *
 * Returns  an errno value on POSIX systems, a WSA number on Windows, or 0 when
 *          no call of this thread has failed in the system.
 * Threads  each thread has its own.
 * Source   POSIX errno; Winsock WSAGetLastError(). */
SKT_API int skt_native_error(void);

/*
 * Types
 *
 * Domains, types, states and flags are numbers that do not overlap, so that
 * they can be or'ed together where one number is to describe a socket (see
 * skt_adopt).
 */

/** A socket. Zeroed memory holds no socket: start with `skt s = {0};`.
 *
 * It may be moved and stored like any struct; of two copies only one may go on
 * being used. The members are skt's own. */
typedef struct skt {
  uintptr_t handle; /* the native one */
  uint16_t kind;    /* domain, type, state and flags; 0 is no socket */
  int16_t reading;  /* whether it goes on, or the error that ended it */
  int16_t writing;  /* the same for writing */
  uint16_t calls;   /* under way, and whether all are cancelled */
} skt;

/** An address and port, by value: copy it, keep it, compare its text.
 *
 * Zeroed memory is no address and is refused wherever one is needed. The
 * members are skt's own. */
typedef struct skt_addr {
  uint32_t length;
  uint32_t words[28]; /* the system's form, as large as any it has */
} skt_addr;

/** Domains. */
enum {
  SKT_IPV4 = 0x01, /* IPv4 */
  SKT_IPV6 = 0x02, /* IPv6, and IPv6 only unless SKT_DUAL_STACK is asked for */
  SKT_UNIX = 0x03  /* unix sockets: paths of this host, AF_UNIX or AF_LOCAL */
};

/** Types. Stream and seqpacket sockets need a connection; the others send and
 * receive without, and connecting only chooses their peer. */
enum {
  SKT_STREAM = 0x10,    /* a reliable stream of bytes: TCP */
  SKT_DATAGRAM = 0x20,  /* messages that may be lost or overtaken: UDP */
  SKT_SEQPACKET = 0x30, /* reliable messages in order, over a connection */
  SKT_RAW = 0x40,       /* packets of one protocol, which has to be named */
  SKT_RDM = 0x50,       /* reliable messages in any order */
  SKT_PACKET = 0x60     /* obsolete on every system, so always refused */
};

/** States, to be stated to skt_adopt. */
enum {
  SKT_BOUND = 0x0100,     /* has its local address */
  SKT_LISTENING = 0x0200, /* bound, and takes connections */
  SKT_CONNECTED = 0x0400  /* reads and writes */
};

/** Flags. */
enum {
  SKT_NONBLOCK = 0x1000, /* calls return SKT_EAGAIN instead of waiting */
  /* For skt_bind: */
  SKT_DUAL_STACK = 0x2000,      /* an IPv6 socket that takes IPv4 too */
  SKT_EXCLUSIVE = 0x4000,       /* no other bind may overlap */
  SKT_SHARE_MULTICAST = 0x8000, /* all that say so get what a group is sent */
  SKT_SHARE_LOAD = 0x10000      /* each that says so gets a part of the load */
};

/** Directions, for skt_shutdown, and events, for all that waits. */
enum { SKT_READ = 1, SKT_WRITE = 2, SKT_BOTH = 3 };

/** What else can end a wait, and how a poller is to watch. */
enum {
  SKT_WOKEN = 4,  /* told: a thread has woken this one */
  SKT_ONESHOT = 8 /* asked: one event, then none until asked again */
};

/*
 * Addresses
 */

/** Room for the text of any address, with its end. */
#define SKT_ADDR_TEXT_MAX 128

/** Read an address from its text.
 *
 *   out    receives the address; zeroed on any error
 *   text   "127.0.0.1:80", "[::1]:80", "[fe80::1%eth0]:80", "[fe80::1%2]:80",
 *          "unix:/run/x.sock" or "unix:@name", with its end, unchanged
 *
 * IPv4 is four decimal numbers without leading zeros, IPv6 what RFC 4291
 * allows, the port 0 to 65535 in decimal digits. The port is always there.
 * Names are not looked up, and nothing else is taken for a number: neither
 * "127.1" nor "010.0.0.1" nor a space before or after.
 *
 * The path of a unix socket is 1 to 103 bytes, in UTF-8 on Windows, taken as it
 * stands; it may be relative. After @ is an abstract name, which is no file, of
 * 1 to 106 bytes; a file called @name is "unix:./@name".
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL        text is no such address
 *          SKT_ENAMETOOLONG  a longer path or name
 *          SKT_EOPNOTSUPP    the system has no abstract names
 *          SKT_ENODEV        the interface after % does not exist
 * Differs  Linux alone has abstract names. Interfaces have other names on
 *          Windows ("ethernet_32769"); their numbers work everywhere.
 * Source   RFC 4291 2.2, RFC 4007 11; POSIX inet_pton(), if_nametoindex(). */
SKT_API int skt_addr_parse(skt_addr *out, const char *text);

/** Write an address as text that skt_addr_parse reads back.
 *
 *   a         the address
 *   text      receives the text and its end; of `capacity` bytes
 *   capacity  SKT_ADDR_TEXT_MAX is always enough
 *
 * IPv6 is written as RFC 5952 says, a scope id as a number. A unix socket
 * without a name, as clients are, is "unix:", which is no address to use.
 *
 * Returns  the length without the end, or one of Errors.
 * Errors   SKT_EINVAL  a is no address, or an abstract name that somebody else
 *                      has made with a zero byte in it
 *          SKT_ENOSPC  capacity is too small; nothing but an end was written
 * Source   RFC 5952; POSIX inet_ntop(). */
SKT_API int skt_addr_format(const skt_addr *a, char *text, size_t capacity);

/** The domain that a socket for this address needs.
 *
 * Returns  SKT_IPV4, SKT_IPV6 or SKT_UNIX, or one of Errors.
 * Errors   SKT_EINVAL  a is no address */
SKT_API int skt_addr_domain(const skt_addr *a);

/** The port of an address.
 *
 * Returns  0 to 65535, or one of Errors.
 * Errors   SKT_EINVAL  a is no address, or one without ports */
SKT_API int skt_addr_port(const skt_addr *a);

/** Lend the bytes of an address to code that speaks the system's form.
 *
 *   a       the address
 *   length  receives the number of bytes
 *
 * Returns  a struct sockaddr of that many bytes, inside *a and as long-lived,
 *          aligned to 4; NULL, and length 0, when a is no address.
 * Source   POSIX struct sockaddr; Winsock SOCKADDR. */
SKT_API const void *skt_addr_native(const skt_addr *a, size_t *length);

/** Take an address in from code that speaks the system's form.
 *
 *   out     receives the address; zeroed on any error
 *   native  a struct sockaddr of `length` bytes, of any alignment
 *   length  what the system calls its length; more than needed is fine
 *
 * An IPv4 address mapped into IPv6 (::ffff:1.2.3.4) becomes plain IPv4.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL        too few bytes for its family
 *          SKT_EAFNOSUPPORT  a family without a domain here
 * Source   POSIX struct sockaddr; Winsock SOCKADDR. */
SKT_API int skt_addr_from_native(skt_addr *out, const void *native,
                                 size_t length);

/*
 * Life cycle
 */

/** Create a socket.
 *
 *   s         receives the socket; what it held before is overwritten, not
 *             closed. Zeroed on any error.
 *   domain    SKT_IPV4, SKT_IPV6 or SKT_UNIX
 *   type      one of the types, or'ed with SKT_NONBLOCK if wanted
 *   protocol  0 for the usual one of domain and type, or the number of one: for
 *             IPv4 and IPv6 IANA's. Raw sockets have no usual one.
 *
 * Whatever the system has can be had. What it lacks has one of the two codes
 * below, and skt_supports tells in advance. IPv4 and IPv6 have stream and
 * datagram sockets everywhere. Their seqpacket sockets are connections of SCTP,
 * its one-to-one style; the other style has nothing to accept.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL           domain, type or protocol is not of its kind
 *          SKT_EAFNOSUPPORT     the system lacks the domain
 *          SKT_EPROTONOSUPPORT  the domain lacks the type, or the type the
 *                               protocol; always so for SKT_PACKET, for
 *                               SKT_RAW without a protocol or with SKT_UNIX
 *          SKT_EACCES           not allowed to this process: raw sockets need
 *                               a privilege
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   never.
 * Differs  Windows has unix sockets since Windows 10 1803, and of them streams
 *          only. Linux alone has seqpacket unix sockets everywhere. Linux has
 *          SKT_RDM in no domain of skt: TIPC, which has it, is another.
 * Source   POSIX socket(); Winsock WSASocketW(). */
SKT_API int skt_socket(skt *s, int domain, int type, int protocol);

/** Whether such sockets can be made here.
 *
 *   domain, type, protocol  as for skt_socket, without SKT_NONBLOCK
 *
 * The system is asked by making one, so the answer holds for this process at
 * this moment. Stream and datagram sockets of SKT_IPV6 are also bound to ::1,
 * because a system may have IPv6 and have it switched off.
 *
 * Returns  1 they can; 0 the system has none; or one of Errors, which leaves it
 *          open.
 * Errors   SKT_EINVAL  domain, type or protocol is not of its kind
 *          SKT_EACCES  the system has them, but not for this process
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   never.
 * Source   none; POSIX and Winsock have no such call. */
SKT_API int skt_supports(int domain, int type, int protocol);

/** Close a socket and zero it.
 *
 * The handle is given up whatever is returned, so that a second close meets no
 * stranger. Bytes already taken by skt_write are still sent, unless bytes that
 * came in were never read: then TCP resets the connection.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EIO  the system reports a late failure; closed all the same
 * Blocks   never.
 * Threads  not while another thread is in a call on s.
 * Source   POSIX close(); Winsock closesocket(). */
SKT_API int skt_close(skt *s);

/** Close a connection at once, and let the peer know by a reset.
 *
 * What the peer has not read yet may be lost, in both directions. A socket
 * without a connection is closed as by skt_close.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EIO  the system reports a late failure; closed all the same
 * Blocks   never.
 * Threads  not while another thread is in a call on s.
 * Differs  Unix sockets have no reset: their peer reads the end.
 * Source   POSIX close(), SO_LINGER with 0; Winsock closesocket(), the same. */
SKT_API int skt_abort(skt *s);

/** Close a connection when the peer has read everything and closed its side.
 *
 *   s           a connected stream socket
 *   timeout_ms  the longest time for all of it; -1 for ever, 0 does not wait
 *   drain_max   the most bytes to read and drop until the peer's end
 *
 * Ends writing, drops what the peer still sends, and closes at the peer's end.
 * If that does not come, the connection is aborted. Closed, in any case.
 *
 * Returns  0 if the peer has ended its side too, else one of Errors.
 * Errors   SKT_EINVAL    timeout_ms is under -1; s is left open
 *          SKT_ENOTCONN  s is no connected stream; s is left open
 *          SKT_ETIMEDOUT the time was over; aborted
 *          SKT_EMSGSIZE  the peer sent more than drain_max; aborted
 *          and those of skt_read that tell a broken connection
 * Blocks   as told, whatever the mode of s.
 * Threads  not while another thread is in a call on s, but for skt_cancel.
 * Differs  SCTP on Linux: unless the peer ended first, its end is not noticed,
 *          and the time is over at last.
 * Source   RFC 1122 4.2.2.13; Winsock "Graceful shutdown, linger options, and
 *          socket closure". */
SKT_API int skt_close_graceful(skt *s, int timeout_ms, size_t drain_max);

/** Make every call that connects, accepts, waits or moves bytes return
 * SKT_ECANCELED, now and later.
 *
 * For one thread to get others out of the calls in which they wait. The socket
 * stays open, so that no other can take its handle's number, and can then be
 * closed when the threads are out of it. A connection is ended.
 *
 * Returns  0, or SKT_EFAULT, SKT_EBADF or SKT_ENOTSOCK.
 * Blocks   until calls that were about to wait cannot any more; not longer.
 * Threads  any thread, at any time before skt_close, also while another is in
 *          skt_close_graceful.
 * Differs  macOS and the BSDs: a thread that waits already for a listener or a
 *          socket without a peer, in whatever call, is not woken. Linux: one is
 *          not that waits in skt_connect for the full queue of a unix socket.
 *          Windows: skt_wait and skt_poll notice within 50 ms.
 * Source   none; made of POSIX shutdown(); Winsock shutdown(), CancelIoEx(). */
SKT_API int skt_cancel(skt *s);

/*
 * Server side
 */

/** Give a socket its local address.
 *
 *   s      a socket that has none yet
 *   local  its address, of the socket's domain; port 0 lets the system choose
 *          (skt_local tells)
 *   flags  0, or SKT_DUAL_STACK for an IPv6 stream or datagram socket that also
 *          takes IPv4, as SKT_OPT_V6ONLY set to 0 does, or'ed with one of the
 *          three below at most
 *
 * This is the safe server's bind. No other socket can take the port while a
 * stream socket listens there or a datagram socket is open, and a server that
 * was stopped can bind again at once, though connections that it closed linger
 * in TIME_WAIT. An IPv6 socket takes IPv6 only, unless flags say otherwise.
 *
 * A unix socket makes a file at its path, where nothing may be yet, and nobody
 * removes it: neither skt_close nor the end of the process. An abstract name
 * goes with the socket.
 *
 *   SKT_EXCLUSIVE        no other bind may overlap, neither the wildcard with
 *                        one address nor the other way round. The price: a
 *                        restart waits until old connections are forgotten
 *   SKT_SHARE_MULTICAST  datagram sockets that all say so have one port, and
 *                        each gets what is sent to a group that it has joined
 *   SKT_SHARE_LOAD       stream or datagram sockets that all say so have one
 *                        port, and the system deals out what comes. Linux lets
 *                        only sockets of one user share
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL         s has an address already, local is none or of
 *                             another domain, flags are unknown, contradict
 *                             each other or are not for this kind of socket
 *          SKT_EADDRINUSE     somebody has it; on Windows also a port that the
 *                             system keeps back
 *          SKT_EADDRNOTAVAIL  no such address on this host
 *          SKT_ENOENT         unix: a folder of the path is missing
 *          SKT_EACCES         POSIX: a port that needs a privilege; unix: not
 *                             allowed to make the file
 *          SKT_EOPNOTSUPP     the system cannot take IPv4 on an IPv6 socket, or
 *                             does not share load
 *          SKT_EIO            unix: the file system failed
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   never.
 * Differs  Windows: while a connection accepted on the port is still open, it
 *          cannot be bound again. macOS and the BSDs: one address can be bound
 *          beside a wildcard that listens, unless SKT_EXCLUSIVE was said. Linux
 *          and FreeBSD alone share load.
 * Source   POSIX bind(), SO_REUSEADDR, SO_REUSEPORT, SO_REUSEPORT_LB; Winsock
 *          bind(), SO_EXCLUSIVEADDRUSE, SO_REUSEADDR. */
SKT_API int skt_bind(skt *s, const skt_addr *local, unsigned flags);

/** Let peers connect.
 *
 *   s        a bound stream or seqpacket socket; one that listens already gets
 *            the backlog
 *   backlog  how many may wait to be accepted, a hint that the system bounds;
 *            0 or less asks for its best
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EOPNOTSUPP  sockets of this type take no connections
 *          SKT_EINVAL      s is not bound, or connected
 *          SKT_EADDRINUSE  another socket listens there
 *          SKT_EACCES      not allowed to this process
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   never.
 * Differs  Windows: the backlog of a listening socket does not change again.
 * Source   POSIX listen(); Winsock listen(), SOMAXCONN_HINT(). */
SKT_API int skt_listen(skt *s, int backlog);

/** Take the next waiting connection.
 *
 *   s      a listening socket
 *   out    receives the new socket, as in skt_socket
 *   peer   receives the peer's address; may be NULL. Zeroed on any error.
 *   flags  0, or SKT_NONBLOCK for the new socket
 *
 * The new socket is blocking unless flags say otherwise, and is not inherited,
 * whatever s is. It has the domain and type of s. A peer that gave up while it
 * waited is passed over.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  s does not listen, or flags are unknown
 *          SKT_EAGAIN  s is non-blocking and nobody waits
 *          SKT_ETIMEDOUT  the limit is over
 *          SKT_EACCES  a firewall forbids it
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  nothing left; the
 *                      connection goes on waiting
 * Blocks   until a connection is there, if s is blocking.
 * Threads  several threads may accept from one s.
 * Differs  macOS, Windows: a child started by another thread in the very
 *          instant of the call can still inherit the new socket.
 * Source   POSIX accept(), accept4(); Winsock accept(). */
SKT_API int skt_accept(skt *s, skt *out, skt_addr *peer, unsigned flags);

/*
 * Client side
 */

/** Connect to a peer.
 *
 *   s     a socket that is not connected and does not listen
 *   peer  an address of the socket's domain, with a port and a host
 *
 * A blocking socket is connected when this returns 0. A non-blocking one
 * answers SKT_EINPROGRESS: wait for SKT_WRITE, then ask skt_connect_finish for
 * the outcome. After a failure s can only be closed.
 *
 * A unix socket connects at once. When the listener's queue is full, a blocking
 * one waits on Linux; else it is refused.
 *
 * On a datagram, raw or rdm socket this chooses the peer: skt_write sends to
 * it, and nothing from others arrives. It never waits, a failure leaves s as it
 * was, and skt_disconnect undoes it. A raw socket's peer needs no port.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL         s listens, or has failed to connect before; peer
 *                             is no address, of another domain, a wildcard,
 *                             mapped IPv4, or has port 0
 *          SKT_EISCONN        s is connected
 *          SKT_EALREADY       s is already connecting
 *          SKT_EINPROGRESS    s is non-blocking and has begun to connect
 *          SKT_ECONNREFUSED   nobody listens there; or only s itself, as far as
 *                             it is bound or the peer is on loopback
 *          SKT_ETIMEDOUT      no answer within the limit for SKT_WRITE, or in
 *                             the time the system allows
 *          SKT_ENETUNREACH SKT_EHOSTUNREACH  no way to the peer
 *          SKT_EADDRNOTAVAIL  no local port left
 *          SKT_EADDRINUSE     s is bound, and this very pair is connected
 *          SKT_ECONNRESET     the peer, or something between, reset it
 *          SKT_EACCES         a firewall forbids it, or the file does
 *          SKT_ENOENT         unix: nothing at that path
 *          SKT_EPROTONOSUPPORT  unix: a socket of another type is there
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   until the outcome is known, if s is blocking.
 * Differs  Windows says SKT_ECONNREFUSED for a unix path where nothing is.
 * Source   POSIX connect(); Winsock connect(). */
SKT_API int skt_connect(skt *s, const skt_addr *peer);

/** Ask how a non-blocking connect ended.
 *
 * May be asked as often as one likes; the answer stays the same.
 *
 * Returns  0 connected, or one of Errors.
 * Errors   SKT_EINPROGRESS  not yet
 *          SKT_EINVAL       no connect was begun
 *          and those of skt_connect that tell a failure
 * Blocks   never.
 * Source   POSIX getsockopt(SO_ERROR); Winsock the same. */
SKT_API int skt_connect_finish(skt *s);

/** Let a socket that needs no connection have no peer again.
 *
 *   s   a connected datagram, raw or rdm socket
 *
 * It receives from anybody then, and counts as bound: the port stays what it
 * was, and the address is the one given to skt_bind, or the system's choice.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL    s is a stream or seqpacket socket
 *          SKT_ENOTCONN  s has no peer
 *          SKT_EADDRINUSE  Linux: it has none now, but in between another
 *                          socket took a port that the system had chosen
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   never.
 * Differs  The address of a socket that was never bound.
 * Source   POSIX connect(AF_UNSPEC); Winsock connect() to the zero address. */
SKT_API int skt_disconnect(skt *s);

/*
 * Data
 */

/** Read what has arrived.
 *
 *   s       a connected socket; or one that needs no connection
 *   buffer  receives up to n bytes; unchanged on error
 *   n       its size; with 0 nothing is asked of the system and 0 returned
 *
 * Every type but SKT_STREAM keeps messages apart: one call reads one of them.
 * On datagram, raw and rdm sockets 0 is an empty message, there is no end, and
 * also a call with n 0 takes a message.
 *
 * A connection that broke stays broken: after the first such error every later
 * read returns it again.
 *
 * Returns  how many bytes, 1 to n; 0 when the peer has finished writing, or
 *          reading was shut down here; or one of Errors.
 * Errors   SKT_EINVAL        n is over PTRDIFF_MAX; Windows: s is a datagram
 *                            socket with neither an address nor a peer
 *          SKT_ENOTCONN      s is not connected
 *          SKT_EAGAIN        s is non-blocking and nothing is there
 *          SKT_ECONNRESET    the connection broke; bytes that had arrived and
 *                            were not read may be lost
 *          SKT_ETIMEDOUT     the limit is over; or the peer went silent, by
 *                            keep-alive or retransmission, and s is dead
 *          SKT_EHOSTUNREACH SKT_ENETUNREACH  the way to it broke
 *          SKT_EIO           a failure in the system
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left; nothing is lost
 * Blocks   until a byte, the end or an error is there, if s is blocking.
 * Differs  Windows drops bytes that arrived before a reset, Linux keeps them.
 *          SCTP: what a buffer was too small for, the next call reads.
 * Source   POSIX recv(); Winsock recv(). */
SKT_API ptrdiff_t skt_read(skt *s, void *buffer, size_t n);

/** Write bytes.
 *
 *   s       a connected socket
 *   buffer  n bytes, unchanged
 *   n       how many; with 0 nothing is asked of the system and 0 returned
 *
 * Every type but SKT_STREAM sends the n bytes as one message, whole or not at
 * all. Datagram, raw and rdm sockets also send one of 0 bytes; a seqpacket
 * socket does not, because the peer would take it for the end.
 *
 * A blocking socket takes all n bytes. Should the connection break half way,
 * the count taken until then is returned, and the error by the next write; and
 * so it is when a limit (skt_set_limit) is over half way, or a signal comes
 * half way while there is one: skt_write_all tells the two apart. A
 * non-blocking socket takes what there is room for. Taken means that the system
 * has them, not that the peer does.
 *
 * Returns  how many bytes were taken, 1 to n, or one of Errors.
 * Errors   SKT_EINVAL        n is over PTRDIFF_MAX
 *          SKT_ENOTCONN      s is not connected
 *          SKT_EPIPE         writing was shut down here
 *          SKT_EAGAIN        s is non-blocking and there is no room
 *          SKT_EMSGSIZE      longer than a message of this type can be
 *          SKT_ECONNREFUSED  of messages: nobody has the peer's address; seldom
 *                            told but of unix sockets
 *          SKT_ECONNRESET    the connection broke
 *          SKT_ETIMEDOUT     the limit is over, or the peer went silent
 *          SKT_EHOSTUNREACH SKT_ENETUNREACH  the way to it broke
 *          SKT_EIO           a failure in the system
 *          SKT_EACCES        a firewall forbids it
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left; nothing is lost
 * Blocks   until all is taken, if s is blocking.
 * Source   POSIX send(); Winsock send(). */
SKT_API ptrdiff_t skt_write(skt *s, const void *buffer, size_t n);

/** Read bytes and leave them there for the next read.
 *
 * As skt_read in all else.
 *
 * Source   POSIX recv(MSG_PEEK); Winsock the same. */
SKT_API ptrdiff_t skt_peek(skt *s, void *buffer, size_t n);

/** Read exactly n bytes.
 *
 *   s       a connected stream socket
 *   buffer  receives n bytes, or the first of them
 *   n       how many
 *   done    receives how many were read, also on an error; may be NULL
 *
 * A limit (skt_set_limit) bounds all of it together. A non-blocking socket
 * reads what is there; go on where it stopped.
 *
 * Returns  0 when all n bytes were read, or one of Errors.
 * Errors   SKT_ENODATA   the stream ended before
 *          SKT_EOPNOTSUPP  s is not of the type SKT_STREAM
 *          and those of skt_read
 * Blocks   until all are there, if s is blocking.
 * Source   POSIX recv(MSG_WAITALL); Winsock the same. */
SKT_API int skt_read_all(skt *s, void *buffer, size_t n, size_t *done);

/** Write exactly n bytes: skt_write, with outcome and count told apart.
 *
 *   done   receives how many bytes were taken, also on an error; may be NULL
 *
 * Returns  0 when all n bytes were taken, or one of Errors.
 * Errors   those of skt_write
 * Blocks   until all are taken, if s is blocking.
 * Source   as skt_write. */
SKT_API int skt_write_all(skt *s, const void *buffer, size_t n, size_t *done);

/** A piece of memory, for the two functions that follow. */
typedef struct skt_buffer {
  void *data;
  size_t n;
} skt_buffer;

/** Read into several buffers, filling one after the other.
 *
 *   buffers  `count` of them; empty ones are passed over
 *   count    any number; one call of the system takes up to 64
 *
 * As skt_read into their sum in all else, and SKT_EMSGSIZE when a socket of
 * another type than SKT_STREAM is given more than one call takes.
 *
 * Source   POSIX readv(); Winsock WSARecv(). */
SKT_API ptrdiff_t skt_readv(skt *s, const skt_buffer *buffers, size_t count);

/** Write several buffers, one after the other, as if they were one.
 *
 * As skt_write of their sum in all else.
 *
 * Source   POSIX writev(); Winsock WSASend(). */
SKT_API ptrdiff_t skt_writev(skt *s, const skt_buffer *buffers, size_t count);

/** Send a message to somebody.
 *
 *   s       a datagram or raw socket that is not connected
 *   buffer  n bytes, unchanged
 *   n       how many; 0 sends an empty message
 *   to      an address of the socket's domain, or an IPv4 one if s was bound
 *           with SKT_DUAL_STACK
 *
 * All of the message is sent, or nothing. That it was sent says nothing about
 * its arrival; that nobody listens there is not told either, now or later.
 *
 * Returns  n, or one of Errors.
 * Errors   SKT_EINVAL        n is over PTRDIFF_MAX; to is no address, of
 *                            another domain, a wildcard, or has port 0
 *          SKT_EOPNOTSUPP    s is of a type that needs a connection
 *          SKT_EISCONN       s is connected: use skt_write
 *          SKT_EMSGSIZE      too long for one message (65507 bytes for UDP over
 *                            IPv4)
 *          SKT_EAGAIN        s is non-blocking and there is no room
 *          SKT_ETIMEDOUT     the limit is over
 *          SKT_EACCES        a broadcast without leave; a firewall
 *          SKT_ENETUNREACH SKT_EHOSTUNREACH SKT_ENETDOWN  no way there
 *          SKT_EADDRNOTAVAIL no local port left, or no such address here
 *          SKT_ECONNREFUSED  unix: nobody has that path
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   until there is room, if s is blocking.
 * Source   POSIX sendto(); Winsock sendto(). */
SKT_API ptrdiff_t skt_send_to(skt *s, const void *buffer, size_t n,
                              const skt_addr *to);

/** Receive a message and see who sent it.
 *
 *   s          a datagram or raw socket; one without an address gets the
 *              wildcard and a port, so that it can be answered
 *   buffer     receives up to n bytes; the rest of the message is dropped
 *   n          its size; with 0 the message is dropped
 *   from       receives the sender's address; may be NULL. Zeroed on any error.
 *   truncated  receives whether something was dropped; may be NULL
 *
 * One call is one message. What happened to messages sent before (nobody
 * listened) is never told here, so one peer cannot stop a server.
 *
 * Returns  how many bytes, 0 for an empty message too; or one of Errors.
 * Errors   SKT_EINVAL      n is over PTRDIFF_MAX
 *          SKT_EOPNOTSUPP  s is of a type that needs a connection
 *          SKT_EAGAIN      s is non-blocking and nothing is there
 *          SKT_ETIMEDOUT   the limit is over
 *          SKT_EADDRINUSE  s has no address and no port is left
 *          SKT_ENETDOWN    the network of this host is down
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   until a message is there, if s is blocking.
 * Source   POSIX recvmsg(), MSG_TRUNC; Winsock recvfrom(), WSAEMSGSIZE,
 *          SIO_UDP_CONNRESET. */
SKT_API ptrdiff_t skt_receive_from(skt *s, void *buffer, size_t n,
                                   skt_addr *from, bool *truncated);

/** Finish writing, reading, or both, and keep the socket.
 *
 *   s    a connected stream or seqpacket socket
 *   how  SKT_WRITE: the peer reads what was written, then the end.
 *        SKT_READ: reads return 0 from now on; the peer is not told.
 *        SKT_BOTH
 *
 * What has ended already, by whomever, counts as done.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL    how is none of the three, s listens, or is of a type
 *                        that needs no connection
 *          SKT_ENOTCONN  s is not connected
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   never; a thread that waits in skt_read is not woken.
 * Threads  counts as writing, reading, or both, as `how` says.
 * Differs  SCTP: the end of one direction is the end of both, when what was
 *          written has arrived. On Linux skt_wait does not tell this side, and
 *          its reads then say SKT_ENOTCONN, not 0.
 * Source   POSIX shutdown(); Winsock shutdown(). */
SKT_API int skt_shutdown(skt *s, int how);

/*
 * Modes and limits
 */

/** Choose whether calls on a socket wait.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  Windows: something else has tied s to an event
 * Blocks   never.
 * Source   POSIX fcntl(O_NONBLOCK); Winsock ioctlsocket(FIONBIO). */
SKT_API int skt_set_blocking(skt *s, bool blocking);

/** Bound how long calls on a socket wait.
 *
 *   s           a socket
 *   directions  SKT_READ: skt_read, skt_accept and their kin; SKT_WRITE:
 *               skt_write, skt_connect and their kin; SKT_BOTH
 *   limit_ms    the longest time for one call; 1 or more, or -1 for no limit
 *
 * A call that could do nothing in its time returns SKT_ETIMEDOUT, and the
 * socket stays as good as it was, except that a connect that is over time has
 * failed. A write that could do something returns how much. The system keeps
 * the time where it can, so that a limit costs no call.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  directions or limit_ms is out of range
 * Blocks   never.
 * Differs  Linux counts in ticks of up to 10 ms: a limit is rounded up to them,
 *          and may be over one tick early.
 * Source   POSIX SO_RCVTIMEO, SO_SNDTIMEO; Winsock has the same, but leaves
 *          sockets undefined when the time is over, so skt keeps it there. */
SKT_API int skt_set_limit(skt *s, int directions, int limit_ms);

/** How long calls on a socket wait.
 *
 *   s          a socket
 *   direction  SKT_READ or SKT_WRITE
 *   limit_ms   receives the limit in force, or -1 for none
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  direction is neither */
SKT_API int skt_limit(const skt *s, int direction, int *limit_ms);

/** Whether calls on a socket wait.
 *
 * Returns  1 they wait, 0 they do not; or one of the codes any function may
 *          give. No system call. */
SKT_API int skt_blocking(const skt *s);

/*
 * Waiting
 *
 * What the events mean, for all functions below and on every system:
 *
 *   SKT_READ   bytes or a message to read, the peer's end, or a connection to
 *              accept
 *   SKT_WRITE  room to write, or the end of connecting, good or bad
 *
 * Ready means that the next such call will not wait. An error, a reset say,
 * makes a socket ready for both, skt_cancel too. Urgent data (TCP's) makes it
 * ready for neither. Events are levels: what is there and not taken is told
 * again.
 */

/** Lets any thread wake one that waits. Zeroed memory is none. It stays where
 * it is while it is used. The members are skt's own. */
typedef struct skt_waker {
  uintptr_t waits, wakes; /* handles, or one twice */
  uint32_t open, pending;
} skt_waker;

/** Create a waker.
 *
 *   w   receives it; zeroed on any error
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  nothing left
 *          SKT_EADDRNOTAVAIL SKT_EACCES  Windows: IPv4 is off, or a firewall
 *                      forbids a datagram socket on 127.0.0.1
 * Blocks   never.
 * Source   Linux eventfd(); POSIX pipe(); Winsock has none. */
SKT_API int skt_waker_create(skt_waker *w);

/** Wake the thread that waits with a waker, or else the next that does.
 *
 * Many wakes before one wait are one wake, and the cost of one.
 *
 * Returns  0, or SKT_EFAULT, or SKT_EBADF if w is none.
 * Errors   SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   never.
 * Threads  any thread, at any time before skt_waker_destroy.
 * Source   none; made of POSIX write(); Winsock send(). */
SKT_API int skt_wake(skt_waker *w);

/** Destroy a waker and zero it.
 *
 * Returns  0, or SKT_EFAULT, or SKT_EBADF if w is none.
 * Blocks   never.
 * Threads  not while another thread uses w.
 * Source   POSIX close(); Winsock closesocket(). */
SKT_API int skt_waker_destroy(skt_waker *w);

/** Wait until a socket is ready.
 *
 *   s           a socket that listens, connects or is connected; or one that
 *               needs no connection
 *   events      SKT_READ, SKT_WRITE or SKT_BOTH: any of them
 *   timeout_ms  the longest time to wait; -1 for ever, 0 only looks
 *   waker       what may end the wait too; may be NULL. One thread at a time
 *               waits with a waker.
 *
 * Returns  those of the events that are there, or'ed with SKT_WOKEN if somebody
 *          has woken the waker; 0 when the time is over, never before; or one
 *          of Errors.
 * Errors   SKT_EINVAL    events are none or unknown; timeout_ms is under -1
 *          SKT_ENOTCONN  s needs a connection, and neither listens nor
 *                        connects nor is connected
 *          SKT_ENOMEM SKT_ENOBUFS  nothing left
 *          SKT_EBADF is also told for a waker that is none
 * Blocks   as told.
 * Threads  several threads may wait on one s.
 * Source   POSIX poll(); Winsock select(). */
SKT_API int skt_wait(skt *s, int events, int timeout_ms, skt_waker *waker);

/** An entry for skt_poll. */
typedef struct skt_polled {
  skt *s;     /* a socket as for skt_wait; NULL: passed over */
  int events; /* SKT_READ, SKT_WRITE, SKT_BOTH; 0: passed over */
  int ready;  /* receives those that are there, or 0 */
} skt_polled;

/** Wait until one of several sockets is ready.
 *
 *   entries     `count` of them; a socket may stand in several
 *   count       any number, also 0
 *   timeout_ms  as for skt_wait
 *   waker       as for skt_wait
 *
 * The work grows with the number of entries; for many there is skt_poller.
 *
 * Returns  how many entries are ready, and one more if the waker was woken; 0
 *          when the time is over, never before; or one of Errors, all entries
 *          then not ready.
 * Errors   SKT_EINVAL    an entry's events are unknown; timeout_ms is under -1;
 *                        or is -1, and nothing could ever end the wait
 *          SKT_ENOTCONN  as for skt_wait, for one of the sockets
 *          SKT_ENOMEM SKT_ENOBUFS  nothing left; over 64 entries take memory
 *                        for the time of the call
 * Blocks   as told.
 * Source   POSIX poll(); Winsock select(). */
SKT_API int skt_poll(skt_polled *entries, size_t count, int timeout_ms,
                     skt_waker *waker);

/** Watches any number of sockets at a cost that does not grow with the idle
 * ones. Zeroed memory is none. It stays where it is while it is used. The
 * members are skt's own. */
typedef struct skt_poller {
  uintptr_t handle, wakes;
  uint32_t open, pending, waiting;
} skt_poller;

/** What a poller tells: 16 bytes on every system. An error is SKT_BOTH,
 * whichever of the two was asked for. */
typedef struct skt_event {
  void *user; /* as given to skt_poller_add; NULL for SKT_WOKEN */
  int events; /* SKT_READ, SKT_WRITE, SKT_BOTH; or SKT_WOKEN alone */
  char room[16 - sizeof(void *) - sizeof(int)]; /* skt's own */
} skt_event;

/** Create a poller.
 *
 *   p   receives it; zeroed on any error
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   never.
 * Differs  After a fork only one of the two processes may use it, as with
 *          wakers; BSD: the parent.
 * Source   Linux epoll_create1(); BSD kqueue(); Windows completion ports. */
SKT_API int skt_poller_create(skt_poller *p);

/** Watch a socket.
 *
 *   p       a poller
 *   s       a socket as for skt_wait, which p does not watch yet. The struct
 *           may be moved afterwards.
 *   events  SKT_READ, SKT_WRITE, SKT_BOTH, or 0 for none so far; or'ed with
 *           SKT_ONESHOT to be told once and then watched for none
 *   user    any pointer; it comes back with each event
 *
 * Closing s ends it too. Nothing is told of the direction that skt_shutdown has
 * ended by SKT_READ.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL    events are unknown
 *          SKT_EEXIST    p watches s already
 *          SKT_ENOTCONN  as for skt_wait
 *          SKT_ENOMEM SKT_ENOBUFS  nothing left
 *          SKT_EBADF is also told for a poller that is none
 * Blocks   never.
 * Threads  any thread, also while another waits: that one is then told.
 * Differs  Linux: while another process or a duplicate of the handle keeps the
 *          socket open, closing s does not end it; removing it does.
 * Source   Linux epoll_ctl(); BSD kevent(); Windows: AFD. */
SKT_API int skt_poller_add(skt_poller *p, skt *s, int events, void *user);

/** Watch a socket for other events, or once more.
 *
 * As skt_poller_add in all else, for a socket that p watches.
 *
 * Errors   SKT_EINVAL    events are unknown
 *          SKT_ENOENT    p does not watch s
 *          SKT_ENOTCONN  as for skt_wait
 *          SKT_ENOMEM SKT_ENOBUFS  nothing left */
SKT_API int skt_poller_modify(skt_poller *p, skt *s, int events, void *user);

/** Watch a socket no longer.
 *
 * No later skt_poller_wait tells of it. To be called before skt_release; before
 * skt_close it need not be.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_ENOENT  p does not watch s
 * Blocks   never.
 * Threads  as for skt_poller_add.
 * Source   as for skt_poller_add. */
SKT_API int skt_poller_remove(skt_poller *p, skt *s);

/** Wait until one of the sockets is ready, or the poller is woken.
 *
 *   p           a poller
 *   events      receives what is there, each socket at most once
 *   capacity    how many at most, 1 or more; what finds no room comes with the
 *               next call, in turn
 *   timeout_ms  as for skt_wait
 *
 * Returns  how many events there are; 0 when the time is over, never before;
 *          or one of Errors.
 * Errors   SKT_EINVAL  capacity is 0, or timeout_ms under -1
 *          SKT_EBUSY   another thread waits already
 *          SKT_ENOMEM SKT_ENOBUFS  nothing left
 * Blocks   as told.
 * Threads  one at a time.
 * Differs  One call tells up to a million events on Linux, up to 64 with kqueue
 *          and on Windows, however large the array is. After skt_cancel kqueue
 *          tells only what the socket is watched for, the others both.
 * Source   Linux epoll_wait(); BSD kevent(); Windows
 *          GetQueuedCompletionStatusEx(). */
SKT_API int skt_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                            int timeout_ms);

/** Wake the thread that waits, or else the next that does, by one event.
 *
 * Many wakes before one wait are one wake, and the cost of one.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_ENOMEM SKT_ENOBUFS  nothing left
 * Blocks   never.
 * Threads  any thread, at any time before skt_poller_destroy.
 * Source   Linux eventfd(); BSD EVFILT_USER; Windows
 *          PostQueuedCompletionStatus(). */
SKT_API int skt_poller_wake(skt_poller *p);

/** Destroy a poller and zero it. The sockets stay as they are.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EBUSY  a thread waits; nothing was destroyed
 * Blocks   never.
 * Threads  not while another thread uses p, but for the answer above.
 * Source   POSIX close(); Windows CloseHandle(). */
SKT_API int skt_poller_destroy(skt_poller *p);

/*
 * Options
 *
 * An option that is not set has the system's default: Nagle's algorithm is on,
 * say. Reading or setting one is one system call. Options are best set before
 * the socket is connected or listens; an accepted socket starts with its
 * listener's SKT_OPT_KEEPALIVE, SKT_OPT_NODELAY and buffers. While a socket is
 * connecting it has no options (Windows would refuse some of them).
 *
 *   SKT_OPT_...         values          of sockets    what it does
 *   KEEPALIVE           0, 1            TCP           ask a silent peer whether
 *                                                     it is still there
 *   KEEPALIVE_IDLE      s, 1..32767     TCP           silence before that
 *   KEEPALIVE_INTERVAL  s, 1..32767     TCP           time between questions
 *   KEEPALIVE_COUNT     1..127          TCP           questions before the
 *                                                     connection is given up
 *   NODELAY             0, 1            TCP           small writes go at once
 *   SEND_BUFFER         bytes,          all           room for what was written
 *   RECEIVE_BUFFER        1..INT_MAX/2  all           and for what came in. The
 *                                                     system may bound it; what
 *                                                     is in force is read
 *   HOPS                1..255          IPv4, IPv6    TTL, or unicast hop limit
 *   TRAFFIC_CLASS       0..255          IPv4, IPv6    TOS, or traffic class. On
 *                                                     streams the low two bits
 *                                                     are TCP's own, and 0
 *   V6ONLY              0, 1            IPv6, stream  0: skt_bind takes IPv4
 *                                       or datagram   too, as if told by
 *                                                     SKT_DUAL_STACK. To be
 *                                                     set before, at no cost
 *   BROADCAST           0, 1            IPv4 datagram may send to broadcast
 *                                       or raw        addresses
 *   USER_TIMEOUT        ms, 0..INT_MAX  TCP           what was sent and not
 *                                                     acknowledged for so long
 *                                                     ends the connection; 0 is
 *                                                     the system's own limit
 *   DEVICE              0..16777215     IPv4, IPv6    index of the interface to
 *                                                     send by; 0 is any
 *   MARK                0..INT_MAX      IPv4, IPv6    mark for routing rules
 *
 * Not on every system, SKT_EOPNOTSUPP elsewhere:
 *   KEEPALIVE_IDLE      set, but not read, on Windows before 10 version 1709;
 *                       not on OpenBSD
 *   KEEPALIVE_INTERVAL, KEEPALIVE_COUNT
 *                       not on Windows before 10 version 1709, nor OpenBSD
 *   TRAFFIC_CLASS       Windows keeps the number, but policies of the system
 *                       decide what is sent; it may lack it for IPv6
 *   USER_TIMEOUT        Linux; macOS and Windows in seconds, rounded up
 *   DEVICE              Linux, macOS, Windows. On Windows it is for sending
 *                       only; elsewhere nothing is received by other interfaces
 *   MARK                Linux, with a privilege
 *
 * There is no SO_LINGER: with it close would block, even on non-blocking
 * sockets, or fail and stay open, depending on the system. skt_close never
 * blocks, and what was written is sent on behind it; skt_abort resets, and
 * skt_close_graceful waits for the peer, but not for ever.
 */

/** Options, for skt_get_option and skt_set_option. */
enum {
  SKT_OPT_KEEPALIVE = 1,
  SKT_OPT_KEEPALIVE_IDLE = 2,
  SKT_OPT_KEEPALIVE_INTERVAL = 3,
  SKT_OPT_KEEPALIVE_COUNT = 4,
  SKT_OPT_NODELAY = 5,
  SKT_OPT_SEND_BUFFER = 6,
  SKT_OPT_RECEIVE_BUFFER = 7,
  SKT_OPT_HOPS = 8,
  SKT_OPT_TRAFFIC_CLASS = 9,
  SKT_OPT_V6ONLY = 10,
  SKT_OPT_BROADCAST = 11,
  SKT_OPT_USER_TIMEOUT = 12,
  SKT_OPT_DEVICE = 13,
  SKT_OPT_MARK = 14
};

/** Read an option.
 *
 *   s       a socket of a kind that has the option
 *   option  one of the above
 *   value   receives it, in the unit of the above; 0 on any error
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL      no such option, or not for this kind of socket
 *          SKT_EALREADY    s is connecting
 *          SKT_EOPNOTSUPP  this system has no such option, or does not tell
 *          SKT_ENOTCONN    the connection is gone, and the option with it
 *          SKT_ENOBUFS     nothing left
 * Blocks   never.
 * Differs  Linux and Windows still tell of a connection that is gone.
 * Source   POSIX getsockopt(); Winsock getsockopt(). */
SKT_API int skt_get_option(const skt *s, int option, int *value);

/** Set an option.
 *
 *   s       a socket of a kind that has the option
 *   option  one of the above
 *   value   in its unit and range
 *
 * On a connection that is gone nothing is done and 0 returned.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL      no such option, not for this kind of socket, value
 *                          out of range, or SKT_OPT_V6ONLY after skt_bind
 *          SKT_EALREADY    s is connecting
 *          SKT_EOPNOTSUPP  this system has no such option
 *          SKT_EACCES      not allowed to this process
 *          SKT_ENODEV      SKT_OPT_DEVICE: no such interface
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Blocks   never.
 * Differs  Linux takes the number of an interface that does not exist, and then
 *          sends nothing.
 * Source   POSIX setsockopt(); Winsock setsockopt(), SIO_KEEPALIVE_VALS. */
SKT_API int skt_set_option(skt *s, int option, int value);

/*
 * Names of a socket
 */

/** The socket's own address.
 *
 *   s    a socket
 *   out  receives it: the wildcard and port 0 when the socket has none yet,
 *          "unix:" for a unix socket.
 *        Zeroed on any error.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  the connection is gone, and the address with it
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Source   POSIX getsockname(); Winsock getsockname(). */
SKT_API int skt_local(const skt *s, skt_addr *out);

/** The address of the peer.
 *
 *   s    a connected socket
 *   out  receives it; zeroed on any error
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_ENOTCONN  s is not connected, or no longer
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Differs  After a reset Windows still tells it, others do not.
 * Source   POSIX getpeername(); Winsock getpeername(). */
SKT_API int skt_peer(const skt *s, skt_addr *out);

/*
 * Native handles: a way in and out
 */

/** Take a native socket in. skt owns it from here on.
 *
 *   s       receives the socket, as in skt_socket
 *   native  an int descriptor or a SOCKET, cast to uintptr_t
 *   kind    0: the system is asked what it is, and it is made blocking (or
 *           non-blocking with SKT_NONBLOCK).
 *           Otherwise domain | type | state, the state being SKT_BOUND,
 *           SKT_LISTENING, SKT_CONNECTED or none of them, and SKT_NONBLOCK or
 *           SKT_DUAL_STACK if it is so: you are believed, and no system call
 *           is made.
 *
 * On an error the handle stays the caller's, open. Whether children inherit it
 * stays as it is.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL           kind is no such sum
 *          SKT_ENOTSOCK         native is no open socket (if the system was
 *                               asked, or it could not be one)
 *          SKT_EAFNOSUPPORT     a socket of a domain without a name here
 *          SKT_EPROTONOSUPPORT  a socket of a type without a name here; SCTP's
 *                               of many peers (SOCK_SEQPACKET) too
 *          SKT_ENOBUFS SKT_ENOMEM  nothing left
 * Source   POSIX getsockopt(SO_TYPE); Winsock getsockopt(SO_PROTOCOL_INFOW). */
SKT_API int skt_adopt(skt *s, uintptr_t native, unsigned kind);

/** Lend the native socket. It stays skt's: do not close it.
 *
 * Returns  the int descriptor or SOCKET as a uintptr_t; UINTPTR_MAX, which is
 *          (uintptr_t)-1 and INVALID_SOCKET, when there is none. */
SKT_API uintptr_t skt_native(const skt *s);

/** Give the native socket up: it is the caller's, and s is zeroed.
 *
 * Returns  as skt_native. */
SKT_API uintptr_t skt_release(skt *s);

#ifdef __cplusplus
}
#endif

#endif
