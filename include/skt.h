/* SPDX-License-Identifier: MIT */
#ifndef SKT_H
#define SKT_H

/*
 * skt: the same sockets on Linux, macOS, the BSDs and Windows.
 *
 * A server that sends back what one client sends, and such a client:
 *
 *   int serve_one(void) {
 *     skt server = SKT_NONE, client = SKT_NONE;
 *     skt_addr here;
 *     char data[1000];
 *     ptrdiff_t n = 0;
 *     int rc = skt_addr_parse(&here, "127.0.0.1:7000");
 *     if (rc == 0) rc = skt_socket(&server, SKT_IPV4, SKT_STREAM, 0);
 *     if (rc == 0) rc = skt_bind(&server, &here, 0);
 *     if (rc == 0) rc = skt_listen(&server, 0);
 *     if (rc == 0) rc = skt_accept(&server, &client, NULL, 0);
 *     while (rc == 0 && (n = skt_read(&client, data, sizeof data)) > 0)
 *       rc = skt_write_all(&client, data, (size_t)n, NULL);
 *     skt_close(&client);
 *     skt_close(&server);
 *     return rc < 0 ? rc : (int)n;
 *   }
 *
 *   int say_hello(void) {
 *     skt s = SKT_NONE;
 *     skt_addr server;
 *     char text[6] = "";
 *     int rc = skt_addr_parse(&server, "127.0.0.1:7000");
 *     if (rc == 0) rc = skt_socket(&s, SKT_IPV4, SKT_STREAM, 0);
 *     if (rc == 0) rc = skt_set_limit(&s, SKT_BOTH, 5000);
 *     if (rc == 0) rc = skt_connect(&s, &server);
 *     if (rc == 0) rc = skt_write_all(&s, "hello", 5, NULL);
 *     if (rc == 0) rc = skt_read_all(&s, text, 5, NULL);
 *     puts(rc == 0 ? text : skt_strerror(rc));
 *     skt_close(&s);
 *     return rc;
 *   }
 *
 * These are the calls every socket lesson teaches, with one meaning on every
 * system. skt speaks no protocol. It starts no thread, except to look a name up
 * in a limited time. It takes memory from the heap in four cases: for such a
 * look-up; for pollers, on Windows and on systems that have only poll; while
 * skt_poll waits for more than 64 entries; and in skt_interfaces. There is
 * nothing to initialise.
 *
 * Five rules hold for every function below.
 *
 * Results    0, or a count, or a negative SKT_E... code whose number is the
 *            same on every system. There is no errno to read. Every code fits
 *            an int, so skt_strerror takes (int)n of a ptrdiff_t n. A field
 *            "Errors" is closed: the function returns no other code, except
 *            the six that any function may return:
 *              SKT_EFAULT    a required pointer is NULL, or the system found it
 *                            invalid
 *              SKT_EBADF     the skt holds no socket, or the waker or poller is
 *                            none (zeroed, closed or destroyed)
 *              SKT_ENOTSOCK  its handle is not an open socket, because other
 *                            code closed it
 *              SKT_ECANCELED skt_cancel was called for this socket; or, of a
 *                            call about names, its waker was woken
 *              SKT_ENETDOWN  the host's network is down; on Windows also:
 *                            Winsock did not start, or other code stopped it
 *              SKT_EUNKNOWN  a system error that has no code here;
 *                            skt_native_error() returns its number
 *            When several apply, the first in this order wins: the socket's
 *            pointer, no socket, other pointers, other arguments, the state of
 *            the socket. Only then does skt call the system.
 * Ownership  Every struct and buffer is the caller's. skt keeps no pointer
 *            after a call has returned, except the `user` of a poller, to
 *            which it does nothing.
 * Units      Sizes are bytes in a size_t, no larger than PTRDIFF_MAX. Times are
 *            milliseconds in an int: -1 is for ever, 0 does not wait. Ports are
 *            plain numbers, in the host's byte order.
 * Blocking   A socket blocks unless the caller asked for SKT_NONBLOCK, on every
 *            system, accepted sockets too. A signal never ends a call early,
 *            except a write that has a limit (see skt_write).
 * Threads    Any thread may use any socket. On one socket at the same time, one
 *            thread may read, another write, any number accept, wait or ask
 *            (for a name, an option, the mode), and any number cancel. All
 *            other calls take turns; so do all calls but skt_cancel while the
 *            socket connects. The field "Threads" of a function says which it
 *            is. A thread must not be ended while it is in a call
 *            (pthread_cancel, TerminateThread): the socket, waker or poller
 *            stays in use, and skt_poller_wait, for example, returns SKT_EBUSY
 *            for ever. skt_cancel and the wakers end calls instead.
 *
 * A child process inherits no socket that skt made or accepted, and no write
 * raises SIGPIPE.
 *
 * What follows, in this order:
 *
 *   Errors                    codes, their names and texts
 *   Types                     skt, skt_addr, constants
 *   Addresses                 from text and to text, from bytes and to bytes
 *   Life cycle                create, close, cancel
 *   Server side, client side  bind, listen, accept; connect
 *   Data                      read, write, send, receive, shut down
 *   Messages                  many datagrams at once, and all about each
 *   Modes and limits          blocking or not, and for how long
 *   Waiting                   for one socket, an array, or many; wakers
 *   Names of hosts            look-ups of names and of addresses; texts
 *   Options                   keep-alive, buffers and the like
 *   Groups                    join, leave and block senders of multicast
 *   Pairs and processes       two ends; sockets for other processes
 *   Files and peers           files that are sent; the process of a peer
 *   Interfaces                the host's, with their addresses
 *   Addresses of a socket     its own and its peer's
 *   Native handles            in and out
 *
 * Linking: CMake's skt::skt and `pkg-config skt` supply all options. Without
 * them, the static library on Windows needs -lskt -lws2_32 -liphlpapi, in this
 * order; undefined names like __imp_WSAStartup mean that the last two are
 * missing. Compile a program for skt.dll with -DSKT_SHARED, and no other
 * program: undefined names like __imp_skt_socket mean that such a program was
 * linked with the static library.
 *
 * Inlining: a program that defines SKT_INLINE before it includes this header
 * has the system's call in place of a call of skt_read and skt_write wherever
 * nothing else is to be done, as link-time optimisation does; all promises
 * stay. This is for the static library or skt.c, with gcc or clang. It includes
 * <sys/socket.h>, and makes macros of the two names. On Windows, and with
 * SKT_SHARED, it has no effect. An undefined name skt__read_on means that such
 * a program was linked with a shared library.
 */

#if defined(__STRICT_ANSI__) && !defined(__cplusplus) &&                       \
    (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 199901L)
#error "skt.h needs C99 or C++11, or later: say -std=c99, not -std=c90"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A program that links the shared library defines SKT_SHARED. In the static
 * library for Windows the functions that make a socket have other names, so
 * that a program compiled for the wrong library does not link. */
#if !defined(_WIN32)
#if defined(SKT_SHARED)
#define SKT_API __attribute__((visibility("default")))
#else
#define SKT_API
#endif
#if defined(SKT_INLINE) && !defined(SKT_SHARED) && defined(__GNUC__)
#include <sys/socket.h>
#define SKT__INLINE static inline __attribute__((always_inline, unused))
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
 * The numbers are those of Linux, negated, on every system; those about names
 * begin at -3001. The text is what skt_strerror() returns.
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
  X(SKT_EUSERS, -87, "too many look-ups are in progress")                      \
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
  X(SKT_ETIMEDOUT, -110, "the time that the caller gave is over")              \
  X(SKT_ECONNREFUSED, -111, "connection refused")                              \
  X(SKT_EHOSTDOWN, -112, "the other host no longer answers")                   \
  X(SKT_EHOSTUNREACH, -113, "host is unreachable")                             \
  X(SKT_EALREADY, -114, "already in progress")                                 \
  X(SKT_EINPROGRESS, -115, "in progress")                                      \
  X(SKT_ECANCELED, -125, "cancelled by skt_cancel or a waker")                 \
  X(SKT_ETRYAGAIN, -3001, "the name server did not answer; try again")         \
  X(SKT_ENAMEFAIL, -3004, "the look-up of the name failed")                    \
  X(SKT_ENOADDRESS, -3007, "the name has no such address")                     \
  X(SKT_ENONAME, -3008, "no such name")                                        \
  X(SKT_EUNKNOWN, -4095, "a system error without a name here")

/* A function may return a code or an event, a domain, a count. C++26 refuses
 * enumerators of different types in one `?:`, so there the codes are ints. */
#ifdef __cplusplus
#define SKT__CODE(name, value, text) constexpr int name = value;
SKT_ERRORS(SKT__CODE)
constexpr int SKT_OK = 0;
#else
#define SKT__CODE(name, value, text) name = value,
enum { SKT_ERRORS(SKT__CODE) SKT_OK = 0 };
#endif
#undef SKT__CODE

/** The name of a code.
 *
 *   code   any number
 *
 * Returns  "SKT_EINVAL" and the like; "SKT_OK" for 0 and counts; "SKT_E?" for
 *          a number that is no code. Static ASCII text, never NULL, the same
 *          on every system.
 * Threads  any thread, at any time.
 * Source   none; POSIX and Winsock have no such call. */
SKT_API const char *skt_errname(int code);

/** What a code means, for people.
 *
 *   code   any number
 *
 * Returns  an English phrase without a full stop. Static ASCII text, never
 *          NULL, the same on every system and in every locale.
 * Threads  any thread, at any time.
 * Source   POSIX strerror(); Winsock FormatMessage(). */
SKT_API const char *skt_strerror(int code);

/** The system's own number for this thread's last error.
 *
 * For logs and bug reports. An error that skt found without calling the system
 * (SKT_EBADF, for example) leaves the number unchanged.
 *
 * Returns  an errno value on POSIX systems, or of a name getaddrinfo's EAI
 *          number; a WSA number on Windows; or 0 if no call of this thread has
 *          failed in the system.
 * Threads  each thread has its own number.
 * Source   POSIX errno; Winsock WSAGetLastError(). */
SKT_API int skt_native_error(void);

/*
 * Types
 *
 * Domains, types, states and flags are numbers that do not overlap. Or'ed
 * together they describe a socket in one number (see skt_adopt).
 */

#ifdef __cplusplus
#define SKT__NONE                                                              \
  {}
#else
#define SKT__NONE                                                              \
  { 0 }
#endif

/** Initializer of a struct of this header, or of an array of them: none.
 *
 * It stands for {0} in C and for {} in C++, each of which compiles without a
 * warning in its language. Memory that was zeroed in another way is as good. */
#define SKT_NONE SKT__NONE

/** A socket. Zeroed memory holds no socket: start with `skt s = SKT_NONE;`.
 *
 * The struct may be moved and stored like any other; of two copies, use only
 * one from then on. The members are skt's own. */
typedef struct skt {
  uintptr_t handle; /* the native handle */
  uint16_t kind;    /* domain, type, state and flags; 0 is no socket */
  int16_t reading;  /* open, or the error that ended it */
  int16_t writing;  /* the same for writing */
  uint16_t calls;   /* in progress, and whether skt_cancel was called */
} skt;

/** An address and port, by value: copy it, keep it, compare it by
 * skt_addr_compare.
 *
 * Zeroed memory is no address; functions that need one refuse it. The members
 * are skt's own. */
typedef struct skt_addr {
  uint32_t length;
  uint32_t words[28]; /* the system's form, as large as its largest */
} skt_addr;

/** Domains, types, states and flags: the parts of one number. */
enum {
  /* Domains: */
  SKT_IPV4 = 0x01, /* IPv4 */
  SKT_IPV6 = 0x02, /* IPv6; IPv4 too only with SKT_DUAL_STACK */
  SKT_UNIX = 0x03, /* unix sockets: paths on this host, AF_UNIX or AF_LOCAL */
  /* Types. Stream and seqpacket sockets need a connection. The others send and
   * receive without one; connecting them only chooses their peer. */
  SKT_STREAM = 0x10,    /* a reliable stream of bytes: TCP */
  SKT_DATAGRAM = 0x20,  /* messages that may be lost or reordered: UDP */
  SKT_SEQPACKET = 0x30, /* reliable messages in order, over a connection */
  SKT_RAW = 0x40,       /* packets of one protocol, which the caller names */
  SKT_RDM = 0x50,       /* reliable messages in any order */
  SKT_PACKET = 0x60,    /* obsolete on every system, so always refused */
  /* States, for skt_adopt and from skt_kind; a fresh socket has none: */
  SKT_BOUND = 0x0100,      /* has its local address */
  SKT_LISTENING = 0x0200,  /* bound, and accepts connections */
  SKT_CONNECTING = 0x0300, /* the next call finds out the outcome */
  SKT_CONNECTED = 0x0400,  /* reads and writes */
  SKT_FAILED = 0x0500,     /* failed to connect; only from skt_kind */
  /* A flag of every socket: */
  SKT_NONBLOCK = 0x1000, /* calls return SKT_EAGAIN instead of blocking */
  /* Flags for skt_bind: */
  SKT_DUAL_STACK = 0x2000,      /* an IPv6 socket that takes IPv4 too */
  SKT_EXCLUSIVE = 0x4000,       /* no other bind may overlap */
  SKT_SHARE_MULTICAST = 0x8000, /* each socket gets what a group is sent */
  SKT_SHARE_LOAD = 0x10000,     /* each socket gets a part of the load */
  SKT_REPLACE_STALE = 0x80000,  /* take the path of a socket that is gone */
  /* The bits of each part: (skt_kind(&s) & SKT_TYPES) == SKT_STREAM */
  SKT_DOMAINS = 0x07,
  SKT_TYPES = 0x70,
  SKT_STATES = 0x0700
};

/** Directions, for skt_shutdown; events, for functions that wait; and a mode of
 * pollers. */
enum {
  SKT_READ = 1,
  SKT_WRITE = 2,
  SKT_BOTH = 3,
  SKT_WOKEN = 4,  /* reported: a thread has woken this one */
  SKT_ONESHOT = 8 /* requested: one event, then none until requested again */
};

/*
 * Addresses
 */

/** Room for the text of any address, with its terminating zero. */
#define SKT_ADDR_TEXT_MAX 128

/** Parse the text of an address.
 *
 *   out    receives the address; zeroed on any error
 *   text   "127.0.0.1:80", "[::1]:80", "[fe80::1%eth0]:80", "[fe80::1%2]:80",
 *          "unix:/run/x.sock" or "unix:@name"; zero-terminated, unchanged
 *
 * IPv4 is four decimal numbers without leading zeros, IPv6 what RFC 4291
 * allows. The port is required: 0 to 65535, in decimal digits. skt looks up no
 * names and accepts no other form of a number: not "127.1", not "010.0.0.1",
 * no space before or after. The name of an interface has no white space and
 * none of : / % [ ]; to look it up takes a descriptor for a moment on POSIX.
 *
 * The path of a unix socket is 1 to 107 bytes, in UTF-8 on Windows, used
 * unchanged; it may be relative. After @ stands an abstract name, which is not
 * a file, of 1 to 107 bytes. A file called @name is "unix:./@name", whose path
 * is @name.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL        text is no such address
 *          SKT_ENAMETOOLONG  the path or name is longer
 *          SKT_EOPNOTSUPP    the system has no abstract names
 *          SKT_ENODEV        the interface after % does not exist
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources to
 *                            look the interface up
 *          SKT_EACCES SKT_EAFNOSUPPORT  Linux: the process may not make the
 *                            socket that looks it up
 * Threads  any thread, at any time.
 * Differs  macOS and the BSDs: paths of up to 103 bytes. Only Linux has
 *          abstract names. Interfaces have other names on Windows
 *          ("ethernet_32769"); their numbers work everywhere.
 * Source   RFC 4291 2.2, RFC 4007 11; POSIX inet_pton(), if_nametoindex(). */
SKT_API int skt_addr_parse(skt_addr *out, const char *text);

/** Write an address as text that skt_addr_parse reads back.
 *
 *   a         the address
 *   text      receives the text and a terminating zero; `capacity` bytes
 *   capacity  SKT_ADDR_TEXT_MAX is always enough
 *
 * IPv6 is written as RFC 5952 says, a scope id as a number. A unix socket
 * without a name, as clients are, is "unix:", which skt_addr_parse refuses.
 *
 * The program that binds a unix socket chooses the bytes of its name: a peer's
 * text can hold line feeds, escape sequences and bytes that are not UTF-8. They
 * stand in the text as they are; escape them before they go into a log or to a
 * terminal. The text of IPv4 and IPv6 is ASCII without white space.
 *
 * Returns  the length without the zero, or one of Errors.
 * Errors   SKT_EINVAL  a is no address, or an abstract name with a zero byte,
 *                      which only another program can have made
 *          SKT_ENOSPC  capacity is too small; text is empty
 * Threads  any thread, while no thread changes *a.
 * Source   RFC 5952; POSIX inet_ntop(). */
