/* SPDX-License-Identifier: MIT */
#ifndef SKT_OS_H
#define SKT_OS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

/* macOS has no MSG_NOSIGNAL but a socket option (Darwin sys/socket.h). */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#define SKT__NOSIGPIPE_BY_OPTION
#endif

typedef int skt__os_handle;
#define SKT__NO_HANDLE (-1)

/* Linux moves at most 0x7ffff000 bytes a call; macOS and FreeBSD refuse more
 * than INT_MAX with EINVAL (golang issue 16266). A rounder number below. */
#define SKT__IO_MAX ((size_t)1 << 30)
#define SKT__WRITE_MAX SKT__IO_MAX

/* SO_RCVTIMEO and SO_SNDTIMEO lose nothing (POSIX). Linux alone, which also is
 * alone in having MSG_MORE, bounds connect by the second (socket(7)). */
#define SKT__LIMITS_BIND 1
#ifdef MSG_MORE
#define SKT__LIMIT_BINDS_CONNECT 1
#else
#define SKT__LIMIT_BINDS_CONNECT 0
#endif
#define SKT__SLICE_MS (-1)

/* Linux has them (unix(7)). No header says so; known by an option of unix
 * sockets that is Linux' own. */
#ifdef SO_PASSCRED
#define SKT__ABSTRACT_NAMES 1
#else
#define SKT__ABSTRACT_NAMES 0
#endif

#define SKT__POLL_ROOM 8 /* struct pollfd */

/* Linux, and some of the BSDs since not so long ago (eventfd(2)). */
#if __has_include(<sys/eventfd.h>)
#define SKT__EVENTFD
#endif

/* epoll and kqueue see it by themselves. */
#ifdef SKT__POLLER_IS_POLL
#define SKT__CLOSE_IS_TOLD 1
#else
#define SKT__CLOSE_IS_TOLD 0
#endif

/* A shut or non-blocking listener waits for nobody any more. */
#define SKT__ACCEPT_CAN_BE_MISSED 0

#define SKT__COLD __attribute__((cold, noinline))

#include "inline.h"

#endif
