/* SPDX-License-Identifier: MIT */
#ifndef SKT_OS_H
#define SKT_OS_H

/* Windows 10 1703, so that the headers declare all that it has (sdkddkver.h);
 * and windows.h without the old winsock.h. */
#undef _WIN32_WINNT
#undef NTDDI_VERSION
#define _WIN32_WINNT 0x0A00
#define NTDDI_VERSION 0x0A000003
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif

#include <winsock2.h>
#include <ws2tcpip.h>

#include <mswsock.h>

#ifndef __GNUC__ /* in MSVC's dialect an object names its libraries */
#pragma comment(lib, "ws2_32")
#pragma comment(lib, "iphlpapi")
#endif

/* Since Windows 10 1803. Defined here, because afunix.h is missing in older
 * headers; AF_UNIX itself is as old as Winsock. */
struct sockaddr_un {
  ADDRESS_FAMILY sun_family;
  char sun_path[108];
};

/* Control messages, which POSIX has under other names. */
typedef WSACMSGHDR skt__control_head;
#define SKT__CONTROL_SPACE(n)                                                  \
  ((SKT__CONTROL_LENGTH(n) + sizeof(size_t) - 1) & ~(sizeof(size_t) - 1))
#define SKT__CONTROL_LENGTH(n) (sizeof(WSACMSGHDR) + (n))
_Static_assert(sizeof(WSACMSGHDR) % sizeof(size_t) == 0,
               "as WSA_CMSG_SPACE, whose numbers change their signs");

typedef SOCKET skt__os_handle;
#define SKT__NO_HANDLE INVALID_SOCKET

/* Winsock counts bytes in an int; a round number below INT_MAX. */
#define SKT__IO_MAX ((size_t)1 << 30)

#define SKT__TICKET 628 /* WSAPROTOCOL_INFOW, see process.c */

/* For select: three sets with a word for each item and one for their count. */
#define SKT__WAIT_ROOM (3 * sizeof(SOCKET))

/* After SO_RCVTIMEO or SO_SNDTIMEO has expired, Windows leaves the socket in an
 * undefined state, and a write does not report how much it wrote (Winsock
 * SOL_SOCKET options). Abstract names were announced, but do not work (WSL
 * issue 4240). Nothing but closing the socket wakes select (Wine, platform
 * tests). Windows buffers a non-blocking send whole, even of 50 MiB (Wine's
 * test_send_buffering, run on Windows), and reports no count of a blocking one
 * that a reset cuts; write_max makes the full buffer show as SKT_EAGAIN, and
 * keeps the count, as elsewhere. */
static const skt__facts skt__system = {
    .keeps_limits = false,
    .limits_connect = false,
    .accept_misses_cancel = true,
    .accept_copies_mode = true,
    .close_leaves_pollers = true,
    .has_abstract_names = false,
    .doubles_buffers = false,
    .reuseport_balances = false,
    .messages_a_call = 1,
    .receives_now = false,
    .reports_size = false,
    .chooses_by_peer = true,
    .handles_share_mode = false,
    .ticket_size = SKT__TICKET,
    .cancel_poll_ms = 50,
    .write_max = (size_t)256 * 1024,
};

#ifdef __GNUC__
#define SKT__COLD __attribute__((cold, noinline))
#else
#define SKT__COLD __declspec(noinline)
#endif

/* Record WSAGetLastError() for skt__sys_native_error and return its code for a
 * call, one of SKT__IN_..., or 0. */
int skt__fail_in(int call);

/* The result of a call that receives; *truncated says whether the call
 * discarded the rest of a message. */
ptrdiff_t skt__got(int rc, int call, size_t n, bool *truncated);

/* The first IPv4 address of an interface, which Wine needs in place of its
 * index; the wildcard for 0. Returns 0 or SKT_ENODEV. */
int skt__ipv4_of_device(uint32_t device, IN_ADDR *out);

/* The threads' slot for that number, which skt__sys_start allocates. */
extern DWORD skt__native_slot;

/* Whether this is Wine; set by skt__sys_start. */
extern bool skt__on_wine;

#endif