SKT_API int skt_addr_format(const skt_addr *a, char *text, size_t capacity);

/** The domain that a socket for this address needs.
 *
 * Returns  SKT_IPV4, SKT_IPV6 or SKT_UNIX, or one of Errors.
 * Errors   SKT_EINVAL  a is no address
 * Threads  any thread, while no thread changes *a. */
SKT_API int skt_addr_domain(const skt_addr *a);

/** The port of an address.
 *
 * Returns  0 to 65535, or one of Errors.
 * Errors   SKT_EINVAL  a is no address, or one without a port
 * Threads  any thread, while no thread changes *a. */
SKT_API int skt_addr_port(const skt_addr *a);

/** Lend the bytes of an address to code that uses the system's form.
 *
 *   a       the address
 *   length  receives the number of bytes; may be NULL
 *
 * Returns  a struct sockaddr of that many bytes, aligned to 4, inside *a and
 *          valid as long as *a; NULL, and length 0, if a is no address.
 * Threads  any thread, while no thread changes *a.
 * Source   POSIX struct sockaddr; Winsock SOCKADDR. */
SKT_API const void *skt_addr_native(const skt_addr *a, size_t *length);

/** Take an address in from code that uses the system's form.
 *
 *   out     receives the address; zeroed on any error
 *   native  a struct sockaddr of `length` bytes, of any alignment
 *   length  what the system calls its length; more than needed is fine
 *
 * An IPv4 address mapped into IPv6 (::ffff:1.2.3.4) becomes plain IPv4. A unix
 * path ends at its zero byte or with `length`; its limit is that of
 * skt_addr_parse. A peer, or a socket that was taken in, whose path is longer
 * has no name for skt: its address is "unix:".
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL        too few bytes for its family
 *          SKT_ENAMETOOLONG  a unix path or abstract name is too long
 *          SKT_EAFNOSUPPORT  the family is none of the domains of skt
 * Threads  any thread, at any time.
 * Source   POSIX struct sockaddr; Winsock SOCKADDR. */
SKT_API int skt_addr_from_native(skt_addr *out, const void *native,
                                 size_t length);

/** Make an address of its bytes and a port.
 *
 *   out    receives the address; zeroed on any error
 *   bytes  in the order of the text, which is the network's, of any alignment
 *   n      how many: 4 for IPv4, 16 for IPv6
 *   port   0 to 65535
 *
 * As from skt_addr_from_native, IPv4 mapped into IPv6 becomes plain IPv4. The
 * scope of an IPv6 address is 0; skt_addr_set_scope changes it.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  n or port is none of these
 * Threads  any thread, at any time.
 * Source   POSIX struct in_addr, struct in6_addr; Winsock IN_ADDR, IN6_ADDR. */
SKT_API int skt_addr_from_bytes(skt_addr *out, const void *bytes, size_t n,
                                int port);

/** Copy the bytes of an address, without the port.
 *
 *   a      the address
 *   bytes  receives 4 bytes for IPv4 and 16 for IPv6, in the network's order;
 *          unchanged on any error
 *
 * Returns  the number of bytes, or one of Errors.
 * Errors   SKT_EINVAL  a is no address, or that of a unix socket
 * Threads  any thread, while no thread changes *a.
 * Source   POSIX struct in_addr, struct in6_addr; Winsock IN_ADDR, IN6_ADDR. */
SKT_API int skt_addr_bytes(const skt_addr *a, void *bytes);

/** Make the wildcard address of a domain, for skt_bind.
 *
 *   out     receives 0.0.0.0 or ::, with the port; zeroed on any error
 *   domain  SKT_IPV4 or SKT_IPV6
 *   port    0 to 65535; for 0 the system chooses a port
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  domain or port is none of these
 * Threads  any thread, at any time.
 * Source   POSIX INADDR_ANY, in6addr_any; Winsock has both. */
SKT_API int skt_addr_any(skt_addr *out, int domain, int port);

/** Make the loopback address of a domain.
 *
 *   out     receives 127.0.0.1 or ::1, with the port; zeroed on any error
 *   domain  SKT_IPV4 or SKT_IPV6
 *   port    0 to 65535
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  domain or port is none of these
 * Threads  any thread, at any time.
 * Source   POSIX INADDR_LOOPBACK, in6addr_loopback; Winsock has both. */
SKT_API int skt_addr_loopback(skt_addr *out, int domain, int port);

/** Change the port of an address.
 *
 *   a     the address; unchanged on any error
 *   port  0 to 65535
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  a is no address, or one without a port, or port is none
 * Threads  any thread; no other thread uses *a at the same time.
 * Source   POSIX sin_port, sin6_port; Winsock has both. */
SKT_API int skt_addr_set_port(skt_addr *a, int port);

/** The scope id of an IPv6 address: the number of the interface, or 0 for none.
 *
 * The link-local addresses of different interfaces (fe80::/10, ff02::/16) are
 * the same bytes, so that a program which keeps bytes has to keep this too.
 *
 * Returns  0 to 4294967295, or one of Errors.
 * Errors   SKT_EINVAL  a is no IPv6 address
 * Threads  any thread, while no thread changes *a.
 * Source   RFC 4007; POSIX sin6_scope_id; Winsock has it. */
SKT_API int64_t skt_addr_scope(const skt_addr *a);

/** Change the scope id of an IPv6 address.
 *
 *   a      the address; unchanged on any error
 *   scope  the number of an interface, or 0 for none; used unchecked
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  a is no IPv6 address
 * Threads  any thread; no other thread uses *a at the same time.
 * Source   RFC 4007; POSIX sin6_scope_id; Winsock has it. */
SKT_API int skt_addr_set_scope(skt_addr *a, uint32_t scope);

/** Compare two addresses, for sorting and for looking them up.
 *
 * IPv4 comes before IPv6, and that before unix sockets. Within a domain the
 * bytes of the address decide, as numbers from the first to the last, then the
 * port, then the scope id. Nothing else counts, such as the flow label that the
 * system may report; memcmp would compare it. Unix sockets are in the order of
 * the bytes of their names, and equal if the system means the same name.
 *
 * Any two pointers can be compared: NULL and what is no address come first,
 * and are equal to each other.
 *
 * Returns  -1, 0 or 1: *a comes before *b, is equal to it, or comes after it.
 * Threads  any thread, while no thread changes *a or *b.
 * Source   none; POSIX and Winsock have no such call. */
SKT_API int skt_addr_compare(const skt_addr *a, const skt_addr *b);

/** What kind of address it is, for skt_addr_class: bits. */
enum {
  SKT_ADDR_WILDCARD = 1,   /* 0.0.0.0 and :: */
  SKT_ADDR_LOOPBACK = 2,   /* 127.0.0.0/8 and ::1 */
  SKT_ADDR_MULTICAST = 4,  /* 224.0.0.0/4 and ff00::/8 */
  SKT_ADDR_LINK_LOCAL = 8, /* 169.254.0.0/16 and fe80::/10 */
  SKT_ADDR_PRIVATE = 16    /* 10/8, 172.16/12, 192.168/16 and fc00::/7 */
};

/** What is known of an address without asking the system.
 *
 * Private are the addresses that RFC 1918 and RFC 4193 leave to each site. Not
 * so 100.64.0.0/10: it belongs to a provider and is shared by its customers
 * (RFC 6598). IPv4 mapped into IPv6, which only skt_addr_parse makes, has the
 * bits of the IPv4 address in it.
 *
 * Returns  the bits that hold, or'ed; 0 if none does, as for every unix socket;
 *          or one of Errors.
 * Errors   SKT_EINVAL  a is no address
 * Threads  any thread, while no thread changes *a.
 * Source   RFC 3927, RFC 4291, RFC 5771; POSIX IN6_IS_ADDR_LOOPBACK(). */
SKT_API int skt_addr_class(const skt_addr *a);

/*
 * Life cycle
 */

/** Create a socket.
 *
 *   s         receives the socket; what it held before is overwritten, not
 *             closed. Zeroed on any error.
 *   domain    SKT_IPV4, SKT_IPV6 or SKT_UNIX
 *   type      one of the types, or'ed with SKT_NONBLOCK if wanted
 *   protocol  0 for the usual one of domain and type, or a protocol's number:
 *             for IPv4 and IPv6 IANA's. Raw sockets have no usual one.
 *
 * skt creates whatever the system has. What the system lacks gives one of the
 * two codes below; skt_supports reports it in advance. IPv4 and IPv6 have
 * stream and datagram sockets everywhere. Their seqpacket sockets are SCTP
 * connections (the one-to-one style; the one-to-many style has no accept).
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL           domain or type is none of the above, or
 *                               protocol is negative
 *          SKT_EAFNOSUPPORT     the system lacks the domain
 *          SKT_EPROTONOSUPPORT  the domain lacks the type, or the type the
 *                               protocol; always so for SKT_PACKET, and for
 *                               SKT_RAW without a protocol or with SKT_UNIX
 *          SKT_EACCES           not allowed to this process: raw sockets need
 *                               a privilege
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  any thread; no other call on s at the same time.
 * Differs  Windows has unix sockets since Windows 10 1803, streams only. Only
 *          Linux always has unix seqpacket sockets. On Linux no domain of skt
 *          has SKT_RDM: TIPC, which has it, is another domain.
 * Source   POSIX socket(); Winsock WSASocketW(). */
SKT_API int skt_socket(skt *s, int domain, int type, int protocol);

/** Whether this system can create such a socket.
 *
 *   domain, type, protocol  as for skt_socket, without SKT_NONBLOCK
 *
 * skt creates one and closes it, so the answer holds for this process at this
 * moment. Stream and datagram sockets of SKT_IPV6 are also bound to ::1,
 * because a system may have IPv6 and have it switched off.
 *
 * Returns  1 it can; 0 the system has no such sockets; or one of Errors, if the
 *          attempt failed for another reason.
 * Errors   SKT_EINVAL  domain, type or protocol as for skt_socket
 *          SKT_EACCES  the system has them, but not for this process
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  any thread, at any time.
 * Source   none; POSIX and Winsock have no such call. */
SKT_API int skt_supports(int domain, int type, int protocol);

/** The domain, type, state and mode of a socket.
 *
 * Makes no system call: returns what skt has recorded. After a non-blocking
 * connect the state is SKT_CONNECTING until a call finds out the outcome.
 *
 * Returns  domain | type | state, or'ed with SKT_NONBLOCK and SKT_DUAL_STACK if
 *          s has them: more than 0. SKT_DOMAINS, SKT_TYPES and SKT_STATES are
 *          the masks of the parts. Or one of the six codes that any function
 *          may return: SKT_EBADF if s holds no socket.
 * Threads  any thread, also while others read, write, accept or wait.
 * Source   POSIX getsockopt(SO_TYPE, SO_DOMAIN, SO_ACCEPTCONN), fcntl();
 *          Winsock getsockopt(SO_PROTOCOL_INFOW). */
SKT_API int skt_kind(const skt *s);

/** Start Winsock now, for code that calls Winsock itself.
 *
 * Call this before getaddrinfo, for example. skt itself does not need it: it
 * starts Winsock with its first socket or waker. On other systems the call does
 * nothing.
 *
 * Returns  0; or one of the six codes that any function may return:
 *          SKT_ENETDOWN if Winsock does not start.
 * Blocks   never.
 * Threads  any thread, at any time.
 * Source   Winsock WSAStartup(); POSIX has none. */
SKT_API int skt_start(void);

/** Close a socket and zero it.
 *
 * s gives up its handle even if the function returns an error, so a second
 * skt_close returns SKT_EBADF and closes no other socket. The system still
 * sends bytes that skt_write has taken, unless received bytes were never read:
 * then TCP resets the connection.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EIO  the system reports a late failure; closed all the same
 * Blocks   never.
 * Threads  no other call on s at the same time, not even skt_cancel.
 * Source   POSIX close(); Winsock closesocket(). */
SKT_API int skt_close(skt *s);

/** Close a connection at once, by a reset that the peer sees.
 *
 * Bytes that were not read yet may be lost, in both directions. A socket
 * without a connection is closed as by skt_close.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EIO  the system reports a late failure; closed all the same
 * Blocks   never.
 * Threads  no other call on s at the same time, not even skt_cancel.
 * Differs  Unix sockets have no reset: their peer reads the end of the stream.
 * Source   POSIX close(), SO_LINGER with 0; Winsock closesocket(), the same. */
SKT_API int skt_abort(skt *s);

/** Close a connection when the peer has read everything and closed its side.
 *
 *   s           a connected stream or seqpacket socket
 *   timeout_ms  the longest time for all of it; -1 for ever, 0 does not wait
 *   drain_max   the most bytes to read and discard until the peer's end. 65536
 *               is typical: a peer rarely sends more before it sees our end,
 *               and a peer that never stops is cut off there. 0 allows none.
 *
 * Shuts down writing, discards what the peer still sends, and closes s at the
 * peer's end. Without that end the connection is aborted. Either way s is
 * closed, except where Errors say "left open".
 *
 * Returns  0 if the peer has ended its side too, else one of Errors.
 * Errors   SKT_EINVAL     timeout_ms is under -1; s is left open
 *          SKT_ENOTCONN   s is not connected, or needs no connection; s is left
 *                         open
 *          SKT_ETIMEDOUT  timeout_ms has passed
 *          SKT_EHOSTDOWN  the peer's host no longer answers
 *          SKT_EMSGSIZE   the peer sent more than drain_max
 *          SKT_ECONNRESET  the connection broke, now or before
 *          SKT_EHOSTUNREACH SKT_ENETUNREACH  the route to the peer broke
 *          SKT_EIO        a failure in the system
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   up to timeout_ms, also if s is non-blocking.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Differs  SCTP on Linux: unless the peer ended first, skt does not see its
 *          end, and returns SKT_ETIMEDOUT.
 * Source   RFC 1122 4.2.2.13; Winsock "Graceful shutdown, linger options, and
 *          socket closure". */
SKT_API int skt_close_graceful(skt *s, int timeout_ms, size_t drain_max);

/** Make every call that connects, accepts, waits or moves bytes return
 * SKT_ECANCELED, now and later.
 *
 * A thread uses this to get other threads out of calls that block, and closes
 * the socket when those threads have returned. Until then the socket stays
 * open, so the system cannot give the number of its handle to another socket.
 * A connection is ended.
 *
 * Returns  0, or SKT_EFAULT, SKT_EBADF or SKT_ENOTSOCK.
 * Blocks   until no call in progress can begin to block; 100 ms at most.
 * Threads  any thread, at any time before skt_close, skt_abort or skt_release,
 *          also while another thread is in skt_close_graceful.
 * Differs  macOS and the BSDs: a thread that already waits on a listener or on
 *          a socket without a peer, in whatever call, does not wake up. Linux:
 *          nor does a thread that waits in skt_connect because the queue of a
 *          unix listener is full. Windows: skt_wait and skt_poll return within
 *          50 ms.
 * Source   none; made of POSIX shutdown(); Winsock shutdown(), CancelIoEx(). */
SKT_API int skt_cancel(skt *s);

/*
 * Server side
 */

