/* SPDX-License-Identifier: MIT */
#ifndef SKT_OS_H
#define SKT_OS_H

/* Windows 10, so that the headers show all that it has (sdkddkver.h); and
 * windows.h without what would pull in the old winsock.h. */
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif

#include <winsock2.h>
#include <ws2tcpip.h>

#ifndef __GNUC__ /* in MSVC's dialect an object names what it needs */
#pragma comment(lib, "ws2_32")
#pragma comment(lib, "iphlpapi")
#endif

/* Since Windows 10 1803. Defined here, because afunix.h is missing in older
 * headers; AF_UNIX itself is as old as Winsock. */
struct sockaddr_un {
  ADDRESS_FAMILY sun_family;
  char sun_path[108];
};

/* They were announced, but do not work (WSL issue 4240). */
#define SKT__ABSTRACT_NAMES 0

typedef SOCKET skt__os_handle;
#define SKT__NO_HANDLE INVALID_SOCKET

/* Winsock counts bytes in an int; a round number below INT_MAX. */
#define SKT__IO_MAX ((size_t)1 << 30)

/* Windows takes a non-blocking send whole, of 50 MiB too, and keeps it in
 * memory (Wine's test_send_buffering, run on Windows). A bound makes the full
 * buffer show as SKT_EAGAIN, as it does elsewhere. */
#define SKT__WRITE_MAX ((size_t)256 * 1024)

/* After SO_RCVTIMEO or SO_SNDTIMEO is over Windows leaves the socket undefined,
 * and a write does not tell how much it took (Winsock SOL_SOCKET options). */
#define SKT__LIMITS_BIND 0
#define SKT__LIMIT_BINDS_CONNECT 0

/* Nothing but closing the socket wakes select (Wine, platform tests). */
#define SKT__SLICE_MS 50

/* A place in each of three sets for select; the waker's fourth, with the three
 * that it needs not, is for their counts. */
#define SKT__POLL_ROOM (4 * sizeof(SOCKET))

#define SKT__CLOSE_IS_TOLD 1

/* A call that has just looked at the mode waits all the same. */
#define SKT__ACCEPT_CAN_BE_MISSED 1

#define SKT__COLD

/* Keep WSAGetLastError() for skt__sys_native_error; what it means for a call,
 * one of SKT__IN_..., or for all. */
int skt__fail_in(int call);
static inline int skt__fail(void) { return skt__fail_in(0); }

/* What a call that receives has answered; *truncated says whether the rest of a
 * message was dropped. */
ptrdiff_t skt__got(int rc, int call, size_t n, bool *truncated);

/* The thread's slot for it, made by skt__sys_start. */
extern DWORD skt__native_slot;

#endif
