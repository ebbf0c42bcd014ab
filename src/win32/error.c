/* SPDX-License-Identifier: MIT */
/* The one table of Winsock's numbers to SKT_E.... The twin is posix/error.c. */
#include "../sys.h"

#define IN_TRANSFER (SKT__IN_READ | SKT__IN_WRITE)

const skt__code_row skt__sys_codes[] = {
    /*
     * Numbers that have another meaning from certain calls.
     */
    /* POSIX: EINPROGRESS (Winsock connect). */
    {SKT__IN_CONNECT, SKT_EINPROGRESS, WSAEWOULDBLOCK},
    /* No local port left; POSIX: EADDRNOTAVAIL. A lack of memory has the same
     * number (Windows, "Settings that can be modified to improve network
     * performance"). */
    {SKT__IN_CONNECT, SKT_EADDRNOTAVAIL, WSAENOBUFS},
    {SKT__IN_CONNECT, SKT_ECONNRESET, WSAECONNABORTED},
    /* There is no address to send from. */
    {SKT__IN_WRITE, SKT_ENETUNREACH, WSAEADDRNOTAVAIL},
    /* An option that is part of binding. */
    {SKT__IN_BIND, SKT_EOPNOTSUPP, WSAENOPROTOOPT},
    {SKT__IN_CONNECT, SKT_ECONNRESET, ERROR_CONNECTION_ABORTED},
    /* Another thread closed the socket; no connect is in progress. */
    {SKT__IN_CONNECT, SKT_ENOTSOCK, WSAEINTR},
    {SKT__IN_CONNECT, SKT_ENOTSOCK, WSA_OPERATION_ABORTED},
    /* A protocol out of range can be EINVAL (Wine's test_WSASocket). */
    {SKT__IN_SOCKET, SKT_EPROTONOSUPPORT, WSAEINVAL},
    /* A conflict is WSAEACCES or WSAEADDRINUSE, depending on both sockets'
     * options; a port that Hyper-V reserved is WSAEACCES (Winsock bind; WSL
     * issue 5514). Windows has no privileged ports. */
    {SKT__IN_BIND | SKT__IN_LISTEN, SKT_EADDRINUSE, WSAEACCES},
    {SKT__IN_LISTEN, SKT_ENOBUFS, WSAEMFILE},
    /* The peer gave up in the queue (Winsock accept). POSIX: ECONNABORTED. */
    {SKT__IN_ACCEPT, SKT_ECONNABORTED, WSAECONNRESET},
    /* skt has checked the state, so the kind given to skt_adopt is wrong. */
    {SKT__IN_BIND | SKT__IN_CONNECT, SKT_EINVAL, WSAEAFNOSUPPORT},
    {SKT__IN_LISTEN, SKT_EINVAL, WSAEISCONN},
    {SKT__IN_ACCEPT, SKT_EINVAL, WSAEOPNOTSUPP},
    /* Keep-alive found the peer gone (Winsock recv). POSIX: ETIMEDOUT. */
    {IN_TRANSFER, SKT_EHOSTDOWN, WSAENETRESET},
    /* No memory for select's own tables (Winsock select). */
    {SKT__IN_WAIT, SKT_ENOMEM, WSAEFAULT},
    /* A call of 16-bit Windows is in progress (Winsock WSAStartup). */
    {SKT__IN_START, SKT_ENETDOWN, WSAEINPROGRESS},
    /*
     * Their meaning from all other calls, by number.
     */
    /* Another thread closed the socket or cancelled the call. The retry reports
     * which. */
    {0, SKT__EINTR, WSAEINTR},
    {0, SKT_ENOTSOCK, WSAEBADF},
    {0, SKT_EACCES, WSAEACCES},
    {0, SKT_EFAULT, WSAEFAULT},
    {0, SKT_EINVAL, WSAEINVAL},
    {0, SKT_EMFILE, WSAEMFILE},
    {0, SKT_EAGAIN, WSAEWOULDBLOCK},
    {0, SKT_EINPROGRESS, WSAEINPROGRESS},
    {0, SKT_EALREADY, WSAEALREADY},
    {0, SKT_ENOTSOCK, WSAENOTSOCK},
    {0, SKT_ENOTCONN, WSAEDESTADDRREQ},
    {0, SKT_EMSGSIZE, WSAEMSGSIZE},
    {0, SKT_EPROTONOSUPPORT, WSAEPROTOTYPE},
    {0, SKT_ENOPROTOOPT, WSAENOPROTOOPT},
    {0, SKT_EPROTONOSUPPORT, WSAEPROTONOSUPPORT},
    {0, SKT_EPROTONOSUPPORT, WSAESOCKTNOSUPPORT},
    {0, SKT_EOPNOTSUPP, WSAEOPNOTSUPP},
    {0, SKT_EAFNOSUPPORT, WSAEPFNOSUPPORT},
    {0, SKT_EAFNOSUPPORT, WSAEAFNOSUPPORT},
    {0, SKT_EADDRINUSE, WSAEADDRINUSE},
    {0, SKT_EADDRNOTAVAIL, WSAEADDRNOTAVAIL},
    {0, SKT_ENETDOWN, WSAENETDOWN},
    {0, SKT_ENETUNREACH, WSAENETUNREACH},
    {0, SKT_ECONNRESET, WSAENETRESET},
    {0, SKT_ECONNABORTED, WSAECONNABORTED},
    {0, SKT_ECONNRESET, WSAECONNRESET},
    {0, SKT_ENOBUFS, WSAENOBUFS},
    {0, SKT_EISCONN, WSAEISCONN},
    {0, SKT_ENOTCONN, WSAENOTCONN},
    {0, SKT_EPIPE, WSAESHUTDOWN},
    {0, SKT_EHOSTDOWN, WSAETIMEDOUT},
    {0, SKT_ECONNREFUSED, WSAECONNREFUSED},
    {0, SKT_EHOSTUNREACH, WSAEHOSTDOWN},
    {0, SKT_EHOSTUNREACH, WSAEHOSTUNREACH},
    {0, SKT_ENETDOWN, WSAEPROCLIM},
    {0, SKT_ENETDOWN, WSASYSNOTREADY},
    {0, SKT_ENETDOWN, WSAVERNOTSUPPORTED},
    {0, SKT_ENETDOWN, WSANOTINITIALISED},
    {0, SKT_ECONNRESET, WSAEDISCON},
    {0, SKT_ENETDOWN, WSAEINVALIDPROCTABLE},
    {0, SKT_ENETDOWN, WSAEINVALIDPROVIDER},
    {0, SKT_ENETDOWN, WSAEPROVIDERFAILEDINIT},
    {0, SKT_ENETDOWN, WSASYSCALLFAILURE},
    /* Windows numbers that Winsock passes on. */
    {0, SKT_EMFILE, ERROR_TOO_MANY_OPEN_FILES},
    {0, SKT_EACCES, ERROR_ACCESS_DENIED},
    {0, SKT_ENOTSOCK, ERROR_INVALID_HANDLE},
    {0, SKT_ENOMEM, ERROR_NOT_ENOUGH_MEMORY},
    {0, SKT_ENOMEM, ERROR_OUTOFMEMORY},
    {0, SKT_EOPNOTSUPP, ERROR_NOT_SUPPORTED},
    {0, SKT_ECONNRESET, ERROR_NETNAME_DELETED},
    {0, SKT_EINVAL, ERROR_INVALID_PARAMETER},
    {0, SKT_EPIPE, ERROR_BROKEN_PIPE},
    {0, SKT_EHOSTDOWN, ERROR_SEM_TIMEOUT},
    {0, SKT_EMSGSIZE, ERROR_MORE_DATA},
    {0, SKT__EINTR, WSA_OPERATION_ABORTED},
    {0, SKT_EFAULT, ERROR_NOACCESS},
    {0, SKT_ECONNREFUSED, ERROR_CONNECTION_REFUSED},
    {0, SKT_ENETUNREACH, ERROR_NETWORK_UNREACHABLE},
    {0, SKT_EHOSTUNREACH, ERROR_HOST_UNREACHABLE},
    {0, SKT_ENETUNREACH, ERROR_PROTOCOL_UNREACHABLE},
    {0, SKT_ECONNABORTED, ERROR_CONNECTION_ABORTED},
    {0, SKT_ENOBUFS, ERROR_NO_SYSTEM_RESOURCES},
    {0, SKT_ENOMEM, ERROR_COMMITMENT_LIMIT},
    {0, SKT_ENOBUFS, ERROR_NOT_ENOUGH_QUOTA},
    {0, SKT_EHOSTDOWN, ERROR_TIMEOUT},
    {0, 0, 0},
};

/* A separate slot, because any later Windows call may overwrite the thread's
 * last error. Not _Thread_local, for which MinGW allocates memory. */
int skt__sys_native_error(void) {
  return skt__native_slot == TLS_OUT_OF_INDEXES
             ? 0
             : (int)(intptr_t)TlsGetValue(skt__native_slot);
}

enum { WOULD_BLOCK_IN = SKT__IN_READ | SKT__IN_WRITE | SKT__IN_ACCEPT };

/* A non-blocking loop meets WSAEWOULDBLOCK as often as it drains a socket: this
 * number is not searched for. */
int skt__fail_in(int call) {
  int native = WSAGetLastError();
  if (skt__native_slot != TLS_OUT_OF_INDEXES) {
    TlsSetValue(skt__native_slot, (void *)(intptr_t)native);
  }
  if (native == WSAEWOULDBLOCK && (call & WOULD_BLOCK_IN) != 0) {
    return SKT_EAGAIN;
  }
  return skt__code(call, native);
}

int skt__sys_failed(int call) { return skt__fail_in(call); }