/** Give a socket its local address.
 *
 *   s      a socket that has none yet
 *   local  its address, of the socket's domain; with port 0 the system chooses
 *          a port, which skt_local returns. A link-local IPv6 address needs
 *          its interface: "[fe80::1%2]:80"
 *   flags  0, or SKT_DUAL_STACK for an IPv6 stream or datagram socket that also
 *          takes IPv4, as SKT_OPT_V6ONLY set to 0 does; or SKT_REPLACE_STALE
 *          for a unix socket; or'ed with at most one of the first three below.
 *          With none of the three SKT_OPT_SHARE counts
 *
 * Without flags this is the safe bind for a server. No other socket can take
 * the port while a stream socket listens there or a datagram socket is open. A
 * restarted server can bind again at once, although connections that it closed
 * are still in TIME_WAIT. An IPv6 socket takes IPv6 only.
 *
 * Bind and listen at once: on Linux a program of any user can bind a chosen
 * port beside a stream socket that does not listen yet, and listen first;
 * skt_listen then returns SKT_EADDRINUSE. SKT_EXCLUSIVE prevents that.
 *
 * A unix socket creates a file at its path, where no file may be yet. Neither
 * skt_close nor the end of the process removes that file: SKT_REPLACE_STALE
 * takes the path all the same. An abstract name disappears with its socket.
 *
 * On Linux a peer needs permission to write to that file, whose mode is 0777
 * less the process's umask. chmod(path) between skt_bind and skt_listen changes
 * it before any peer can connect: until then a connect is refused. Portably,
 * only the permissions of its folder keep users out, and a user who may write
 * to the folder can put another socket in its place. An abstract name has no
 * permissions: every user of the host (of its network namespace) can connect to
 * it, and bind it while it is free.
 *
 *   SKT_EXCLUSIVE        no other bind may overlap, neither one address with a
 *                        wildcard nor the reverse. The price: a restarted
 *                        server cannot bind until the system has forgotten
 *                        its old connections
 *   SKT_SHARE_MULTICAST  datagram sockets that all have this flag share one
 *                        port; each gets what is sent to a group that it has
 *                        joined (skt_join).
 *                        One that is connected gets what its peer sends, and
 *                        one that is not gets the rest: so a server can give a
 *                        client a socket of its own. What arrives between its
 *                        bind and its connect goes to either.
 *                        A program of any user can share too, read what the
 *                        group is sent, and take what is sent to one address
 *                        alone: not for secrets, unless the messages protect
 *                        themselves
 *   SKT_SHARE_LOAD       stream or datagram sockets that all have this flag
 *                        share one port; the system distributes what arrives.
 *                        Only sockets of one user can share; on Linux a
 *                        datagram socket shares with those of this flag only
 *   SKT_REPLACE_STALE    a unix socket takes a path whose socket is gone, its
 *                        process killed, say. A path whose socket is open, be
 *                        it only bound yet, is SKT_EADDRINUSE, and so is a file
 *                        that is no socket: nothing but a socket is removed.
 *                        Of several starters at the same time one gets the
 *                        path: all with this flag lock the file "PATH.lock" for
 *                        a moment, which stays; who finds it locked does not
 *                        wait and has SKT_EADDRINUSE. Only those who can write
 *                        that file, the user that first made it, can start. It
 *                        does nothing for an abstract name
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL         s has an address already, local is none, of
 *                             another domain, a group, or link-local without
 *                             an interface; flags are unknown, contradict
 *                             each other or are not for this kind of socket
 *          SKT_EADDRINUSE     another socket has the address; on Windows also
 *                             a port that the system reserves
 *          SKT_EADDRNOTAVAIL  this host does not have the address
 *          SKT_ENOENT         unix: a folder of the path is missing
 *          SKT_EACCES         POSIX: the port needs a privilege; unix: not
 *                             allowed to create, lock or remove the file
 *          SKT_EOPNOTSUPP     the system cannot take IPv4 on an IPv6 socket, or
 *                             cannot share load; SKT_REPLACE_STALE: the file
 *                             system has no locks
 *          SKT_EIO            unix: the file system failed
 *          SKT_EMFILE SKT_ENFILE  SKT_REPLACE_STALE: no descriptor is left
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Differs  Windows: the port cannot be bound again while a connection that was
 *          accepted on it is open. macOS and the BSDs: one address can be bound
 *          beside a wildcard that listens, unless SKT_EXCLUSIVE was given. Only
 *          Linux and FreeBSD share load. SKT_REPLACE_STALE on Windows: a socket
 *          that is bound and does not listen yet counts as gone, so listen at
 *          once; and a server sees a connection that ends at once.
 * Source   POSIX bind(), SO_REUSEADDR, SO_REUSEPORT, SO_REUSEPORT_LB, flock();
 *          Winsock bind(), SO_EXCLUSIVEADDRUSE, SO_REUSEADDR. */
SKT_API int skt_bind(skt *s, const skt_addr *local, int flags);

/** Let peers connect.
 *
 *   s        a bound stream or seqpacket socket; if it listens already, only
 *            its backlog changes
 *   backlog  how many connections may wait to be accepted: a hint, which the
 *            system bounds; 0 or less asks for the system's maximum
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EOPNOTSUPP  sockets of this type accept no connections
 *          SKT_EINVAL      s is not bound, or is connected
 *          SKT_EADDRINUSE  another socket listens there
 *          SKT_EACCES      not allowed to this process
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Differs  Windows: the backlog of a listening socket does not change again.
 * Source   POSIX listen(); Winsock listen(), SOMAXCONN_HINT(). */
SKT_API int skt_listen(skt *s, int backlog);

/** Accept the next waiting connection.
 *
 *   s      a listening socket
 *   out    receives the new socket; what it held before is overwritten, not
 *          closed. Zeroed on any error. Not s itself.
 *   peer   receives the peer's address; may be NULL. Zeroed on any error.
 *   flags  0, or SKT_NONBLOCK for the new socket
 *
 * The new socket is blocking unless flags say otherwise, has no limits, and is
 * not inherited, whatever s is. It has the domain and type of s. A peer that
 * gave up while it waited is skipped.
 *
 * When resources run out (SKT_EMFILE, for example), the connection stays in the
 * queue and every wait for s returns at once, so a loop spins. Stop watching s
 * (skt_poller_modify with events 0) for a while, 100 ms say, or until the
 * program has closed a socket.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  s does not listen, out is s, or flags are unknown
 *          SKT_EAGAIN  s is non-blocking and no connection waits
 *          SKT_ETIMEDOUT  the limit (skt_set_limit) expired
 *          SKT_EACCES  a firewall forbids it
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources; the
 *                      connection goes on waiting
 * Blocks   until a connection is there, if s is blocking.
 * Threads  any number of threads may accept from one s.
 * Differs  macOS, Windows: a child that another thread starts during the call
 *          can still inherit the new socket. Linux: a connection that comes
 *          beside skt_cancel may still be returned, elsewhere it is closed.
 * Source   POSIX accept(), accept4(); Winsock accept(). */
SKT_API int skt_accept(skt *s, skt *out, skt_addr *peer, int flags);

/*
 * Client side
 */

/** Connect to a peer.
 *
 *   s     a socket that is not connected and does not listen
 *   peer  an address of the socket's domain, with a port and a host
 *
 * A blocking socket is connected when this returns 0. On a non-blocking one
 * this returns SKT_EINPROGRESS, and the connect goes on: wait for SKT_WRITE,
 * then write, read or set an option. That call finds out the outcome, as
 * skt_connect_finish does: a write or read returns the code of a failure. Until
 * the outcome is known, reads and writes return SKT_EAGAIN.
 *
 * After a failure s can only be closed: reads and writes return its code, and
 * waits report s as ready. For the next address make a new socket, set its
 * options and bind it.
 *
 * A unix socket connects at once. If the listener's queue is full, a blocking
 * unix socket waits on Linux; otherwise it is refused.
 *
 * On a datagram, raw or rdm socket this chooses the peer: skt_write sends to
 * the peer, and nothing from other senders arrives. The call never blocks, a
 * failure leaves s as it was, and skt_disconnect undoes it. A raw socket's peer
 * needs no port.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL         s listens, or has failed to connect before; peer
 *                             is no address, of another domain, a wildcard,
 *                             mapped IPv4, or has port 0
 *          SKT_EISCONN        s is connected, perhaps by other code
 *          SKT_EALREADY       s is still connecting. Once the outcome is known,
 *                             this call returns it as well: SKT_EISCONN, or the
 *                             code of the failure.
 *          SKT_EINPROGRESS    s is non-blocking and has begun to connect
 *          SKT_ECONNREFUSED   no socket listens there; also instead of a
 *                             self-connect, which skt detects if s is bound, or
 *                             if peer is a loopback address with a port from
 *                             1024 on: systems choose no lower one
 *          SKT_ETIMEDOUT      the limit for SKT_WRITE (skt_set_limit) expired;
 *                             skt_connect_within has a timeout instead
 *          SKT_EHOSTDOWN      no answer in the time that the system allows
 *          SKT_ENETUNREACH SKT_EHOSTUNREACH  no route to the peer
 *          SKT_EADDRNOTAVAIL  no local port is left
 *          SKT_EADDRINUSE     s is bound, and this pair of addresses is already
 *                             connected
 *          SKT_ECONNRESET     the peer, or a device on the way, reset it
 *          SKT_EACCES         a firewall forbids it; unix: the file does; a
 *                             broadcast address without SKT_OPT_BROADCAST
 *          SKT_ENOENT         unix: nothing at that path
 *          SKT_EPROTONOSUPPORT  unix: a socket of another type is there
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   until the outcome is known, if s is blocking.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Differs  Windows: a unix path where nothing is gives SKT_ECONNREFUSED.
 * Source   POSIX connect(); Winsock connect(). */
SKT_API int skt_connect(skt *s, const skt_addr *peer);

/** Connect to a peer within a timeout.
 *
 *   s, peer     as for skt_connect
 *   timeout_ms  the longest time to wait; -1 for ever, 0 does not wait
 *
 * As skt_connect in all else. The limit for SKT_WRITE (skt_set_limit) is
 * neither used nor changed. The call waits even if s is non-blocking, and never
 * returns SKT_EINPROGRESS.
 *
 * Errors   SKT_EINVAL     timeout_ms is under -1; or as for skt_connect
 *          SKT_ETIMEDOUT  timeout_ms has passed; s can only be closed
 *          SKT_EISCONN SKT_EALREADY SKT_ECONNREFUSED  as for skt_connect
 *          SKT_EHOSTDOWN SKT_ENETUNREACH SKT_EHOSTUNREACH  as for skt_connect
 *          SKT_EADDRNOTAVAIL SKT_EADDRINUSE SKT_ECONNRESET  as for skt_connect
 *          SKT_EACCES SKT_ENOENT SKT_EPROTONOSUPPORT  as for skt_connect
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   up to timeout_ms.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Source   POSIX connect(), poll(), SO_ERROR; Winsock connect(), select(). */
SKT_API int skt_connect_within(skt *s, const skt_addr *peer, int timeout_ms);

/** The outcome of a non-blocking connect.
 *
 * Reads and writes find it out as well. This call may be repeated: once the
 * outcome is known, it stays the same.
 *
 * Returns  0 connected, or one of Errors.
 * Errors   SKT_EINPROGRESS  the outcome is not known yet
 *          SKT_EINVAL       no connect was begun
 *          SKT_ECONNREFUSED SKT_EHOSTDOWN SKT_ECONNRESET  as for skt_connect
 *          SKT_ETIMEDOUT    skt_connect_within or a blocking connect failed so
 *          SKT_ENETUNREACH SKT_EHOSTUNREACH SKT_EACCES  as for skt_connect
 *          SKT_EADDRNOTAVAIL SKT_EADDRINUSE  as for skt_connect
 *          SKT_ENOENT SKT_EPROTONOSUPPORT  as for skt_connect
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Source   POSIX getsockopt(SO_ERROR); Winsock the same. */
SKT_API int skt_connect_finish(skt *s);

/** Remove the peer of a socket that needs no connection.
 *
 *   s   a connected datagram, raw or rdm socket
 *
 * s then receives from any sender and counts as bound. It keeps its port; its
 * address is the one given to skt_bind, or one that the system chooses.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL    s is a stream or seqpacket socket
 *          SKT_ENOTCONN  s has no peer
 *          SKT_EADDRINUSE  Linux: the peer is removed, but meanwhile another
 *                          socket took the port that the system had chosen
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Differs  Systems choose different addresses for a socket that was never
 *          bound.
 * Source   POSIX connect(AF_UNSPEC); Winsock connect() to the zero address. */
SKT_API int skt_disconnect(skt *s);

/*
 * Data
 */

/** Read what has arrived.
 *
 *   s       a connected socket; or one that needs no connection
 *   buffer  receives up to n bytes; unchanged on error
 *   n       its size; with 0 the call returns 0 and does not ask the system
 *
 * Every type but SKT_STREAM keeps messages apart: one call reads one message.
 * On datagram, raw and rdm sockets a result of 0 is an empty message and not an
 * end, and a call with n 0 takes a message too.
 *
 * A connection that broke stays broken: after the first such error every later
 * read returns the same error. An end of the stream stays the end.
 *
 * A datagram or raw socket with a peer reports an ICMP error of that peer,
 * once, to the next read, receive or write: SKT_ECONNREFUSED when no socket has
 * the peer's port, SKT_EHOSTUNREACH, SKT_ENETUNREACH or SKT_EMSGSIZE. Nothing
 * ends; call again to ignore it. Without a peer no ICMP error is reported.
 *
 * Returns  how many bytes, 1 to n; 0 if the peer has finished writing, or this
 *          side has shut down reading; or one of Errors.
 * Errors   SKT_EINVAL        n is over PTRDIFF_MAX; Windows: s is a datagram
 *                            socket with neither an address nor a peer
 *          SKT_ENOTCONN      s is not connected
 *          SKT_EAGAIN        s is non-blocking, and nothing has arrived or s
 *                            is still connecting
 *          SKT_ECONNRESET    the connection broke; bytes that had arrived and
 *                            were not read may be lost
 *          SKT_ETIMEDOUT     the limit (skt_set_limit) expired; nothing is
 *                            lost, and the next read goes on
 *          SKT_EHOSTDOWN     the peer's host no longer answers, by keep-alive
 *                            or retransmission: the connection broke
 *          SKT_EHOSTUNREACH SKT_ENETUNREACH  the route to the peer broke
 *          SKT_ECONNREFUSED  messages only: no socket has the peer's port
 *          SKT_EMSGSIZE      messages only: one that was sent is too long for
 *                            the route to the peer
 *          SKT_EIO           a failure in the system
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources; no data is lost
 *          SKT_EADDRNOTAVAIL SKT_EADDRINUSE SKT_EACCES SKT_ENOENT
 *          SKT_EPROTONOSUPPORT  s failed to connect, as for skt_connect; codes
 *                            above can mean that too
 * Blocks   until a byte, the end or an error is there, if s is blocking.
 * Threads  one thread at a time may read from s; another may write to it.
 * Differs  Windows drops bytes that arrived before a reset, Linux keeps them.
 *          After the peer closed and this side wrote, a read returns 0 on Linux
 *          and SKT_ECONNRESET on Windows. Wine reports no ICMP error.
 *          SCTP: the next call reads what the buffer had no room for.
 * Source   POSIX recv(); Winsock recv(). */
SKT_API ptrdiff_t skt_read(skt *s, void *buffer, size_t n);

/** Write bytes.
 *
 *   s       a connected socket
 *   buffer  n bytes, unchanged
 *   n       how many; with 0 the call returns 0 and does not ask the system
 *
 * Every type but SKT_STREAM sends the n bytes as one message, all or nothing.
 * Datagram, raw and rdm sockets also send a message of 0 bytes. Seqpacket
 * sockets do not, because the peer would take it for the end.
 *
 * A blocking socket takes all n bytes. A partial write has three causes: the
 * connection broke, the limit (skt_set_limit) expired, or a signal arrived
 * while there is a limit. The call then returns the count, and the next write
 * returns the error, if there is one; skt_write_all handles all three. A
 * non-blocking socket takes the bytes that there is room for.
 *
 * A byte is taken when the system has it, not when the peer does. So the first
 * write after the peer closed may succeed; a later one returns SKT_ECONNRESET,
 * never SKT_EPIPE.
 *
 * Returns  how many bytes were taken, 1 to n, or one of Errors.
 * Errors   SKT_EINVAL        n is over PTRDIFF_MAX
 *          SKT_ENOTCONN      s is not connected
 *          SKT_EPIPE         this side has shut down writing
 *          SKT_EAGAIN        s is non-blocking, and there is no room or s is
 *                            still connecting
 *          SKT_EMSGSIZE      longer than a message of this type can be
 *          SKT_ECONNREFUSED  messages only: no socket has the peer's address
 *                            (see skt_read); this message was not sent
 *          SKT_ECONNRESET    the connection broke
 *          SKT_ETIMEDOUT     the limit expired
 *          SKT_EHOSTDOWN     the peer's host no longer answers: the connection
 *                            broke
 *          SKT_EHOSTUNREACH SKT_ENETUNREACH  the route to the peer broke
 *          SKT_EIO           a failure in the system
 *          SKT_EACCES        a firewall forbids it
 *          SKT_ENOENT        unix messages: the peer's path is gone
 *          SKT_EPROTONOSUPPORT  unix messages: another type is there now
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources; no data is lost
 *          SKT_EADDRNOTAVAIL SKT_EADDRINUSE  s failed to connect, as for
 *                            skt_connect; codes above can mean that too
 * Blocks   until all bytes are taken, if s is blocking.
 * Threads  one thread at a time may write to s; another may read from it.
 * Differs  The BSDs and macOS return SKT_ENOBUFS for a message while the
 *          interface's queue is full, and do not block.
 * Source   POSIX send(); Winsock send(). */
SKT_API ptrdiff_t skt_write(skt *s, const void *buffer, size_t n);

/** Read bytes and leave them there for the next read.
 *
 * As skt_read in all else.
 *
 * Threads  counts as reading.
 * Source   POSIX recv(MSG_PEEK); Winsock the same. */
SKT_API ptrdiff_t skt_peek(skt *s, void *buffer, size_t n);

