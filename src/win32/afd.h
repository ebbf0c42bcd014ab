/* SPDX-License-Identifier: MIT */
#ifndef SKT_AFD_H
#define SKT_AFD_H

/*
 * AFD is the driver under Winsock. It is asked about the readiness of a socket
 * by a request that completes when there is some, on a completion port like any
 * other (what select does inside; the request is undocumented, but has not
 * changed since Windows Vista: wepoll, mio, libuv).
 */
#include "../sys.h"

typedef struct skt__afd_request {
  OVERLAPPED io; /* first, so that a completion leads to its owner */
  struct {
    LARGE_INTEGER until;
    ULONG count, exclusive;
    HANDLE socket;
    ULONG events, status;
  } poll; /* in and out */
} skt__afd_request;

/* A file of the driver through which requests are made, tied to a port. It must
 * be closed by CloseHandle. */
int skt__afd_open(HANDLE *out, HANDLE port);

/* The socket of the driver itself, under what other software may have put over
 * it; SKT_ENOTSOCK for what is no open socket. */
int skt__afd_base(SOCKET s, SOCKET *base);

/* Begin a request: its completion will come, unless this is an error. It is for
 * SKT_READ, SKT_WRITE or both, and in any case for errors. SKT_ENOTSOCK when
 * the socket is closed. */
int skt__afd_begin(HANDLE afd, skt__afd_request *r, SOCKET base, int events);

/* Let it complete now, if it has not already. */
void skt__afd_end(HANDLE afd, skt__afd_request *r);

/* What a completed one tells: SKT_READ, SKT_WRITE, SKT__FAILED for an error,
 * SKT__CLOSED, or'ed together; or 0. */
int skt__afd_told(const skt__afd_request *r);
enum { SKT__CLOSED = 0x20 };

/* Let a completed one tell no more than these of SKT_READ and SKT_WRITE. */
void skt__afd_restrict(skt__afd_request *r, int events);

/* Make a request complete that was never begun; or, if NULL, a wake. */
int skt__afd_post(HANDLE port, OVERLAPPED *io);

#endif
