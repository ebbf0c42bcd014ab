/* SPDX-License-Identifier: MIT */
#ifndef SKT_OS_H
#define SKT_OS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Without this flag a socket option keeps SIGPIPE away: on macOS (Darwin
 * sys/socket.h), and on NetBSD before 7. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#define SKT__NOSIGPIPE_BY_OPTION
#endif

/* macOS lacks these flags and accept4 (Darwin sys/socket.h). */
#if defined SOCK_CLOEXEC && defined SOCK_NONBLOCK
#define SKT__ATOMIC_FLAGS 1
#else
#define SKT__ATOMIC_FLAGS 0
#endif

/* Control messages, which Winsock has under other names. */
typedef struct cmsghdr skt__control_head;
#define SKT__CONTROL_LENGTH(n) CMSG_LEN(n)
#define SKT__CONTROL_SPACE(n) CMSG_SPACE(n)

typedef int skt__os_handle;
#define SKT__NO_HANDLE (-1)

/* Linux moves at most 0x7ffff000 bytes a call; macOS and FreeBSD refuse more
 * than INT_MAX with EINVAL (golang issue 16266). A round number below both. */
#define SKT__IO_MAX ((size_t)1 << 30)

#define SKT__TICKET 1    /* room for skt__system.ticket_size bytes */
#define SKT__WAIT_ROOM 8 /* struct pollfd */

/* Recent versions of some BSDs have eventfd too (eventfd(2)). */
#if __has_include(<sys/eventfd.h>)
#define SKT__EVENTFD
#endif

/* epoll and kqueue remove a closed socket by themselves. */
#ifdef SKT__POLLER_IS_POLL
#define SKT__CLOSE_LEAVES_POLLERS true
#else
#define SKT__CLOSE_LEAVES_POLLERS false
#endif

/* A limit that expires loses no byte (POSIX). No thread blocks on a listener
 * that is shut down or non-blocking. Linux alone: socket(7) SO_SNDTIMEO,
 * SO_REUSEPORT, SO_SNDBUF; unix(7) abstract names. macOS: newer SDKs define
 * MSG_NOSIGNAL, but the program may run on a kernel that ignores it. The other
 * systems that have SO_NOSIGPIPE have always known the flag that they define.
 */
#if defined __linux__
#define SKT__IS_LINUX true
#define SKT__HAS_MMSG        /* sendmmsg, recvmmsg; see message.c */
#define SKT__UDP_SEGMENT 103 /* trains; older headers lack the names */
#define SKT__UDP_GRO 104
#define SKT__INTERFACE_BY_IOCTL /* see scope.c */
#ifndef SKT__GETIFADDRS         /* tests define it */
#define SKT__NETLINK            /* see interfaces_netlink.c */
#endif
#define SKT__TOS_BYTES 4 /* of a message's traffic class; FreeBSD's ip(4) */
#else
#define SKT__IS_LINUX false
#if defined __FreeBSD__ || defined __DragonFly__
#define SKT__TOS_BYTES 1
#else
#define SKT__TOS_BYTES 4
#endif
#if defined __APPLE__ && !defined SKT__NOSIGPIPE_BY_OPTION
#define SKT__NOSIGPIPE_BY_OPTION
#endif
#endif
static const skt__facts skt__system = {
    .keeps_limits = true,
    .limits_connect = SKT__IS_LINUX,
    .accept_misses_cancel = false,
    .accept_copies_mode = !SKT__ATOMIC_FLAGS,
    .close_leaves_pollers = SKT__CLOSE_LEAVES_POLLERS,
    .has_abstract_names = SKT__IS_LINUX,
    .doubles_buffers = SKT__IS_LINUX,
    .reuseport_balances = SKT__IS_LINUX,
    .messages_a_call = SKT__IS_LINUX ? 64 : 1,
    .receives_now = true,
    .reports_size = SKT__IS_LINUX,
    .chooses_by_peer = SKT__IS_LINUX,
    .handles_share_mode = true,
    .ticket_size = 0,
    .cancel_poll_ms = -1,
    .write_max = SKT__IO_MAX,
};

#define SKT__COLD __attribute__((cold, noinline))

#include "inline.h"

#endif