/** Read exactly n bytes.
 *
 *   s       a connected stream socket
 *   buffer  receives n bytes, or the first of them
 *   n       how many
 *   done    receives how many were read, also on an error; may be NULL
 *
 * A limit (skt_set_limit) bounds the whole call. On a non-blocking socket the
 * call reads what is there; continue at buffer + *done.
 *
 * Returns  0 when all n bytes were read, or one of Errors.
 * Errors   SKT_ENODATA     the stream ended before
 *          SKT_EOPNOTSUPP  s is not of the type SKT_STREAM
 *          SKT_EINVAL SKT_ENOTCONN SKT_EAGAIN  as for skt_read
 *          SKT_ECONNRESET SKT_ETIMEDOUT SKT_EHOSTDOWN SKT_EIO  as for skt_read
 *          SKT_EHOSTUNREACH SKT_ENETUNREACH SKT_ECONNREFUSED  as for skt_read
 *          SKT_EADDRNOTAVAIL SKT_EADDRINUSE SKT_EACCES  as for skt_read
 *          SKT_ENOENT SKT_EPROTONOSUPPORT  as for skt_read
 *          SKT_ENOBUFS SKT_ENOMEM  as for skt_read
 * Blocks   until all bytes are there, if s is blocking.
 * Threads  counts as reading.
 * Source   POSIX recv(MSG_WAITALL); Winsock the same. */
SKT_API int skt_read_all(skt *s, void *buffer, size_t n, size_t *done);

/** Write exactly n bytes, and return outcome and count separately.
 *
 *   s, buffer, n  as for skt_write
 *   done          receives how many bytes were taken, also on an error; may be
 *                 NULL
 *
 * A limit (skt_set_limit) bounds the whole call. On a non-blocking socket the
 * call writes what there is room for; continue at buffer + *done.
 *
 * Returns  0 when all n bytes were taken, or one of Errors.
 * Errors   SKT_EINVAL SKT_ENOTCONN SKT_EPIPE SKT_EAGAIN  as for skt_write
 *          SKT_EMSGSIZE SKT_ECONNREFUSED SKT_EACCES  as for skt_write
 *          SKT_ECONNRESET SKT_ETIMEDOUT SKT_EHOSTDOWN  as for skt_write
 *          SKT_EIO SKT_ENOENT SKT_EPROTONOSUPPORT  as for skt_write
 *          SKT_EADDRNOTAVAIL SKT_EADDRINUSE  as for skt_write
 *          SKT_EHOSTUNREACH SKT_ENETUNREACH  as for skt_write
 *          SKT_ENOBUFS SKT_ENOMEM  as for skt_write
 * Blocks   until all bytes are taken, if s is blocking.
 * Threads  counts as writing.
 * Source   as skt_write. */
SKT_API int skt_write_all(skt *s, const void *buffer, size_t n, size_t *done);

/** A piece of memory, for skt_readv and skt_writev. */
typedef struct skt_buffer {
  void *data;
  size_t n;
} skt_buffer;

/** Read into several buffers, filling one after the other.
 *
 *   buffers  `count` of them; empty ones are skipped
 *   count    any number; one system call takes up to 64 for a stream, and up to
 *            1,024 that are not empty for a message
 *
 * As skt_read in all else, with the sum of the buffers for n.
 *
 * Errors   SKT_EMSGSIZE  s is not of the type SKT_STREAM, and the buffers are
 *                        more than one system call takes, 1,024 of them or a
 *                        gibibyte; or as for skt_read
 *          SKT_ECONNREFUSED  as for skt_read
 *          SKT_EINVAL SKT_ENOTCONN SKT_EAGAIN  as for skt_read
 *          SKT_ECONNRESET SKT_ETIMEDOUT SKT_EHOSTDOWN SKT_EIO  as for skt_read
 *          SKT_EHOSTUNREACH SKT_ENETUNREACH  as for skt_read
 *          SKT_EADDRNOTAVAIL SKT_EADDRINUSE SKT_EACCES  as for skt_read
 *          SKT_ENOENT SKT_EPROTONOSUPPORT  as for skt_read
 *          SKT_ENOBUFS SKT_ENOMEM  as for skt_read
 * Threads  counts as reading.
 * Source   POSIX readv(); Winsock WSARecv(). */
SKT_API ptrdiff_t skt_readv(skt *s, const skt_buffer *buffers, size_t count);

/** Write several buffers, one after the other, as if they were one.
 *
 *   buffers, count  as for skt_readv; a message of more buffers than one
 *                   system call takes is SKT_EMSGSIZE
 *
 * As skt_write in all else, with the sum of the buffers for n.
 *
 * Threads  counts as writing.
 * Source   POSIX writev(); Winsock WSASend(). */
SKT_API ptrdiff_t skt_writev(skt *s, const skt_buffer *buffers, size_t count);

/** Send a message to an address.
 *
 *   s       a datagram, raw or rdm socket that is not connected
 *   buffer  n bytes, unchanged
 *   n       how many; 0 sends an empty message
 *   to      an address of the socket's domain, or an IPv4 one if s was bound
 *           with SKT_DUAL_STACK
 *
 * The call sends the whole message or nothing. Success does not mean that the
 * message arrives. Over IPv4 and IPv6, neither this call nor a later one
 * reports that no socket has the address.
 *
 * Returns  n, or one of Errors.
 * Errors   SKT_EINVAL        n is over PTRDIFF_MAX; to is no address, of
 *                            another domain, a wildcard, or has port 0
 *          SKT_EOPNOTSUPP    s is of a type that needs a connection
 *          SKT_EISCONN       s is connected: use skt_write
 *          SKT_EMSGSIZE      too long for one message (65507 bytes for UDP over
 *                            IPv4), or with SKT_OPT_DONT_FRAGMENT for a packet
 *          SKT_EAGAIN        s is non-blocking and there is no room
 *          SKT_ETIMEDOUT     the limit (skt_set_limit) expired
 *          SKT_EACCES        a broadcast without SKT_OPT_BROADCAST; a firewall
 *                            forbids it; unix: the file does
 *          SKT_ENETUNREACH SKT_EHOSTUNREACH  no route to it
 *          SKT_EIO           a failure in the system
 *          SKT_ECONNREFUSED  unix: no socket is open at that path
 *          SKT_ENOENT        unix: nothing at that path
 *          SKT_EPROTONOSUPPORT  unix: a socket of another type is there
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   until there is room, if s is blocking.
 * Threads  counts as writing.
 * Differs  The BSDs and macOS return SKT_ENOBUFS while the interface's queue is
 *          full, and do not block; a wait for SKT_WRITE does not help.
 * Source   POSIX sendto(); Winsock sendto(). */
SKT_API ptrdiff_t skt_send_to(skt *s, const void *buffer, size_t n,
                              const skt_addr *to);

/** Receive a message and its sender's address.
 *
 *   s          a datagram, raw or rdm socket; a datagram socket without an
 *              address gets the wildcard and a port, so that peers can send to
 *              it
 *   buffer     receives up to n bytes; the rest of the message is dropped
 *   n          its size; with 0 the whole message is dropped
 *   from       receives the sender's address; may be NULL. Zeroed on any error.
 *   truncated  receives whether a part was dropped; may be NULL
 *
 * One call is one message. Without a peer the call never reports that an
 * earlier message reached no socket, so one client cannot stop a server.
 *
 * Returns  how many bytes, 0 for an empty message too; or one of Errors.
 * Errors   SKT_EINVAL      n is over PTRDIFF_MAX
 *          SKT_EOPNOTSUPP  s is of a type that needs a connection
 *          SKT_EAGAIN      s is non-blocking and nothing has arrived
 *          SKT_ETIMEDOUT   the limit (skt_set_limit) expired
 *          SKT_EADDRINUSE  s has no address and no port is left
 *          SKT_ECONNREFUSED SKT_EHOSTUNREACH SKT_ENETUNREACH SKT_EMSGSIZE  s
 *                          is connected: as for skt_read
 *          SKT_EIO         a failure in the system
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   until a message is there, if s is blocking.
 * Threads  counts as reading.
 * Source   POSIX recvmsg(), MSG_TRUNC; Winsock recvfrom(), WSAEMSGSIZE,
 *          SIO_UDP_CONNRESET. */
SKT_API ptrdiff_t skt_receive_from(skt *s, void *buffer, size_t n,
                                   skt_addr *from, bool *truncated);

/** Shut down writing, reading, or both, and keep the socket.
 *
 *   s    a connected stream or seqpacket socket
 *   how  SKT_WRITE: the peer reads what was written, then the end.
 *        SKT_READ: reads return 0 from now on; the peer does not notice.
 *        SKT_BOTH
 *
 * A direction that either side has ended already counts as done.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL    how is none of the three, s listens, or is of a type
 *                        that needs no connection
 *          SKT_ENOTCONN  s is not connected
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never; a thread that waits in skt_read does not wake up.
 * Threads  counts as writing, reading, or both, as `how` says.
 * Differs  SCTP: the end of one direction is the end of both, once what was
 *          written has arrived. On Linux skt_wait does not report that end to
 *          this side, whose reads then return SKT_ENOTCONN, not 0.
 * Source   POSIX shutdown(); Winsock shutdown(). */
SKT_API int skt_shutdown(skt *s, int how);

/*
 * Messages
 *
 * skt_send and skt_receive move many datagrams in one call, and say of each all
 * that the system knows: both addresses, the interface, the hop count, the
 * traffic class with its ECN bits, when it came. An answer is the message that
 * came, with other bytes: skt_send then sends it to where it came from, from
 * the address that it came to.
 *
 *   void serve(skt *s) {                     // bound to ":53", say
 *     static char buffer[64 * 1500];
 *     static skt_message m[64];
 *     size_t sent;
 *     int n = skt_receive(s, buffer, sizeof buffer, m, 64);
 *     for (int i = 0; i < n; ++i) m[i].n = answer(m[i].data, m[i].n, 1500);
 *     if (n > 0) n = skt_send(s, m, (size_t)n, &sent);
 *   }
 *
 * A train is a run of datagrams that the system takes or delivers as one block
 * of bytes with one length for each, the last perhaps shorter. Nothing on the
 * network distinguishes a train's datagrams from others. It costs a fraction of
 * single ones. skt_send makes trains by itself, where the system has them; a
 * caller who has such a block already hands it over with `segment`. Trains are
 * received after SKT_OPT_RECEIVE_TRAINS.
 */

/** What skt_receive knows of a message (`has`), and what skt_send is to choose
 * for it (`use`). */
enum {
  SKT_HAS_LOCAL = 0x01, /* local */
  SKT_HAS_HOPS = 0x02,  /* hops */
  SKT_HAS_CLASS = 0x04, /* traffic_class */
  SKT_HAS_TIME = 0x08,  /* time_ns; only received */
  SKT_HAS_SIZE = 0x10,  /* size; only received */
  SKT_HAS_DEVICE = 0x20 /* device */
};

/** A datagram, or a train.
 *
 * Start with SKT_NONE. skt_receive sets every member; skt_send reads `data` and
 * `n`, or `pieces` and `count`, `peer`, `segment`, `use`, and the members that
 * `use` names. */
typedef struct skt_message {
  void *data;               /* the bytes; received, in the buffer */
  size_t n;                 /* how many */
  const skt_buffer *pieces; /* to send, instead of data and n; or NULL */
  size_t count;             /* how many pieces */
  size_t segment;           /* 0; of a train how long its datagrams are;
                               the last may be shorter */
  int64_t time_ns;          /* received when: nanoseconds since 1970, by
                               the system's clock */
  int use;                  /* to send: what is chosen */
  uint32_t device;          /* index of the interface; 0 if not known */
  int hops;                 /* TTL or hop limit, -1 if not known; to send
                               1 to 255 */
  int traffic_class;        /* TOS or traffic class, 0 to 255, whose low
                               two bits are ECN; -1 if not known */
  size_t size;              /* received: how long before it was cut */
  int has;                  /* received: what is known */
  bool cut;                 /* received: a part was discarded */
  skt_addr peer;            /* the other side; zeroed if connected */
  skt_addr local;           /* this side, with port 0 */
} skt_message;

/** Send messages.
 *
 *   s         a datagram, raw or rdm socket, connected or not
 *   messages  `count` messages; none has a peer if s is connected, else all do
 *   count     0 does nothing
 *   sent      receives how many datagrams have gone, for each of a train too;
 *             may be NULL
 *
 * The messages go in their order, each whole or not at all. Runs of messages of
 * one length for one peer become trains (see SKT_OPT_SEND_TRAINS); if the
 * system refuses a train, its datagrams go singly in the same call. What went
 * went once. As for skt_send_to, success does not mean that a message arrives.
 *
 * A message with a `segment` is a train of any length: its bytes are sent in
 * datagrams of `segment` bytes and a last one with the rest. With no bytes it
 * is one empty datagram.
 *
 * `use` chooses for one message what is otherwise the socket's:
 *   SKT_HAS_LOCAL      the address it is sent from, which s must be bound to,
 *                      perhaps by the wildcard. skt_receive sets this
 *   SKT_HAS_DEVICE  the interface it is sent by, whatever the routes say
 *   SKT_HAS_HOPS, SKT_HAS_CLASS  as SKT_OPT_HOPS and SKT_OPT_TRAFFIC_CLASS
 *
 * Returns  0 when all have gone, or the code that stopped the rest.
 * Errors   SKT_EINVAL        a message is malformed: it has no peer, or one
 *                            that skt_send_to refuses; a number is out of
 *                            range; its local address is of another domain;
 *                            segment is over 65535; it is longer than
 *                            PTRDIFF_MAX
 *          SKT_EOPNOTSUPP    s is of a type that needs a connection; or this
 *                            system cannot choose what `use` names for one
 *                            message
 *          SKT_EISCONN       s is connected and the message has a peer
 *          SKT_ENOTCONN      s is not connected and the message has none
 *          SKT_EMSGSIZE      too long for one datagram, or more than 1024
 *                            pieces
 *          SKT_EADDRNOTAVAIL  this host does not have the local address
 *          SKT_ENODEV        no such interface
 *          SKT_EAGAIN        s is non-blocking and there is no room
 *          SKT_ETIMEDOUT     the limit (skt_set_limit) expired
 *          SKT_EACCES        a broadcast without SKT_OPT_BROADCAST; a firewall
 *                            forbids it; unix: the file does
 *          SKT_ENETUNREACH SKT_EHOSTUNREACH  no route to it
 *          SKT_ECONNREFUSED  s is connected: no socket has the peer's address,
 *                            as for skt_write. unix: nor has the message's
 *          SKT_ECONNRESET    unix: the peer of s has disconnected, and
 *                            discarded what it had not received
 *          SKT_ENOENT        unix: nothing at that path
 *          SKT_EPROTONOSUPPORT  unix: a socket of another type is there
 *          SKT_EIO           a failure in the system
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   until there is room for all, if s is blocking.
 * Threads  counts as writing.
 * Differs  Linux has trains and calls that take many messages, Windows 10 2004
 *          has trains; elsewhere it is one call of the system for each message.
 *          Wine ignores what `use` names.
 * Source   POSIX sendmsg(); Linux sendmmsg(), UDP_SEGMENT; Winsock
 *          WSASendMsg(), UDP_SEND_MSG_SIZE; RFC 3542. */
SKT_API int skt_send(skt *s, const skt_message *messages, size_t count,
                     size_t *sent);

/** Receive messages.
 *
 *   s         a datagram, raw or rdm socket; as for skt_receive_from, it is
 *             bound if it has no address
 *   buffer    receives the bytes; the messages point into it
 *   n         its size: n / capacity bytes for each message, rounded down. With
 *             SKT_OPT_RECEIVE_TRAINS, 65536 or more, which the messages share
 *   messages  receives the messages
 *   capacity  how many there is room for, 1 or more
 *
 * The call waits for one message, if s is blocking, and takes with it those
 * that have arrived. A message that is longer than its part of the buffer is
 * cut; `size` is its length where the system reports that.
 *
 * Beside its bytes and its peer, a message has what was asked for by
 * SKT_OPT_RECEIVE_LOCAL, _HOPS, _CLASS and _TIME, as far as the system
 * delivers it; `has` says which. `use` is set so that the message can be sent
 * back.
 *
 * A train is taken apart into messages. If there are more datagrams than room,
 * the last message is the rest of the train: it has a `segment`, and skt_next
 * takes it apart. A socket with trains receives by this function alone:
 * others would cut them.
 *
 * Returns  how many messages, 1 or more; or one of Errors.
 * Errors   SKT_EINVAL      n is over PTRDIFF_MAX, or too small for trains; or
 *                          capacity is 0 or over INT_MAX
 *          SKT_EOPNOTSUPP  s is of a type that needs a connection
 *          SKT_EAGAIN      s is non-blocking and nothing has arrived
 *          SKT_ETIMEDOUT   the limit (skt_set_limit) expired
 *          SKT_EADDRINUSE  s has no address and no port is left
 *          SKT_ECONNREFUSED SKT_EHOSTUNREACH SKT_ENETUNREACH SKT_EMSGSIZE  s
 *                          is connected: as for skt_read
 *          SKT_ECONNRESET  unix: as for skt_send
 *          SKT_EIO         a failure in the system
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   until a message is there, if s is blocking.
 * Threads  counts as reading.
 * Differs  Only Linux reports the length of a message that was cut. On a
 *          connected socket, systems other than Linux give one message a call.
 * Source   POSIX recvmsg(); Linux recvmmsg(), UDP_GRO; Winsock WSARecvMsg(),
 *          UDP_RECV_MAX_COALESCED_SIZE; RFC 3542. */
