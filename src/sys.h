/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_H
#define SKT_SYS_H

/*
 * The seam: what a backend supplies, and all that skt knows of a system. Its
 * parts are the headers sys_*.h, one a concern; shared.h is what backends may
 * call. src/README.md says how to add a system.
 *
 * Rules for every function of the seam:
 *
 * 1. Only the shared sources in src call it, never users or tests of the API.
 * 2. Its arguments are checked: pointers are not NULL unless the comment says
 *    so, lengths are 1 to SKT__IO_MAX, handles were made or adopted here,
 *    addresses are of the socket's domain. A backend does not check again.
 * 3. It returns 0, or a count, or a negative SKT_E... code. A function that
 *    fails keeps the native number for skt__sys_native_error.
 * 4. It does not look into skt, skt_polled or skt_poller.pending.
 *
 * Rules for calls:
 *
 * 5. On the path of bytes it makes one system call and translates the result.
 *    Any other function that may make more says so below. It has no loop, no
 *    retry, no clock; it logs nothing, allocates nothing, remembers nothing.
 *
 * Pollers remember; sys_poller.h has their rules.
 *
 * A workaround that a system needs stands in its backend, with a comment: which
 * system, what it does, what skt does, where that is written. A workaround that
 * is harmless everywhere may stand above the seam, once, where the fake backend
 * proves it; its comment names the system all the same.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, SOCK_CLOEXEC in glibc and musl */
#endif

#ifndef __APPLE_USE_RFC_3542
#define __APPLE_USE_RFC_3542 /* IPV6_PKTINFO, in macOS */
#endif

#ifndef _DARWIN_UNLIMITED_SELECT
#define _DARWIN_UNLIMITED_SELECT /* any descriptor, in macOS */
#endif

#undef SKT_INLINE /* the flags of a program, which may reach this file too */
#include <skt.h>

#include "atomic.h"
#include "sys_error.h"

/* What the shared sources must know of a system. Each backend's os.h fills the
 * one table, `skt__system`, which the compiler folds. */
typedef struct skt__facts {
  /* SO_RCVTIMEO and SO_SNDTIMEO end reads, writes and accept exactly, and no
   * byte gets lost. Not on Windows. */
  bool keeps_limits;
  /* SO_SNDTIMEO ends connect too. Only on Linux. */
  bool limits_connect;
  /* A thread that is about to wait in accept can miss skt__sys_cancel. Only on
   * Windows. */
  bool accept_misses_cancel;
  /* A new socket gets the listener's mode, so that skt__sys_accept must change
   * it. Windows, macOS. */
  bool accept_copies_mode;
  /* skt__sys_poller_closing must be called before a socket is closed. On
   * Windows, and where pollers are over poll. */
  bool close_leaves_pollers;
  /* Unix sockets can have names that are no paths. Only on Linux. */
  bool has_abstract_names;
  /* The system reports twice the buffer that was set, to count its own needs.
   * Only on Linux. */
  bool doubles_buffers;
  /* SO_REUSEPORT deals connections and messages out evenly. Only on Linux. */
  bool reuseport_balances;
  /* The most messages of one call that sends or receives them. */
  int messages_a_call;
  /* The length of a message that was cut is reported. Only on Linux. */
  bool reports_size;
  /* A call can receive without waiting, whatever the socket's mode. */
  bool receives_now;
  /* What is chosen for a message to an IPv4 peer of an IPv6 socket is an option
   * of IPv4. */
  bool chooses_by_peer;
  /* Handles of one socket share its mode, also in other processes. */
  bool handles_share_mode;
  /* The bytes that stand for a socket which another process is to have; 0 where
   * handles go with the bytes of a unix socket. */
  int ticket_size;
  /* How often a wait must look whether it was cancelled, in ms; -1 if
   * skt__sys_cancel wakes it. -1 but on Windows. */
  int cancel_poll_ms;
  /* The most bytes for one write on a stream. */
  size_t write_max;
} skt__facts;

/* A backend's os.h has the system's headers for addresses, the table, and
 *   skt__os_handle   the native handle's type
 *   SKT__NO_HANDLE   its "none", all bits set
 *   SKT__IO_MAX      the most bytes for one read or write
 *   SKT__WAIT_ROOM   bytes that skt__sys_wait needs for each item
 *   SKT__COLD        marks a function that is seldom called, and keeps it apart
 *                    with its stack
 * It may define functions of the seam inline. */
#ifdef _WIN32
#include "win32/os.h"
#else
#include "posix/os.h"
#endif

/* A function that gcc inlines into its callers at link time. Clang decides by
 * itself, and warns of the word. */
#if defined __GNUC__ && !defined __clang__
#define SKT__INLINED inline
#else
#define SKT__INLINED
#endif

/* Codes that never leave src/. */
enum {
  SKT__EINTR = -4 /* a signal came, or the like; nothing was done */
};

/* Microseconds of a clock that never goes back. */
int64_t skt__sys_now_us(void);

/* The index of a network interface, 1 or more; SKT_ENODEV if there is none of
 * that name; or another code if the system could not be asked. May make several
 * system calls. */
int64_t skt__sys_interface(const char *name);

/* The name of the interface of an index, of up to SKT_OPTION_TEXT_MAX bytes
 * with its zero. s is any socket. Returns 0 or SKT_ENODEV. */
int skt__sys_interface_name(skt__os_handle s, int index, char *name);

#include "sys_datagram.h"
#include "sys_group.h"
#include "sys_interfaces.h"
#include "sys_io.h"
#include "sys_message.h"
#include "sys_mode.h"
#include "sys_option.h"
#include "sys_poller.h"
#include "sys_process.h"
#include "sys_socket.h"
#include "sys_wait.h"
#include "sys_waker.h"

#include "shared.h"

#endif
