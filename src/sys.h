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
 *   SKT__ABSTRACT_NAMES  1 if unix sockets can have names that are no paths
 *   SKT__COLD        marks a function that is seldom called, or nothing
 *   SKT__LIMITS_BIND           1 if the system keeps limits for reads, writes
 *                              and accept exactly, losing nothing
 *   SKT__LIMIT_BINDS_CONNECT   1 if it keeps the one for writes in connect
 *   SKT__ACCEPT_CAN_BE_MISSED  1 if an accept that is about to wait can be
 *                    missed by skt__sys_cancel
 *   SKT__POLL_ROOM   bytes that skt__sys_poll needs for each socket
 *   SKT__CLOSE_IS_TOLD  1 if a poller must be told before a socket is closed
 *   SKT__SLICE_MS    how often a wait must look whether it was cancelled; -1 if
 *                    skt__sys_cancel wakes it
 * src/README.md tells how to add a system.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, SOCK_CLOEXEC in glibc and musl */
#endif

#include <skt.h>

#include "atomic.h"
#include "sys_error.h"

#ifdef _WIN32
#include "win32/os.h"
#else
#include "posix/os.h"
#endif

/* Codes that never leave src/. */
enum {
  SKT__EINTR = -4 /* a signal came, or the like; nothing was done */
};

/* Microseconds of a clock that never goes back. */
int64_t skt__sys_now_us(void);

/* The index of a network interface, or 0 when there is none of that name. May
 * take several calls of the system. */
uint32_t skt__sys_interface(const char *name);

#include "sys_datagram.h"
#include "sys_io.h"
#include "sys_option.h"
#include "sys_poller.h"
#include "sys_socket.h"
#include "sys_wait.h"
#include "sys_waker.h"

#include "shared.h"

#endif