SKT_API int skt_receive(skt *s, void *buffer, size_t n, skt_message *messages,
                        size_t capacity);

/** Take the first datagram from a train.
 *
 *   train  a received message; loses that datagram, and has none at the end
 *   out    receives the datagram
 *
 * Called until it returns false, it gives one datagram after the other. A
 * message that is no train is a train of one.
 *
 * Returns  whether there was one; false too if a pointer is NULL.
 * Threads  any thread, while no thread changes *train. */
SKT_API bool skt_next(skt_message *train, skt_message *out);

/*
 * Modes and limits
 */

/** Choose whether calls on a socket block.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  Windows: other code has tied s to an event
 * Blocks   never.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Source   POSIX fcntl(O_NONBLOCK); Winsock ioctlsocket(FIONBIO). */
SKT_API int skt_set_blocking(skt *s, bool blocking);

/** Limit how long calls on a socket block.
 *
 *   s           a socket in any state
 *   directions  SKT_READ: skt_accept and all that read; SKT_WRITE: skt_connect
 *               and all that write; SKT_BOTH
 *   limit_ms    the longest time for one call; 1 or more, or -1 for no limit
 *
 * The limit holds for later calls. It means nothing while s is non-blocking,
 * nor to skt_wait, skt_poll, pollers and skt_close_graceful, which have their
 * own timeouts. A socket from skt_accept starts without limits. On a connection
 * that has ended this does nothing and returns 0.
 *
 * A call's limit begins with the call, and no signal prolongs it. Only skt_read
 * and skt_write, which look at no clock when they begin, start it again: once
 * after a signal, and once after they have waited for a connect. skt_read_all
 * and skt_write_all are exact.
 *
 * When the limit expires, a call that has done nothing returns SKT_ETIMEDOUT
 * and loses nothing, and s remains usable; but a connect has then failed. A
 * write that has taken some bytes returns how many. Where the system keeps the
 * time, a limit adds no system call.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  directions or limit_ms is out of range
 * Blocks   never.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Differs  Linux counts in ticks of up to 10 ms: it rounds a limit up to them,
 *          and the limit may expire one tick early. POSIX: after a signal, an
 *          skt_accept that finds its client taken by another thread may wait up
 *          to its limit once more.
 * Source   POSIX SO_RCVTIMEO, SO_SNDTIMEO; Winsock has the same, but leaves
 *          the socket undefined after one expired, so skt keeps the time. */
SKT_API int skt_set_limit(skt *s, int directions, int limit_ms);

/** How long calls on a socket block.
 *
 *   s          a socket
 *   direction  SKT_READ or SKT_WRITE
 *   limit_ms   receives the limit in force, or -1 for none
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  direction is neither
 * Threads  any thread, also while others read, write, accept or wait. */
SKT_API int skt_limit(const skt *s, int direction, int *limit_ms);

/** Whether calls on a socket block.
 *
 * Makes no system call.
 *
 * Returns  1 they block, 0 they do not; or one of the six codes that any
 *          function may return.
 * Threads  any thread, also while others read, write, accept or wait. */
SKT_API int skt_blocking(const skt *s);

/*
 * Waiting
 *
 * What the events mean, for all functions below and on every system:
 *
 *   SKT_READ   bytes or a message to read, the peer's end, or a connection to
 *              accept
 *   SKT_WRITE  room to write, or the end of a connect, good or bad
 *
 * Ready means that the next such call will not block. Events are
 * level-triggered: a wait reports again what the caller has not taken.
 *
 * An error (a reset, a failed connect) makes a socket ready for both. After
 * one, skt_wait and skt_poll set the bits that were requested; a poller sets
 * SKT_BOTH even if only SKT_READ was requested, but reports nothing of a socket
 * that it watches for 0. After skt_cancel, skt_wait and skt_poll return
 * SKT_ECANCELED, and a poller reports the socket as after an error. TCP's
 * urgent data makes a socket ready for neither.
 */

/** Lets any thread wake one that waits. Zeroed memory is no waker. A waker must
 * not be moved while it is in use. The members are skt's own. */
typedef struct skt_waker {
  uintptr_t waits, wakes; /* handles, or one twice */
  uint32_t open, pending;
} skt_waker;

/** Create a waker.
 *
 *   w   receives it; zeroed on any error
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 *          SKT_EADDRNOTAVAIL SKT_EACCES  Windows: IPv4 is off, or a firewall
 *                      forbids a datagram socket on 127.0.0.1
 * Blocks   never.
 * Threads  any thread; no other call on w at the same time.
 * Source   Linux eventfd(); POSIX pipe(); Winsock has none. */
SKT_API int skt_waker_create(skt_waker *w);

/** Wake the thread that waits with a waker, or else the next that does.
 *
 * Many wakes before one wait are one wake, and cost one.
 *
 * Returns  0, or SKT_EFAULT, or SKT_EBADF if w is no waker.
 * Errors   SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  any thread, at any time before skt_waker_destroy.
 * Source   none; made of POSIX write(); Winsock send(). */
SKT_API int skt_wake(skt_waker *w);

/** Destroy a waker and zero it.
 *
 * Returns  0, or SKT_EFAULT, or SKT_EBADF if w is no waker.
 * Blocks   never.
 * Threads  no other call on w at the same time.
 * Source   POSIX close(); Winsock closesocket(). */
SKT_API int skt_waker_destroy(skt_waker *w);

/** Wait until a socket is ready.
 *
 *   s           a socket that listens, connects or is connected; or one that
 *               needs no connection
 *   events      SKT_READ, SKT_WRITE or SKT_BOTH: any of them
 *   timeout_ms  the longest time to wait; -1 for ever, 0 does not wait
 *   waker       may end the wait too; may be NULL
 *
 * Returns  those of the events that are ready, or'ed with SKT_WOKEN if a thread
 *          has woken the waker; 0 when timeout_ms has passed, never earlier; or
 *          one of Errors.
 * Errors   SKT_EINVAL    events are none or unknown; timeout_ms is under -1
 *          SKT_ENOTCONN  s needs a connection, and neither listens nor has
 *                        begun to connect
 *          SKT_ENOMEM SKT_ENOBUFS  out of resources
 * Blocks   up to timeout_ms, also if s is non-blocking.
 * Threads  any number of threads may wait on one s, but only one at a time with
 *          one waker.
 * Source   POSIX poll(); Winsock select(). */
SKT_API int skt_wait(skt *s, int events, int timeout_ms, skt_waker *waker);

/** An entry for skt_poll. */
typedef struct skt_polled {
  skt *s;     /* a socket as for skt_wait; NULL: skip this entry */
  int events; /* SKT_READ, SKT_WRITE, SKT_BOTH; 0: skip this entry */
  int ready;  /* receives the events that are ready, 0, or a code */
} skt_polled;

/** Wait until one of several sockets is ready.
 *
 *   entries     `count` of them; a socket may stand in several
 *   count       any number, also 0
 *   timeout_ms  as for skt_wait
 *   waker       as for skt_wait
 *
 * An entry that cannot be waited for counts as ready, and its `ready` is the
 * reason, a negative code: SKT_EBADF, SKT_ENOTSOCK, SKT_ECANCELED; SKT_EINVAL
 * if its events are unknown; SKT_ENOTCONN as for skt_wait. The call then does
 * not wait, but reports the other entries as usual. A negative number has bits
 * set too: test `ready` < 0 before you test for SKT_READ or SKT_WRITE.
 *
 * The work grows with the number of entries; for many use an skt_poller.
 *
 * Returns  how many entries are ready, plus one if a thread has woken the
 *          waker; 0 when timeout_ms has passed, never earlier; or one of
 *          Errors, which concern the call as a whole.
 * Errors   SKT_EINVAL    timeout_ms is under -1, or is -1 and nothing could
 *                        ever end the wait
 *          SKT_ENOMEM SKT_ENOBUFS  out of resources; over 64 entries take
 *                        memory while the call lasts
 * Blocks   up to timeout_ms.
 * Threads  as for skt_wait, for each of the sockets; no other thread uses
 *          entries.
 * Source   POSIX poll(); Winsock select(). */
SKT_API int skt_poll(skt_polled *entries, size_t count, int timeout_ms,
                     skt_waker *waker);

/** Watches any number of sockets, at a cost that does not grow with the idle
 * ones. Zeroed memory is no poller. A poller must not be moved while it is in
 * use. The members are skt's own. */
typedef struct skt_poller {
  uintptr_t handle, wakes;
  uint32_t open, pending, idle;
} skt_poller;

/** What a poller reports: 16 bytes on every system. After an error events are
 * SKT_BOTH, whichever of the two was requested. */
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
 * Errors   SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  any thread; no other call on p at the same time.
 * Differs  After a fork only one of the two processes may use a poller or a
 *          waker that was made before; with kqueue only the parent a poller.
 * Source   Linux epoll_create1(); BSD kqueue(); Windows completion ports. */
SKT_API int skt_poller_create(skt_poller *p);

/** Watch a socket.
 *
 *   p       a poller
 *   s       a socket as for skt_wait, which p does not watch yet. The struct
 *           may be moved afterwards.
 *   events  SKT_READ, SKT_WRITE, SKT_BOTH, or 0 for none so far; or'ed with
 *           SKT_ONESHOT to get one event and then watch for 0
 *   user    any pointer, which each event of s brings back. Not NULL where
 *           skt_poller_wake is used: a wake has user NULL, events SKT_WOKEN.
 *
 * p watches s until skt_poller_remove, or until s is closed. A poller does not
 * see skt_shutdown by SKT_READ: that is no event, and bytes that arrive
 * afterwards still are.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL    events are unknown
 *          SKT_EEXIST    p watches s already
 *          SKT_EOPNOTSUPP  Windows: a layered provider hides its socket
 *          SKT_ENOTCONN  as for skt_wait
 *          SKT_ENOMEM SKT_ENOBUFS  out of resources
 * Blocks   never.
 * Threads  any thread, also while another is in skt_poller_wait, which then
 *          reports s too. Counts as waiting on s.
 * Differs  Linux: while another process or a duplicate of the handle keeps the
 *          socket open, p watches it even after skt_close; skt_poller_remove
 *          ends that.
 * Source   Linux epoll_ctl(); BSD kevent(); Windows: AFD. */
SKT_API int skt_poller_add(skt_poller *p, skt *s, int events, void *user);

/** Watch a socket for other events, or once more after SKT_ONESHOT.
 *
 * As skt_poller_add in all else, for a socket that p watches.
 *
 * Errors   SKT_EINVAL    events are unknown
 *          SKT_ENOENT    p does not watch s
 *          SKT_ENOTCONN  as for skt_wait
 *          SKT_ENOMEM SKT_ENOBUFS  out of resources
 * Threads  any thread, also while another is in skt_poller_wait. Counts as
 *          waiting on s. */
SKT_API int skt_poller_modify(skt_poller *p, skt *s, int events, void *user);

/** Watch a socket no longer.
 *
 * No later skt_poller_wait reports s. Call this before skt_release; before
 * skt_close it is not needed.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_ENOENT  p does not watch s
 * Blocks   never.
 * Threads  any thread, also while another is in skt_poller_wait. Counts as
 *          waiting on s.
 * Source   as for skt_poller_add. */
SKT_API int skt_poller_remove(skt_poller *p, skt *s);

/** Wait until one of the sockets is ready, or a thread wakes the poller.
 *
 *   p           a poller
 *   events      receives what is ready, each socket at most once
 *   capacity    how many at most, 1 or more; the next call reports what found
 *               no room, in turn
 *   timeout_ms  as for skt_wait
 *
 * While the caller works through events, it may close or remove a socket whose
 * event stands further on: that event is still there, with its user. Mark what
 * user points to as closed, skip its event, and free it after the last event.
 *
 * Returns  how many events there are; 0 when timeout_ms has passed, never
 *          earlier; or one of Errors.
 * Errors   SKT_EINVAL  capacity is 0, or timeout_ms is under -1
 *          SKT_EBUSY   another thread waits already
 *          SKT_ENOMEM SKT_ENOBUFS  out of resources
 * Blocks   up to timeout_ms.
 * Threads  one thread at a time waits with one p.
 * Differs  One call reports up to a million events on Linux, up to 64 with
 *          kqueue and on Windows, however large the array is. After skt_cancel
 *          kqueue, epoll and poll may set only the bits that were requested.
 * Source   Linux epoll_wait(); BSD kevent(); Windows
 *          GetQueuedCompletionStatusEx(). */
SKT_API int skt_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                            int timeout_ms);

/** Wake the thread that waits with a poller, or else the next that does.
 *
 * The wake is an event with user NULL and events SKT_WOKEN. Many wakes before
 * one wait are one event, and cost one.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_ENOMEM SKT_ENOBUFS  out of resources
 * Blocks   never.
 * Threads  any thread, at any time before skt_poller_destroy.
 * Source   Linux eventfd(); BSD EVFILT_USER; Windows
 *          PostQueuedCompletionStatus(). */
SKT_API int skt_poller_wake(skt_poller *p);

/** Destroy a poller and zero it. The sockets stay as they are.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EBUSY  a thread is in skt_poller_wait; nothing was destroyed
 * Blocks   never.
 * Threads  no other call on p at the same time, except skt_poller_wait, for
 *          which SKT_EBUSY is returned.
 * Source   POSIX close(); Windows CloseHandle(). */
SKT_API int skt_poller_destroy(skt_poller *p);

/*
 * Names of hosts
 *
 * The texts of these functions are those of skt_addr_parse, or a name and a
 * port:
 *
 *   example.org:443    127.0.0.1:80    [fe80::1%eth0]:80    unix:/run/x.sock
 *
 * A name consists of labels with a dot between them; one more dot may end it. A
 * label has 1 to 63 ASCII letters, digits, - and _, and a name up to 253 bytes.
 * A name in other letters is written in its ASCII form (xn--bcher-kva.example):
 * no system converts it for skt. A name whose last label is a number (127.1,
 * 0x7f.1) is neither a name nor an address, and nothing that is a number
 * reaches a resolver. The port is a number too, and not the name of a service.
 *
 * The system looks names up in its own way, by files, servers and search lists.
 * Only "localhost" and the names under it are answered here: ::1 and 127.0.0.1,
 * as RFC 6761 says, without the one that this host lacks.
 *
 * No system's look-up can be ended. With a timeout or a waker skt therefore
 * makes it in a thread of its own. When the call returns early, it abandons the
 * thread, which ends when the system has given up, after some seconds; until
 * then it holds a descriptor or two. It uses nothing of the caller's and takes
 * no signals; neither a later call nor the end of the program waits for it,
 * unless main ends by pthread_exit. 64 abandoned threads are the most: then
 * SKT_EUSERS is returned. Without timeout and waker there is no thread.
 *
 * Only after exec may a child process look up names, if another thread was in a
 * look-up at the fork: in glibc a lock of the C library can be held for ever,
 * on macOS the process can crash. Numbers and localhost are safe.
 */

/** Room for any name, or for the host of any text, with its terminating zero.
 */
#define SKT_NAME_MAX 256

/** Room for any text of a host and a port, with its terminating zero. */
#define SKT_TEXT_MAX 264

/** Find the addresses that a text stands for.
 *
 *   text        an address, or a name and a port; zero-terminated
 *   domain      SKT_IPV4, SKT_IPV6 or SKT_UNIX: only such addresses; 0: any
 *   out         receives the addresses, in the system's order, each once; the
 *               first is zeroed on any error
 *   capacity    how many at most, 1 or more; the rest is discarded
 *   timeout_ms  the longest time; -1 for ever, 0 does not wait, which does for
 *               all but names
 *   waker       may end the call too; may be NULL
 *
 * An IPv4 address mapped into IPv6 that the system finds for a name becomes
 * plain IPv4. To try each address until one accepts is up to the caller, with a
 * fresh socket for each.
 *
 * Returns  how many addresses, 1 or more; or one of Errors.
 * Errors   SKT_EINVAL      text is none, for example without a port; domain,
 *                          capacity or timeout_ms is out of range
 *          SKT_ENAMETOOLONG  a label, the name or the unix path is longer
 *          SKT_ENOADDRESS  the name exists, or the text is an address, but has
 *                          no address in the domain
 *          SKT_ENONAME     no such name
 *          SKT_ETRYAGAIN   no name server has answered, or not for the moment
 *          SKT_ENAMEFAIL   a name server or the system has failed
 *          SKT_ETIMEDOUT   timeout_ms has passed
 *          SKT_ECANCELED   a thread has woken the waker
 *          SKT_EUSERS      64 abandoned look-ups are still in progress
 *          SKT_ENODEV SKT_EOPNOTSUPP SKT_EACCES SKT_EAFNOSUPPORT  as for
 *                          skt_addr_parse
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   up to timeout_ms.
 * Threads  any thread, but only one at a time with one waker.
 * Differs  Systems disagree whether a name is missing or only lacks addresses
 *          of the domain, and SKT_ENONAME can be a server's failure
 *          (systemd-resolved). macOS reports EMFILE as SKT_ENONAME. musl takes
 *          the answer of the fastest server, fails if one of the two families
 *          fails, and has no names with _. POSIX: a library with skt in it must
 *          not be unloaded during a look-up where dlopen has no RTLD_NODELETE.
 *          Windows: not from DllMain.
 * Source   POSIX getaddrinfo(); Windows GetAddrInfoExW(); RFC 6761 6.3. */
