/* SPDX-License-Identifier: MIT */
#ifndef SKT_AFD_H
#define SKT_AFD_H

/*
 * AFD is the driver under Winsock. A poll request to it completes when a socket
 * is ready, on a completion port like any other I/O (select does the same
 * inside). The request is undocumented, but has not changed since Windows Vista
 * (wepoll, mio, libuv).
 */
#include "../sys.h"

typedef struct skt__afd_request {
  OVERLAPPED io; /* first, so that a completion leads to its request */
  struct {
    LARGE_INTEGER until;
    ULONG count, exclusive;
    HANDLE socket;
    ULONG events, status;
  } poll; /* the driver reads and writes it until the request completes */
} skt__afd_request;

/* Open a file of the driver, whose requests complete on this port. The caller
 * closes it with CloseHandle. */
int skt__afd_open(HANDLE *out, HANDLE port);

/* The socket of the driver itself, below what other software may have layered
 * over it; SKT_ENOTSOCK for a closed socket. */
int skt__afd_base(SOCKET s, SOCKET *base);

/* Submit a request for SKT_READ, SKT_WRITE or both, and for errors in any case.
 * Unless this returns an error, the request completes once. SKT_ENOTSOCK for a
 * closed socket. */
int skt__afd_submit(HANDLE afd, skt__afd_request *r, SOCKET base, int events);

/* Let a submitted request complete now, if it has not already. */
void skt__afd_withdraw(HANDLE afd, skt__afd_request *r);

/* What a completed request reports: SKT_READ, SKT_WRITE, SKT__FAILED for an
 * error, SKT__CLOSED, or'ed together; or 0. */
int skt__afd_reported(const skt__afd_request *r);
enum { SKT__CLOSED = 0x20 };

/* Remove SKT_READ and SKT_WRITE from the report, but for these. */
void skt__afd_restrict(skt__afd_request *r, int events);

/* Let a request complete that was not submitted; or, for NULL, a wake. */
int skt__afd_post(HANDLE port, OVERLAPPED *io);

#endif
