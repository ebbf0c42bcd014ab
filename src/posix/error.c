/* SPDX-License-Identifier: MIT */
/* The one table of errno to SKT_E.... The twin is win32/error.c. */
#include "../sys.h"

#include <errno.h>

#define ON_THE_NETWORK (SKT__IN_CONNECT | SKT__IN_READ | SKT__IN_WRITE)

const skt__code_row skt__sys_codes[] = {
    /*
     * Numbers that have another meaning from certain calls.
     */
    /* Linux: a protocol number beyond its range (socket(2)). */
    {SKT__IN_SOCKET, SKT_EPROTONOSUPPORT, EINVAL},
    /* The interface of a scope id is missing. Windows: WSAEADDRNOTAVAIL, and
     * an unreachable network if the interface disappears later. */
    {SKT__IN_BIND, SKT_EADDRNOTAVAIL, ENODEV},
    {ON_THE_NETWORK, SKT_ENETUNREACH, ENODEV},
    {ON_THE_NETWORK, SKT_ENETUNREACH, ENXIO},
    /* Linux: ICMP errors, "protocol unreachable" and, in IPv6, "parameter
     * problem" (ip(7), icmp_err_convert). */
    {ON_THE_NETWORK, SKT_ENETUNREACH, ENOPROTOOPT},
    {ON_THE_NETWORK, SKT_EHOSTUNREACH, EPROTO},
    /* "Source route failed", and for IPv6 "administratively prohibited". A
     * write returns EACCES for this host's own firewall too. */
    {ON_THE_NETWORK, SKT_EHOSTUNREACH, EOPNOTSUPP},
    {SKT__IN_READ, SKT_EHOSTUNREACH, EACCES},
    /* There is no address to send from. */
    {SKT__IN_WRITE, SKT_ENETUNREACH, EADDRNOTAVAIL},
    /* Linux: the first write after TCP_FASTOPEN_CONNECT began to connect, and
     * the SYN could take none of its bytes (tcp_sendmsg_fastopen). */
    {SKT__IN_WRITE, SKT_EAGAIN, EINPROGRESS},
    {SKT__IN_CONNECT, SKT_ECONNRESET, ECONNABORTED},
    /* An option that is part of binding. */
    {SKT__IN_BIND, SKT_EOPNOTSUPP, ENOPROTOOPT},
    /* epoll: no socket but a file. */
    {SKT__IN_WATCH, SKT_ENOTSOCK, EPERM},
    /* skt has checked the state, so the kind given to skt_adopt is wrong. */
    {SKT__IN_BIND | SKT__IN_CONNECT, SKT_EINVAL, EAFNOSUPPORT},
    {SKT__IN_LISTEN, SKT_EINVAL, EDESTADDRREQ},
    {SKT__IN_LISTEN, SKT_EINVAL, EISCONN},
    {SKT__IN_ACCEPT, SKT_EINVAL, EOPNOTSUPP},
    /* FreeBSD: the peer was gone before it received all (close(2)). */
    {SKT__IN_CLOSE, SKT_EIO, ECONNRESET},
    /* The BSDs: addresses of a connection that is gone (getsockname(2)); macOS:
     * EINVAL after both sides have shut down (getpeername(2)). */
    {SKT__IN_LOCAL, SKT_EINVAL, ECONNRESET},
    {SKT__IN_PEER, SKT_ENOTCONN, ECONNRESET},
    {SKT__IN_PEER, SKT_ENOTCONN, EINVAL},
    /* poll refuses more entries than the process may have descriptors, although
     * a socket can stand in many, and the limit can be below what is open:
     * sandboxes set it to 0 (poll(2), Linux, RLIMIT_NOFILE). */
    {SKT__IN_WAIT, SKT_ENOBUFS, EINVAL},
    /* No memory for poll's own tables (POSIX poll). */
    {SKT__IN_WAIT, SKT_ENOMEM, EAGAIN},
    /*
     * Their meaning from all other calls, by number.
     */
    /* "Not allowed" is one code, whatever forbids it: Linux's firewall and raw
     * sockets return EPERM, Windows' WSAEACCES (raw(7)). */
    {0, SKT_EACCES, EPERM},
    {0, SKT_ENOENT, ENOENT},
    {0, SKT__EINTR, EINTR},
    {0, SKT_EIO, EIO},
    {0, SKT_ENODEV, ENXIO},
    /* Linux and others: a closed descriptor is EBADF and a file's ENOTSOCK,
     * Windows has WSAENOTSOCK for both. Only skt's own checks return SKT_EBADF.
     */
    {0, SKT_ENOTSOCK, EBADF},
    {0, SKT_EAGAIN, EAGAIN},
    {0, SKT_EAGAIN, EWOULDBLOCK},
    {0, SKT_ENOMEM, ENOMEM},
    {0, SKT_EACCES, EACCES},
    {0, SKT_EFAULT, EFAULT},
    {0, SKT_EEXIST, EEXIST},
    {0, SKT_ENODEV, ENODEV},
    {0, SKT_ENOENT, ENOTDIR},
    {0, SKT_EINVAL, EINVAL},
    {0, SKT_ENFILE, ENFILE},
    {0, SKT_EMFILE, EMFILE},
    {0, SKT_ENOTSOCK, ENOTTY},
    {0, SKT_ENOBUFS, ENOSPC},
    {0, SKT_EACCES, EROFS},
    {0, SKT_EPIPE, EPIPE},
    {0, SKT_EINVAL, EDOM},
    {0, SKT_ENAMETOOLONG, ENAMETOOLONG},
    {0, SKT_ENOENT, ELOOP},
#ifdef ENOSR
    {0, SKT_ENOBUFS, ENOSR},
#endif
#ifdef ENONET /* Linux: the host is not on the network */
    {0, SKT_EHOSTUNREACH, ENONET},
#endif
    {0, SKT_EPROTO, EPROTO},
    {0, SKT_EINVAL, EOVERFLOW},
    {0, SKT_ENOTSOCK, ENOTSOCK},
    {0, SKT_ENOTCONN, EDESTADDRREQ},
    {0, SKT_EMSGSIZE, EMSGSIZE},
    {0, SKT_EPROTONOSUPPORT, EPROTOTYPE},
    {0, SKT_ENOPROTOOPT, ENOPROTOOPT},
    {0, SKT_EPROTONOSUPPORT, EPROTONOSUPPORT},
#ifdef ESOCKTNOSUPPORT
    {0, SKT_EPROTONOSUPPORT, ESOCKTNOSUPPORT},
#endif
    {0, SKT_EOPNOTSUPP, EOPNOTSUPP},
    {0, SKT_EOPNOTSUPP, ENOTSUP},
    {0, SKT_EOPNOTSUPP, ENOSYS},
#ifdef EPFNOSUPPORT
    {0, SKT_EAFNOSUPPORT, EPFNOSUPPORT},
#endif
    {0, SKT_EAFNOSUPPORT, EAFNOSUPPORT},
    {0, SKT_EADDRINUSE, EADDRINUSE},
    {0, SKT_EADDRNOTAVAIL, EADDRNOTAVAIL},
    {0, SKT_ENETDOWN, ENETDOWN},
    {0, SKT_ENETUNREACH, ENETUNREACH},
    {0, SKT_ECONNRESET, ENETRESET},
    {0, SKT_ECONNABORTED, ECONNABORTED},
    {0, SKT_ECONNRESET, ECONNRESET},
    {0, SKT_ENOBUFS, ENOBUFS},
    {0, SKT_EISCONN, EISCONN},
    {0, SKT_ENOTCONN, ENOTCONN},
#ifdef ESHUTDOWN
    {0, SKT_EPIPE, ESHUTDOWN},
#endif
    {0, SKT_EHOSTDOWN, ETIMEDOUT},
    {0, SKT_ECONNREFUSED, ECONNREFUSED},
#ifdef EHOSTDOWN
    {0, SKT_EHOSTUNREACH, EHOSTDOWN},
#endif
    {0, SKT_EHOSTUNREACH, EHOSTUNREACH},
    {0, SKT_EALREADY, EALREADY},
    {0, SKT_EINPROGRESS, EINPROGRESS},
    {0, 0, 0},
};

static _Thread_local int last_native;

int skt__sys_native_error(void) { return last_native; }

enum { WOULD_BLOCK_IN = SKT__IN_READ | SKT__IN_WRITE | SKT__IN_ACCEPT };

/* A non-blocking loop meets EAGAIN as often as it drains a socket: this number
 * is not searched for. */
SKT__COLD int skt__code_of_errno(int call) {
  last_native = errno;
  if (last_native == EAGAIN && (call & WOULD_BLOCK_IN) != 0) {
    return SKT_EAGAIN;
  }
  return skt__code(call, last_native);
}

int skt__sys_failed(int call) { return skt__code_of_errno(call); }