SKT_API int skt_resolve(const char *text, int domain, skt_addr *out,
                        size_t capacity, int timeout_ms, skt_waker *waker);

/** Find the name of an address.
 *
 *   a           an IPv4 or IPv6 address
 *   name        receives the name, zero-terminated; empty on any error
 *   capacity    its room in bytes; SKT_NAME_MAX is always enough
 *   timeout_ms  as for skt_resolve
 *   waker       as for skt_resolve
 *
 * No other function of skt looks up a name for an address, which often takes
 * seconds. Whoever owns an address chooses its name: prove it by skt_resolve,
 * which should find the address again, before anything depends on it. A result
 * that is no name, as the section describes them, counts as none.
 *
 * Returns  the length without the zero, or one of Errors.
 * Errors   SKT_EINVAL     a is neither IPv4 nor IPv6, or timeout_ms is under -1
 *          SKT_ENOSPC     capacity is too small
 *          SKT_ENONAME    the address has no name
 *          SKT_ETRYAGAIN SKT_ENAMEFAIL SKT_ETIMEDOUT SKT_ECANCELED SKT_EUSERS
 *                         as for skt_resolve
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   up to timeout_ms.
 * Threads  as for skt_resolve.
 * Differs  as for skt_resolve.
 * Source   POSIX getnameinfo(); Winsock GetNameInfoW(). */
SKT_API int skt_reverse(const skt_addr *a, char *name, size_t capacity,
                        int timeout_ms, skt_waker *waker);

/** Take the host and the port of a text apart.
 *
 *   text      as for skt_resolve; or ":80", which is port 80 and no host
 *   host      receives the name or number, zero-terminated, without brackets;
 *             "unix:" and the path, if the text is that; empty on any error
 *   capacity  its room in bytes; SKT_NAME_MAX is always enough
 *   port      receives the port, or -1 for a unix path; 0 on any error; may be
 *             NULL
 *
 * Nothing is looked up, an interface neither.
 *
 * Returns  the length of the host without the zero, or one of Errors.
 * Errors   SKT_EINVAL        the text is none
 *          SKT_ENAMETOOLONG  as for skt_resolve, or the host is longer than
 *                            SKT_NAME_MAX allows
 *          SKT_EOPNOTSUPP    the system has no abstract names
 *          SKT_ENOSPC        capacity is too small
 * Threads  any thread, at any time.
 * Source   RFC 3986 3.2.2. */
SKT_API int skt_text_split(const char *text, char *host, size_t capacity,
                           int *port);

/** Make one text of a host and a port.
 *
 *   text      receives the text, zero-terminated; empty on any error
 *   capacity  its room in bytes; SKT_TEXT_MAX is always enough
 *   host      a name, but not "unix"; a number, with or without brackets;
 *             "unix:" and a path; or "", for every address of this host
 *   port      0 to 65535; -1 for a unix path
 *
 * The text is one that skt_text_split takes apart again.
 *
 * Returns  the length without the zero, or one of Errors.
 * Errors   SKT_EINVAL        the host is none, or port is out of range
 *          SKT_ENAMETOOLONG SKT_EOPNOTSUPP  as for skt_text_split
 *          SKT_ENOSPC        capacity is too small
 * Threads  any thread, at any time.
 * Source   RFC 3986 3.2.2. */
SKT_API int skt_text_join(char *text, size_t capacity, const char *host,
                          int port);

/** Connect to the host that a text names.
 *
 *   s           receives the socket; what it held before is overwritten, not
 *               closed. Zeroed on any error
 *   text        as for skt_resolve: "example.org:443", "[::1]:80", "unix:/x"
 *   type        as for skt_socket, SKT_STREAM mostly, or'ed with SKT_NONBLOCK
 *   timeout_ms  the longest time for all of it, names too; -1 for ever, 0 does
 *               not wait
 *   waker       may end the call too; may be NULL
 *
 * The call waits until the socket is connected, and sets no limit. SKT_NONBLOCK
 * is the mode of the socket that it returns.
 *
 * Up to 40 addresses of a name are tried as in RFC 8305: the families take
 * turns, beginning with that of the system's first address. The next attempt
 * starts 250 ms after the last one, or at once when one fails; the older ones
 * go on. Six go on at once at most: a seventh takes the place of the oldest.
 * The first that succeeds wins, the others are closed. A type without
 * connections takes the first address that has a route.
 *
 * If none succeeds, the most telling failure is returned. From the most to the
 * least: out of resources; SKT_ECONNREFUSED; others of the peer or a firewall;
 * SKT_ENETUNREACH, SKT_EHOSTUNREACH; SKT_EHOSTDOWN, SKT_ETIMEDOUT; an address
 * that this host cannot use. SKT_ETIMEDOUT is returned also when timeout_ms has
 * passed, whatever has failed before. When resources run out, the attempts in
 * progress go on; without any the call ends.
 *
 * The waker ends every wait, also if a connection comes at the same moment. A
 * single address without a waker costs the calls of skt_socket and skt_connect.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL      text is none, or its address no destination; type or
 *                          timeout_ms is out of range
 *          SKT_ETIMEDOUT   timeout_ms has passed
 *          SKT_ECANCELED   a thread has woken the waker
 *          SKT_ENAMETOOLONG SKT_ENOADDRESS SKT_ENONAME SKT_ETRYAGAIN
 *          SKT_ENAMEFAIL SKT_EUSERS SKT_ENODEV SKT_EOPNOTSUPP  as for
 *                          skt_resolve
 *          SKT_EAFNOSUPPORT SKT_EPROTONOSUPPORT  as for skt_socket
 *          SKT_ECONNREFUSED SKT_EHOSTDOWN SKT_ECONNRESET  as for skt_connect
 *          SKT_ENETUNREACH SKT_EHOSTUNREACH SKT_EADDRNOTAVAIL  as for
 *                          skt_connect
 *          SKT_EACCES SKT_ENOENT  as for skt_connect
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   up to timeout_ms.
 * Threads  no other call on s at the same time; only one at a time with one
 *          waker.
 * Differs  as for skt_resolve and skt_connect.
 * Source   RFC 8305; made of skt_resolve, skt_socket, skt_connect, skt_poll. */
SKT_API int skt_dial(skt *s, const char *text, int type, int timeout_ms,
                     skt_waker *waker);

/** Listen where a text says.
 *
 *   s        receives the socket, a stream; what it held before is overwritten,
 *            not closed. Zeroed on any error
 *   text     ":7000", port 7000 of every address of this host; or as for
 *            skt_resolve: "127.0.0.1:0", "localhost:7000", "unix:/run/x.sock"
 *   flags    as for skt_bind, or'ed with SKT_NONBLOCK
 *   backlog  as for skt_listen
 *
 * ":7000" is one socket for IPv6 and IPv4; or for IPv4 alone on a host that has
 * no IPv6. Where the two cannot share a socket, SKT_EOPNOTSUPP is returned:
 * then make one at "0.0.0.0:7000" and one, for IPv6 only, at "[::]:7000".
 *
 * Of a name the first address counts that this host has. If another server
 * listens there, the result is SKT_EADDRINUSE and no other address is tried.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL      text is none, or link-local without an interface;
 *                          flags as for skt_bind
 *          SKT_ENAMETOOLONG SKT_ENOADDRESS SKT_ENONAME SKT_ETRYAGAIN
 *          SKT_ENAMEFAIL SKT_ENODEV  as for skt_resolve
 *          SKT_EAFNOSUPPORT SKT_EPROTONOSUPPORT  as for skt_socket
 *          SKT_EADDRINUSE SKT_EADDRNOTAVAIL SKT_ENOENT SKT_EACCES SKT_EIO
 *                          as for skt_bind
 *          SKT_EOPNOTSUPP  as for skt_bind, or the system has no abstract names
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   only to look up a name, as skt_resolve without a timeout.
 * Threads  no other call on s at the same time.
 * Differs  as for skt_bind.
 * Source   made of skt_resolve, skt_socket, skt_bind, skt_listen. */
SKT_API int skt_listen_at(skt *s, const char *text, int flags, int backlog);

/*
 * Options
 *
 * An option that is not set has the system's default (Nagle's algorithm is on,
 * for example). Reading or setting one is one system call. Set options before
 * the socket is connected or listens; an accepted socket starts with its
 * listener's SKT_OPT_KEEPALIVE, SKT_OPT_NODELAY and buffers. While a socket is
 * connecting, its options can be neither read nor set (Windows would refuse
 * some of them).
 *
 *   SKT_OPT_...         values          of sockets    what it does
 *   KEEPALIVE           0, 1            TCP           probe a silent peer
 *   KEEPALIVE_IDLE      s, 1..32767     TCP           silence before the first
 *                                                     probe
 *   KEEPALIVE_INTERVAL  s, 1..32767     TCP           time between probes
 *   KEEPALIVE_COUNT     1..127          TCP           probes before the
 *                                                     connection breaks
 *   NODELAY             0, 1            TCP           send small writes at once
 *   SEND_BUFFER         bytes,          all           room for what was written
 *   RECEIVE_BUFFER        1..INT_MAX/2  all           and for what arrived. The
 *                                                     system may bound it; what
 *                                                     is in force is read
 *   HOPS                1..255          IPv4, IPv6    TTL, or unicast hop limit
 *   TRAFFIC_CLASS       0..255          IPv4, IPv6    TOS, or traffic class. On
 *                                                     streams TCP owns the low
 *                                                     two bits; they read as 0
 *   V6ONLY              0, 1            IPv6, stream  0: skt_bind takes IPv4
 *                                       or datagram   too, as if called with
 *                                                     SKT_DUAL_STACK. Set it
 *                                                     before; no system call
 *   BROADCAST           0, 1            IPv4 datagram may send to broadcast
 *                                       or raw        addresses
 *   USER_TIMEOUT        ms, 0..INT_MAX  TCP           the connection breaks
 *                                                     when sent bytes stay
 *                                                     unacknowledged for so
 *                                                     long; 0 is the system's
 *                                                     own limit
 *   DEVICE              0..16777215     IPv4, IPv6    index of the interface to
 *                                                     send by; 0 is any
 *   MARK                0..INT_MAX      IPv4, IPv6    mark for routing rules
 *   CORK                0, 1            TCP           1: what is written waits
 *                                                     until a segment is full,
 *                                                     and is sent by setting 0
 *   FAST_OPEN           0..32767        TCP that      how many connections may
 *                                       listens       bring bytes before they
 *                                                     are complete; 0 is none
 *   FAST_OPEN_CONNECT   0, 1            TCP, before   the first write connects,
 *                                       connecting    if the peer is known to
 *                                                     allow it; see below
 *   DEFER_ACCEPT        s, 0..32767     TCP           a connection is accepted
 *                                                     when its first bytes are
 *                                                     there, or after this
 *                                                     time. What is in force is
 *                                                     read, 7 for 4
 *   LOW_WATER           bytes,          TCP           how many bytes must be
 *                         1..INT_MAX/2                there for SKT_READ, and
 *                                                     for a read that blocks;
 *                                                     see below
 *   PRIORITY            0..6            IPv4, IPv6    of packets in this host's
 *                                                     queues. TRAFFIC_CLASS
 *                                                     sets it too
 *   FREEBIND            0, 1            IPv4, IPv6,   skt_bind takes addresses
 *                                       stream or     that this host does not
 *                                       datagram      have, or not yet
 *   BIND_NO_PORT        0, 1            TCP, before   skt_bind with port 0 sets
 *                                       skt_bind      the address alone, and
 *                                                     skt_connect chooses the
 *                                                     port: two connections to
 *                                                     different peers can have
 *                                                     the same
 *   PROTOCOL            only read       all           the protocol's number, as
 *                                                     for skt_socket; 6 is TCP,
 *                                                     17 UDP, 0 unix
 *   CONGESTION          a text          TCP           name of the algorithm for
 *                                                     congestion control
 *   SHARE               0, or a flag    all           which of SKT_EXCLUSIVE,
 *                       of the three                  SKT_SHARE_MULTICAST and
 *                                                     SKT_SHARE_LOAD skt_bind
 *                                                     uses if its flags name
 *                                                     none of them. Set it
 *                                                     before, to one that
 *                                                     skt_bind takes for such a
 *                                                     socket; no system call
 *   MULTICAST_HOPS      0..255          IPv4, IPv6,   TTL, or hop limit, of
 *                                       datagram      what is sent to groups; 0
 *                                       or raw        is for this host alone;
 *                                                     see below
 *   MULTICAST_LOOP      0, 1            the same      members on this host
 *                                                     receive what it sends to
 *                                                     groups. Set it on both
 *                                                     ends; see below
 *   MULTICAST_DEVICE    0..16777215     the same      index of the interface to
 *                                                     send to groups by; 0 is
 *                                                     the system's choice
 *   DONT_FRAGMENT       0, 1            the same      1: what is longer than
 *                                                     the path takes is not
 *                                                     sent: SKT_EMSGSIZE; see
 *                                                     below
 *   PATH_MTU            only read       IPv4, IPv6,   how many bytes a packet
 *                                       connected     to the peer may have,
 *                                                     with its headers, as far
 *                                                     as the system knows
 *   RECEIVE_LOCAL       0, 1            IPv4, IPv6,   skt_receive delivers the
 *                                       datagram      address and the interface
 *                                       or raw        that a message came to
 *   RECEIVE_HOPS        0, 1            the same      its hop count
 *   RECEIVE_CLASS       0, 1            the same      its traffic class
 *   RECEIVE_TIME        0, 1            the same      when it came; on Linux a
 *                                                     few ms after it was set
 *   RECEIVE_TRAINS      0, 1            IPv4, IPv6    skt_receive may receive
 *                                       datagram,     trains. It stays on, and
 *                                       before        no other function can
 *                                       skt_bind      receive
 *   SEND_TRAINS         0, 1            IPv4, IPv6    skt_send may make trains:
 *                                       datagram      1 at first, where there
 *                                                     are trains. 0 helps where
 *                                                     a device corrupts them;
 *                                                     no system call
 *
 * Not on every system; elsewhere SKT_EOPNOTSUPP:
 *   KEEPALIVE_IDLE      set, but not read, on Windows before 10 version 1709;
 *                       not on OpenBSD
 *   KEEPALIVE_INTERVAL, KEEPALIVE_COUNT
 *                       not on Windows before 10 version 1709, nor OpenBSD
 *   TRAFFIC_CLASS       Windows keeps the number, but its policies decide what
 *                       it sends; it may lack the option for IPv6
 *   USER_TIMEOUT        Linux; macOS and Windows in seconds, rounded up
 *   DEVICE              Linux, macOS, Windows. On Windows it is for sending
 *                       only; elsewhere other interfaces receive nothing for
 *                       the socket
 *   MARK                Linux, with a privilege
 *   CORK                Linux, macOS, FreeBSD, OpenBSD. Linux waits at most
 *                       200 ms; macOS may keep what waits until the next write
 *                       or the close
 *   FAST_OPEN           Linux, which bounds the number, as read; on macOS,
 *                       FreeBSD and Windows it is on or off, and reads as 1 or
 *                       0. The system's settings can forbid it all the same
 *   FAST_OPEN_CONNECT, DEFER_ACCEPT, PRIORITY, BIND_NO_PORT
 *                       Linux
 *   LOW_WATER           not on Windows. The system bounds it to what its buffer
 *                       holds; what is in force is read
 *   FREEBIND            Linux; FreeBSD, NetBSD and OpenBSD, with a privilege
 *   PROTOCOL            Linux, FreeBSD, OpenBSD, Windows
 *   CONGESTION          Linux, FreeBSD
 *   MULTICAST_DEVICE    for IPv4 set, but not read, on Linux, macOS, FreeBSD;
 *                       not for IPv4 on OpenBSD and NetBSD
 *   DONT_FRAGMENT       not for IPv4 on OpenBSD and NetBSD
 *   PATH_MTU            Linux, Windows 10 and later
 *   RECEIVE_LOCAL       on the BSDs without the interface, for IPv4
 *   RECEIVE_CLASS       not for IPv4 on NetBSD and OpenBSD
 *   RECEIVE_TIME        not on Windows
 *   RECEIVE_TRAINS, SEND_TRAINS
 *                       Linux 5.0 and 4.18; Windows 10 2004. Some drivers for
 *                       Windows deliver trains without their segment: as one
 *                       message that is longer than any that was sent
 *
 * After FAST_OPEN_CONNECT, and if this host has connected to the peer before,
 * skt_connect returns 0 and sends nothing: the first skt_write connects and
 * takes its bytes along. Until then skt_peer returns SKT_ENOTCONN and a read
 * waits, so it is for protocols in which the client speaks first. The codes of
 * skt_connect, a refusal for example, then come from skt_write.
 *
 * With LOW_WATER a socket is ready for SKT_READ when so many bytes are there,
 * at the end of the stream, and after an error; a read that blocks waits for so
 * many, or for as many as fit its buffer. A non-blocking read takes what is
 * there.
 *
 * MULTICAST_HOPS 0 keeps a message on this host if a socket here has joined the
 * group; if none has, Linux sends the message out all the same.
 *
 * MULTICAST_LOOP belongs to the sender's socket, but on Windows to the
 * receiver's. It is 1 at first; 0 on both ends means the same everywhere.
 *
 * An IPv6 datagram or raw socket has the options of its hops, its traffic class
 * and its interface, the three of multicast and DONT_FRAGMENT for IPv4 as well:
 * they are set together, if it can send to IPv4 by SKT_DUAL_STACK. macOS sets
 * those of IPv6 alone.
 *
 * With DONT_FRAGMENT a message that does not fit a packet of the interface is
 * SKT_EMSGSIZE, from skt_write and skt_send_to. A router that cannot pass a
 * packet on drops it; its report changes PATH_MTU, and is SKT_EMSGSIZE, once,
 * on a socket with a peer. On Linux what PATH_MTU reports does not bound what
 * is sent, so that a program can find the path's MTU by trying. 0 is how a
 * socket begins: the system sends what is longer in fragments.
 *
 * There is no SO_LINGER. With it close would block, even on non-blocking
 * sockets, or fail and stay open, depending on the system. skt_close never
 * blocks, and the system still sends what was written; skt_abort resets;
 * skt_close_graceful waits for the peer, up to a timeout.
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
  SKT_OPT_MARK = 14,
  SKT_OPT_CORK = 15,
  SKT_OPT_FAST_OPEN = 16,
  SKT_OPT_FAST_OPEN_CONNECT = 17,
  SKT_OPT_DEFER_ACCEPT = 18,
  SKT_OPT_LOW_WATER = 19,
  SKT_OPT_PRIORITY = 20,
  SKT_OPT_FREEBIND = 21,
  SKT_OPT_BIND_NO_PORT = 22,
  SKT_OPT_PROTOCOL = 23,
  SKT_OPT_CONGESTION = 24,
  SKT_OPT_SHARE = 25,
  SKT_OPT_MULTICAST_HOPS = 30,
  SKT_OPT_MULTICAST_LOOP = 31,
  SKT_OPT_MULTICAST_DEVICE = 32,
  SKT_OPT_DONT_FRAGMENT = 33,
  SKT_OPT_PATH_MTU = 34,
  SKT_OPT_RECEIVE_LOCAL = 40,
  SKT_OPT_RECEIVE_HOPS = 41,
  SKT_OPT_RECEIVE_CLASS = 42,
  SKT_OPT_RECEIVE_TIME = 43,
  SKT_OPT_RECEIVE_TRAINS = 44,
  SKT_OPT_SEND_TRAINS = 45
};

/** Read an option.
 *
 *   s       a socket of a kind that has the option
 *   option  one of the above
 *   value   receives it, in the unit of the above; 0 on any error
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL      no such option, not for this kind of socket, or its
 *                          value is a text
 *          SKT_EALREADY    s is connecting
 *          SKT_EOPNOTSUPP  this system lacks the option, or cannot read it
 *          SKT_ENOTCONN    the connection has ended, and the option with it;
 *                          or SKT_OPT_PATH_MTU: s has no peer
 *          SKT_ENOBUFS     out of resources
 * Blocks   never.
 * Threads  any thread, also while others read, write, accept or wait.
 * Differs  Linux and Windows still read options of a connection that has ended.
 * Source   POSIX getsockopt(); Winsock getsockopt(). */
