/* SPDX-License-Identifier: MIT */
#ifndef SKT_OS_H
#define SKT_OS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, SOCK_CLOEXEC in glibc and musl */
#endif

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

typedef int skt__os_handle;
#define SKT__NO_HANDLE (-1)

/* Linux moves at most 0x7ffff000 bytes a call; macOS and FreeBSD refuse more
 * than INT_MAX with EINVAL (golang issue 16266). A rounder number below. */
#define SKT__IO_MAX ((size_t)1 << 30)
#define SKT__WRITE_MAX SKT__IO_MAX

#define SKT__LOAD(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define SKT__STORE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)

#define SKT__COLD __attribute__((cold, noinline))

/* Keep errno for skt__sys_native_error; its code. */
int skt__fail(void);

#endif