SKT_API int skt_get_option(const skt *s, int option, int *value);

/** Set an option.
 *
 *   s       a socket of a kind that has the option
 *   option  one of the above
 *   value   in its unit and range
 *
 * On a connection that has ended this does nothing and returns 0.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL      no such option, not for this kind of socket or its
 *                          state, value out of range or a text, or
 *                          SKT_OPT_V6ONLY or SKT_OPT_SHARE after skt_bind
 *          SKT_EALREADY    s is connecting
 *          SKT_EOPNOTSUPP  this system lacks the option
 *          SKT_EACCES      not allowed to this process
 *          SKT_ENODEV      SKT_OPT_DEVICE, SKT_OPT_MULTICAST_DEVICE: no such
 *                          interface
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Differs  For SKT_OPT_DEVICE Linux takes the number of an interface that does
 *          not exist, and then sends nothing.
 * Source   POSIX setsockopt(); Winsock setsockopt(), SIO_KEEPALIVE_VALS. */
SKT_API int skt_set_option(skt *s, int option, int value);

/** Room for the text of any option, with its terminating zero. */
#define SKT_OPTION_TEXT_MAX 257

/** Read an option as text.
 *
 *   s         a socket of a kind that has the option
 *   option    SKT_OPT_CONGESTION; or SKT_OPT_DEVICE, by its interface's name
 *   text      receives the text and a terminating zero; `capacity` bytes. Empty
 *             on any error, and for SKT_OPT_DEVICE 0, any interface
 *   capacity  SKT_OPTION_TEXT_MAX is always enough
 *
 * Returns  the length without the zero, or one of Errors.
 * Errors   SKT_EINVAL      no such option, not for this kind of socket, or its
 *                          value is only a number
 *          SKT_ENOSPC      capacity is too small
 *          SKT_ENODEV      SKT_OPT_DEVICE: the interface has disappeared
 *          SKT_EALREADY SKT_EOPNOTSUPP SKT_ENOTCONN SKT_ENOBUFS  as for
 *                          skt_get_option
 * Blocks   never.
 * Threads  any thread, also while others read, write, accept or wait.
 * Differs  Windows names interfaces in another way ("ethernet_32769").
 * Source   POSIX getsockopt(), if_indextoname(); Windows if_indextoname(). */
SKT_API int skt_get_option_text(const skt *s, int option, char *text,
                                size_t capacity);

/** Set an option by text.
 *
 *   s       a socket of a kind that has the option
 *   option  SKT_OPT_CONGESTION; or SKT_OPT_DEVICE, by its interface's name
 *   text    zero-terminated; "" is any interface
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL      no such option, not for this kind of socket, or its
 *                          value is only a number
 *          SKT_ENOENT      SKT_OPT_CONGESTION: no such algorithm here
 *          SKT_ENODEV      SKT_OPT_DEVICE: no such interface
 *          SKT_EALREADY SKT_EOPNOTSUPP SKT_EACCES  as for skt_set_option
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 *          SKT_EMFILE SKT_ENFILE SKT_EAFNOSUPPORT  SKT_OPT_DEVICE: as for
 *                          skt_addr_parse
 * Blocks   never.
 * Threads  no other call on s at the same time, except skt_cancel.
 * Source   POSIX setsockopt(), if_nametoindex(); Windows if_nametoindex(). */
SKT_API int skt_set_option_text(skt *s, int option, const char *text);

/*
 * Groups
 *
 * What is sent to a group, a multicast address, arrives at the sockets that
 * have joined the group and are bound to the wildcard and the message's port:
 *
 *   skt_addr_any(&here, SKT_IPV4, 5353);
 *   skt_addr_parse(&group, "224.0.0.251:5353");
 *   skt_bind(&s, &here, SKT_SHARE_MULTICAST);
 *   skt_join(&s, &group, device, NULL);
 *
 * To send to a group no socket needs to join it. What a socket has not joined
 * it does not receive, whatever other programs of the host have joined; so an
 * adopted socket too, from its first skt_join. A socket that closes leaves its
 * groups.
 */

/** Join a group: receive what is sent to it.
 *
 *   s       a datagram or raw socket; a datagram socket must be bound
 *   group   a multicast address of the socket's domain, or an IPv4 one if s was
 *           bound with SKT_DUAL_STACK. Its port has no meaning
 *   device  index of the interface to receive by, as skt_interfaces lists it;
 *           0 is the system's choice, which can be a surprise where there are
 *           several interfaces. The scope of an IPv6 group, as in
 *           "[ff02::fb%2]:0", is as good
 *   source  the only sender to receive from, whose port has no meaning; NULL is
 *           any sender
 *
 * A socket can join many groups, one group on several interfaces, and of a
 * group several sources. A group on one interface is joined for any source or
 * for single ones, not for both: leave it in between.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL         group is no group, source is none of its domain,
 *                             or a group, or a wildcard; the domain does not
 *                             fit s; device is not the group's scope; s is not
 *                             bound; or the group is joined for any source and
 *                             now for one, or the reverse
 *          SKT_EOPNOTSUPP     s is of another type; the system cannot join IPv4
 *                             groups with an IPv6 socket, or has no sources
 *          SKT_EADDRINUSE     joined already
 *          SKT_ENODEV         no such interface, or none that carries the group
 *          SKT_ENOBUFS        too many: on Linux 20 groups of IPv4 a socket and
 *                             10 sources a group, unless it is set up otherwise
 *          SKT_ENOMEM         out of memory
 * Blocks   never.
 * Threads  one thread at a time joins, leaves or blocks; others may use s as
 *          they may otherwise.
 * Differs  macOS and FreeBSD need a device: 0 is SKT_ENODEV. Systems without
 *          RFC 3678, as other BSDs are: SKT_EOPNOTSUPP. On Linux an IPv6 group
 *          arrives by every interface on which any program has joined it, once
 *          s has joined it on one. A socket that is bound to one address, not
 *          the wildcard, receives what is sent to groups on Windows alone. An
 *          interface that is down is SKT_ENODEV on Windows; elsewhere the call
 *          succeeds. Wine has no sources of IPv6, and receives what is not
 *          joined.
 * Source   RFC 3678 MCAST_JOIN_GROUP, MCAST_JOIN_SOURCE_GROUP; Linux
 *          IP_MULTICAST_ALL, IPV6_MULTICAST_ALL. */
SKT_API int skt_join(skt *s, const skt_addr *group, uint32_t device,
                     const skt_addr *source);

/** Leave a group, or one source of it.
 *
 *   s, group, device  as for skt_join
 *   source            as it was joined. NULL leaves the group, with all sources
 *                     that it was joined for or that are blocked
 *
 * What has arrived can still be read.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EADDRNOTAVAIL  not joined so
 *          SKT_EINVAL SKT_EOPNOTSUPP  as for skt_join
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  as skt_join.
 * Source   RFC 3678 MCAST_LEAVE_GROUP, MCAST_LEAVE_SOURCE_GROUP. */
SKT_API int skt_leave(skt *s, const skt_addr *group, uint32_t device,
                      const skt_addr *source);

/** Receive nothing more from a source of a group, or receive from it again.
 *
 *   s, group, device  a group that was joined for any source, as for skt_join
 *   source            a sender, as for skt_join
 *   blocked           whether to block it or to end that
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EADDRNOTAVAIL  the group is not joined for any source; or not
 *                             blocked, and source is not
 *          SKT_EADDRINUSE     source is blocked already
 *          SKT_EINVAL SKT_EOPNOTSUPP  as for skt_join
 *          SKT_ENOBUFS        too many, as for skt_join
 *          SKT_ENOMEM         out of memory
 * Blocks   never.
 * Threads  as skt_join.
 * Source   RFC 3678 MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE. */
SKT_API int skt_block(skt *s, const skt_addr *group, uint32_t device,
                      const skt_addr *source, bool blocked);

/*
 * Pairs and processes
 */

/** Make two sockets that are connected to each other.
 *
 *   a, b  receive them, as private as a pipe; what they held before is
 *         overwritten, not closed. Zeroed on any error.
 *   type  SKT_STREAM, SKT_DATAGRAM or SKT_SEQPACKET, with SKT_NONBLOCK if both
 *         are to be non-blocking
 *
 * A pair is how a program talks to its child process (see skt_inherit), and how
 * a thread gives another bytes to wait for.
 *
 * On Windows, which has no such call, the two are connected over loopback, and
 * of IPv4. skt checks on both sides that the other end is the pair's own, and
 * closes what a stranger has connected; no port stays open. Another program of
 * the machine can see the connection in the system's lists, and programs that
 * redirect loopback connections are SKT_EPROTO. There a datagram pair discards
 * what the other end has no room for; elsewhere the sender waits.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL           type is none; or a is b
 *          SKT_EPROTONOSUPPORT  the system has no pairs of that type
 *          SKT_EPROTO           something stands between the two ends
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 *          SKT_EACCES SKT_EADDRINUSE SKT_EADDRNOTAVAIL SKT_ECONNREFUSED
 *          SKT_ETIMEDOUT SKT_ENETUNREACH SKT_EHOSTUNREACH  Windows: loopback
 *                               does not work
 * Blocks   never; on Windows up to 5 s if strangers interfere.
 * Threads  any thread.
 * Differs  macOS, Windows: no SKT_SEQPACKET.
 * Source   POSIX socketpair(). */
SKT_API int skt_pair(skt *a, skt *b, int type);

/** Make a second handle of a socket.
 *
 *   s     a socket that is not connecting
 *   copy  receives the handle, which no child inherits; zeroed on any error,
 *         but unchanged if it is s
 *
 * Both are the same socket: what one reads the other does not, options and
 * limits are common, and so is skt_shutdown for the system. The connection ends
 * when both are closed. Each of the two structs knows its own mode and what it
 * has seen; on POSIX the native mode is common, so set it for both.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL    copy is s
 *          SKT_EALREADY  s is connecting
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  any thread, also while others read, write, accept or wait.
 * Source   POSIX fcntl(F_DUPFD_CLOEXEC); Winsock WSADuplicateSocket(). */
SKT_API int skt_duplicate(const skt *s, skt *copy);

/** Let child processes inherit a socket, or no longer.
 *
 *   s          a socket
 *   inherited  whether children that start from now on inherit it
 *
 * A child gets the number of the handle from its parent, as an argument say:
 * skt_native(&s), and skt_kind(&s) with it. It hands both to skt_adopt, and
 * uses a skt_duplicate of that, since an inherited number cannot send with some
 * providers of Winsock. On Windows the parent starts the child with
 * bInheritHandles; between this call and the next one every child inherits the
 * socket, also one that another thread starts.
 *
 * Returns  0 or one of Errors.
 * Errors   none of its own
 * Blocks   never.
 * Threads  any thread, also while others read, write, accept or wait.
 * Source   POSIX fcntl(F_SETFD); Windows SetHandleInformation(). */
SKT_API int skt_inherit(skt *s, bool inherited);

/** Give another process a socket.
 *
 *   channel  a stream to it, connected: of skt_pair or, except on Windows, a
 *            unix socket; on Windows any. The process must be in
 *            skt_receive_socket, or reach it, and read nothing else of it
 *   s        the socket; unchanged, and still open here: close it, and it is
 *            the other's alone
 *
 * The socket arrives with its kind, mode, state and limits.
 *
 * On Windows the two processes exchange three messages, so that this call waits
 * until the other process takes the socket, also on a non-blocking channel,
 * there for up to 5 s.
 *
 * Returns  0 or one of Errors. After one the channel may have a part of the
 *          hand-over in it: close it, unless the code is SKT_EAGAIN or stands
 *          above SKT_ENODATA.
 * Errors   SKT_EINVAL      s is the channel
 *          SKT_EOPNOTSUPP  the channel cannot carry sockets: another type, or
 *                          on POSIX no unix socket
 *          SKT_ENOTCONN    the channel is not connected
 *          SKT_EALREADY    s is connecting
 *          SKT_EPIPE       this side of the channel has shut down writing
 *          SKT_ENODATA     the channel ended
 *          SKT_EPROTO      what came back was no answer
 *          SKT_EAGAIN      the channel is non-blocking and there is no room
 *          SKT_ETIMEDOUT   the channel's limit expired
 *          SKT_ECONNRESET  the other process has closed the channel
 *          SKT_EACCES      the other process refuses sockets, or this one may
 *                          not give it any
 *          SKT_EIO         a failure in the system
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources, or
 *                          too many sockets are on their way
 * Blocks   until there is room, if the channel is blocking.
 * Threads  counts as writing on the channel, on Windows as reading too.
 * Differs  macOS: keep s open until the other process has it, or the connection
 *          is lost.
 * Source   POSIX sendmsg(SCM_RIGHTS); Winsock WSADuplicateSocket(). */
SKT_API int skt_send_socket(skt *channel, const skt *s);

/** Receive a socket from another process.
 *
 *   channel  as for skt_send_socket; only sockets arrive over it while this
 *            function is used
 *   out      receives the socket, which no child inherits; zeroed on any error
 *
 * Exactly one hand-over is read. The call checks what it is given, and closes
 * what does not belong to it: other descriptors, or more than one. On Windows
 * a socket arrives as the number of a handle, which the other process chooses:
 * use it only with a process that you trust.
 *
 * Returns  0 or one of Errors. After one, but SKT_EAGAIN and SKT_ETIMEDOUT at
 *          the start, close the channel.
 * Errors   SKT_EINVAL      out is the channel
 *          SKT_EOPNOTSUPP SKT_ENOTCONN  as for skt_send_socket
 *          SKT_ENODATA     the channel ended
 *          SKT_EPROTO      what came is no hand-over
 *          SKT_EAGAIN      the channel is non-blocking and nothing has come
 *          SKT_ETIMEDOUT   the channel's limit expired
 *          SKT_ECONNRESET  the other process has closed the channel
 *          SKT_EIO         a failure in the system
 *          SKT_EMFILE SKT_ENFILE SKT_ENOBUFS SKT_ENOMEM  out of resources: the
 *                          socket is lost to this process
 * Blocks   until a socket is there, if the channel is blocking.
 * Threads  counts as reading on the channel, on Windows as writing too.
 * Source   POSIX recvmsg(SCM_RIGHTS); Winsock WSASocket(). */
SKT_API int skt_receive_socket(skt *channel, skt *out);

/*
 * Files and peers
 */

/** Write a part of an open file to a stream.
 *
 *   s       a connected stream socket
 *   file    an open file: an int descriptor, or a HANDLE, cast to intptr_t; of
 *           a FILE what skt_file_of returns. It stays the caller's
 *   offset  of the first byte. The file's own position is neither used nor
 *           changed
 *   count   how many bytes, beyond 4 GiB too; with 0 the call asks the system
 *           nothing. UINT64_MAX: all up to the end of the file
 *   done    receives how many bytes the stream has taken, also on an error; may
 *           be NULL
 *
 * As skt_write_all in all else: a byte is taken when the system has it, a limit
 * bounds the whole call, and on a non-blocking socket the call writes what
 * there is room for: continue at offset + *done. Nor is there a SIGPIPE, which
 * Linux' sendfile has no flag against: the call blocks it in its thread
 * meanwhile, and takes its own.
 *
 * The system reads the file while it writes, and may do so until the peer has
 * the bytes: a file that changes meanwhile arrives partly old and partly new.
 * Of a file that has grown no more than count is written; of one that was cut
 * what is left.
 *
 * A pipe, a terminal or the like is read on from where it is, with offset 0, to
 * a socket that blocks without a limit. What was read from it and not taken, up
 * to 32 KiB of a connection that broke, is lost.
 *
 * Returns  0 when all bytes are taken, or one of Errors.
 * Errors   SKT_ENODATA     the file ended before: it has fewer bytes, or offset
 *                          is behind its end. Not if count is UINT64_MAX
 *          SKT_EINVAL      file is no open file, not open for reading, a
 *                          folder, or has no offsets and offset is not 0
 *          SKT_EOPNOTSUPP  s is not of the type SKT_STREAM; or file is a pipe
 *                          or the like, and s is non-blocking or has a limit
 *          SKT_EIO         the file cannot be read: s goes on; or as for
 *                          skt_write
 *          SKT_EACCES      Windows: these bytes of the file are locked; or as
 *                          for skt_write
 *          SKT_EAGAIN      as for skt_write; or file is a pipe that does not
 *                          block, and is empty
 *          SKT_ENOTCONN SKT_EPIPE SKT_ETIMEDOUT  as for skt_write
 *          SKT_ECONNRESET SKT_EHOSTDOWN SKT_ECONNREFUSED  as for skt_write
 *          SKT_EHOSTUNREACH SKT_ENETUNREACH SKT_EADDRNOTAVAIL  as for skt_write
 *          SKT_EADDRINUSE SKT_ENOENT SKT_EPROTONOSUPPORT  as for skt_write
 *          SKT_EMSGSIZE    never of a stream; as for skt_write
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources; *done says how much went
 * Blocks   until all bytes are taken, if s is blocking; and as long as reading
 *          the file takes, which skt_cancel does not end: a pipe for ever.
 * Threads  counts as writing. Any number of threads may send one file.
 * Differs  The system copies nothing on Linux, macOS and FreeBSD, for more than
 *          32 KiB, if s has no limit for SKT_WRITE. Elsewhere skt reads and
 *          writes. Windows: the position of a file whose handle is not
 *          overlapped changes during the call.
 * Source   Linux, macOS, FreeBSD sendfile(); POSIX pread(); Windows ReadFile().
 */
SKT_API int skt_send_file(skt *s, intptr_t file, uint64_t offset,
                          uint64_t count, uint64_t *done);

/** The file of a FILE, for skt_send_file.
 *
 *   stream  a FILE * of <stdio.h>, which this header does not include. What was
 *           written to it is in the file after fflush
 *
 * Returns  what fileno() returns, on Windows the HANDLE; -1, which
 *          skt_send_file refuses by SKT_EINVAL, if stream is NULL or has no
 *          file.
 * Threads  any thread, while no thread closes the stream.
 * Differs  Windows: only for a stream of the C library that skt uses. A program
 *          that uses skt.dll and another C library calls
 *          _get_osfhandle(_fileno(stream)) itself.
 * Source   POSIX fileno(); Windows _get_osfhandle(). */
SKT_API intptr_t skt_file_of(void *stream);

/** What is known of a process, for skt_peer_process: bits. */
enum {
  SKT_PROCESS_PID = 1, /* the number of the process */
  SKT_PROCESS_UID = 2, /* the user's number */
  SKT_PROCESS_GID = 4  /* the group's number */
};

/** The process at the other end of a unix socket. What is not known is -1. */
typedef struct skt_process {
  int known; /* SKT_PROCESS_PID and the like, or'ed */
  int64_t pid, uid, gid;
} skt_process;

/** Ask which process is at the other end of a unix socket.
 *
 *   s    a connected unix socket
 *   who  receives what the system knows; known is 0 on any error
 *
 * The system recorded it when the peer called connect, or listened, or when the
 * pair was made: a process that inherits or receives the socket later is not
 * named, nor is a user that the process changes to. A process may end, and its
 * number be given to another one: the user and the group can be trusted, the
 * number of a process only while it is known to run.
 *
 * Returns  0 or one of Errors; at least one is known after 0.
 * Errors   SKT_EOPNOTSUPP  s is no unix socket, or the system knows nothing of
 *                          its peer, as of a datagram socket that has connected
 *          SKT_ENOTCONN    s is not connected, or no longer
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  any thread, also while others read, write, accept or wait.
 * Differs  Linux and macOS know all three, unless the process is in another
 *          namespace; Windows the process alone; the BSDs user and group.
 * Source   Linux SO_PEERCRED; POSIX getpeereid(), LOCAL_PEERPID; Winsock
 *          SIO_AF_UNIX_GETPEERPID. */
SKT_API int skt_peer_process(const skt *s, skt_process *who);

/*
 * Network interfaces
 */

/** Flags of an interface. */
enum {
  SKT_IF_UP = 1,            /* switched on, and works */
  SKT_IF_LOOPBACK = 2,      /* leads back to this host */
  SKT_IF_MULTICAST = 4,     /* carries multicast */
  SKT_IF_POINT_TO_POINT = 8 /* has one peer: a tunnel, PPP */
};

/** An address of a network interface, and what is known of the interface.
 *
 * What the system does not report, or the interface does not have, is absent:
 * zeroed, and a prefix of -1. Nothing is guessed. */
typedef struct skt_interface {
  uint32_t index;       /* as in "[fe80::1%2]:80" and SKT_OPT_DEVICE */
  int flags;            /* SKT_IF_UP and the like, or'ed */
  int mtu;              /* bytes of a packet; 0 also for no limit */
  int prefix;           /* length of address's network, in bits */
  skt_addr address;     /* port 0; link-local ones have their scope */
  skt_addr broadcast;   /* IPv4; not of loopback, point-to-point */
  int hardware_length;  /* 6 for Ethernet and Wi-Fi; 0 is absent */
  uint8_t hardware[20]; /* room for InfiniBand; of a tunnel none */
  char name[64];        /* as in "[fe80::1%eth0]:80"; empty if longer */
} skt_interface;

/** List the network interfaces of this host, with their addresses.
 *
 *   out       receives the entries; may be NULL if capacity is 0
 *   capacity  the most entries to write
 *
 * There is one entry for each IPv4 or IPv6 address, and one with a zeroed
 * address for an interface that has none. Entries stand in the order of the
 * indices, those of one interface together, in the system's order. Interfaces
 * that are down are listed too.
 *
 * The entries of one call fit together: no address is without its interface,
 * and a list that changed while the system wrote it is discarded and asked for
 * again, three times at most. It may be out of date when the call returns, so
 * if it grew, a call with room for the count of the call before may need more.
 *
 * Returns  how many entries there are, which may be more than capacity; the
 *          first capacity of them are written. Or one of Errors; then none is.
 * Errors   SKT_EAGAIN  the list changed during each of the three attempts
 *          SKT_ENOMEM SKT_ENOBUFS SKT_EMFILE SKT_ENFILE  out of resources
 *          SKT_EACCES SKT_EAFNOSUPPORT SKT_EPROTONOSUPPORT  Linux: the process
 *                      may not make the socket that asks
 * Blocks   never.
 * Threads  any thread, at any time.
 * Differs  Windows: names are those of if_indextoname ("ethernet_32769"), not
 *          those of the settings; broadcast is computed from the prefix; of
 *          kinds of interfaces only PPP, SLIP and tunnels are point-to-point;
 *          no limit of loopback is an mtu of 0. Loopback carries multicast on
 *          Windows and the BSDs, not on Linux. SKT_IF_UP needs a plugged cable
 *          on Linux and Windows, not everywhere on macOS and the BSDs.
 *          illumos: neither mtu nor hardware address, nor interfaces that are
 *          down.
 * Source   Linux rtnetlink(7); macOS and the BSDs getifaddrs(); Windows
 *          GetAdaptersAddresses(). */
SKT_API int skt_interfaces(skt_interface *out, size_t capacity);

/*
 * Addresses of a socket
 */

/** The socket's own address.
 *
 *   s    a socket
 *   out  receives it; the wildcard and port 0, or "unix:", if the socket has
 *        none yet. Zeroed on any error.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL  the connection has ended, and the address with it
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  any thread, also while others read, write, accept or wait.
 * Source   POSIX getsockname(); Winsock getsockname(). */
SKT_API int skt_local(const skt *s, skt_addr *out);

/** The address of the peer.
 *
 *   s    a connected socket
 *   out  receives it; zeroed on any error
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_ENOTCONN  s is not connected, or no longer
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  any thread, also while others read, write, accept or wait.
 * Differs  After a reset Windows still returns it, other systems do not.
 * Source   POSIX getpeername(); Winsock getpeername(). */
SKT_API int skt_peer(const skt *s, skt_addr *out);

/*
 * Native handles: a way in and out
 */

/** Take a native socket in. skt owns it from here on.
 *
 *   s       receives the socket; what it held before is overwritten, not
 *           closed. Zeroed on any error.
 *   native  an int descriptor or a SOCKET, cast to uintptr_t
 *   kind    0: skt asks the system what the socket is, and makes it blocking
 *           (or non-blocking with SKT_NONBLOCK).
 *           Otherwise domain | type | state, where state is SKT_BOUND,
 *           SKT_LISTENING, SKT_CONNECTING, SKT_CONNECTED or none of them, with
 *           SKT_NONBLOCK or SKT_DUAL_STACK if the socket has it: skt believes
 *           the caller and makes no system call.
 *
 * With kind 0 skt also takes over the limits that other code has set
 * (SO_RCVTIMEO, SO_SNDTIMEO), and removes SO_LINGER, so that no close waits.
 * With a stated kind there must be no limits: skt_set_limit(s, SKT_BOTH, -1)
 * removes them, and the mode must be as stated. The rest stays as it is:
 * options, pending errors, whether children inherit the socket. skt does not
 * know that other code has shut down a direction: a write then returns
 * SKT_ECONNRESET, a read 0.
 *
 * For a socket that is connecting, state is SKT_CONNECTING; the next call finds
 * out the outcome. With kind 0 skt recognises such a socket where the system
 * reports it; elsewhere skt_connect finds out.
 *
 * Other code that shares the socket may change its mode later: a blocking
 * socket still waits. It must not set limits: skt would not see the first, and
 * on Windows one that expires breaks the connection.
 *
 * On an error the caller keeps the handle, open.
 *
 * Returns  0 or one of Errors.
 * Errors   SKT_EINVAL           kind is no such sum
 *          SKT_ENOTSOCK         native is not an open socket (if skt asked the
 *                               system), or cannot be one, as no negative int
 *          SKT_EAFNOSUPPORT     the socket's domain is none of skt's
 *          SKT_EPROTONOSUPPORT  the socket's type is none of skt's, or SCTP's
 *                               one-to-many style (SOCK_SEQPACKET)
 *          SKT_ENOBUFS SKT_ENOMEM  out of resources
 * Blocks   never.
 * Threads  any thread; no other call on s at the same time.
 * Differs  macOS: skt makes one system call even with a stated kind, to switch
 *          SIGPIPE off. With kind 0 Windows reports that a socket connects
 *          since Windows 10 1703.
 * Source   POSIX getsockopt(SO_TYPE); Winsock getsockopt(SO_PROTOCOL_INFOW). */
SKT_API int skt_adopt(skt *s, uintptr_t native, int kind);

/** Lend the native socket. skt still owns it: do not close it.
 *
 * While s has a limit (skt_set_limit), its handle is non-blocking on Windows,
 * whatever skt_blocking returns.
 *
 * Returns  the int descriptor or SOCKET as a uintptr_t; UINTPTR_MAX, which is
 *          (uintptr_t)-1 and INVALID_SOCKET, if s holds none.
 * Threads  any thread, also while others read, write, accept or wait. */
SKT_API uintptr_t skt_native(const skt *s);

/** Give the native socket up: the caller owns it, and s is zeroed.
 *
 * The handle is in the mode that skt_blocking returned, and its SO_RCVTIMEO and
 * SO_SNDTIMEO are the limits. After skt_cancel it is shut down, in any mode.
 *
 * Returns  as skt_native.
 * Threads  no other call on s at the same time, not even skt_cancel. */
SKT_API uintptr_t skt_release(skt *s);

/* SKT_INLINE: what the system does not do at once is done by the functions of
 * these names, or, after a call that returned rc, by skt__..._on. */
#if defined(SKT__INLINE)
ptrdiff_t skt__read_on(skt *s, void *buffer, size_t n, ptrdiff_t rc);
ptrdiff_t skt__write_on(skt *s, const void *buffer, size_t n, ptrdiff_t rc);

SKT__INLINE bool skt__is_fast(const int16_t *end, const void *buffer,
                              size_t n) {
  return __builtin_expect(__atomic_load_n(end, __ATOMIC_RELAXED) == 1 &&
                              buffer != NULL && n - 1 < (size_t)1 << 30,
                          1);
}

SKT__INLINE ptrdiff_t skt__read_inline(skt *s, void *buffer, size_t n) {
  if (s == NULL || !skt__is_fast(&s->reading, buffer, n)) {
    return skt_read(s, buffer, n);
  }
  ptrdiff_t rc = recv((int)s->handle, buffer, n, 0);
  return __builtin_expect(rc > 0, 1) ? rc : skt__read_on(s, buffer, n, rc);
}
#define skt_read(...) skt__read_inline(__VA_ARGS__)

#if defined(MSG_NOSIGNAL) /* else a program could be ended by SIGPIPE */
SKT__INLINE ptrdiff_t skt__write_inline(skt *s, const void *buffer, size_t n) {
  if (s == NULL || !skt__is_fast(&s->writing, buffer, n)) {
    return skt_write(s, buffer, n);
  }
  ptrdiff_t rc = send((int)s->handle, buffer, n, MSG_NOSIGNAL);
  return __builtin_expect(rc == (ptrdiff_t)n, 1)
             ? rc
             : skt__write_on(s, buffer, n, rc);
}
#define skt_write(...) skt__write_inline(__VA_ARGS__)
#endif
#endif

#ifdef __cplusplus
}
#endif

#endif
