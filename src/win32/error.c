/* SPDX-License-Identifier: MIT */
/* Winsock's numbers to SKT_E..., the one table. Its twin is posix/error.c. */
#include "../sys.h"

const skt__code_row skt__sys_codes[] = {
    {WSAEINTR, SKT__EINTR},
    {WSAEBADF, SKT_ENOTSOCK},
    {WSAEACCES, SKT_EACCES},
    {WSAEFAULT, SKT_EFAULT},
    {WSAEINVAL, SKT_EINVAL},
    {WSAEMFILE, SKT_EMFILE},
    {WSAEWOULDBLOCK, SKT_EAGAIN},
    {WSAEINPROGRESS, SKT_EINPROGRESS},
    {WSAEALREADY, SKT_EALREADY},
    {WSAENOTSOCK, SKT_ENOTSOCK},
    {WSAEDESTADDRREQ, SKT_ENOTCONN},
    {WSAEMSGSIZE, SKT_EMSGSIZE},
    {WSAEPROTOTYPE, SKT_EPROTONOSUPPORT},
    {WSAENOPROTOOPT, SKT_ENOPROTOOPT},
    {WSAEPROTONOSUPPORT, SKT_EPROTONOSUPPORT},
    {WSAESOCKTNOSUPPORT, SKT_EPROTONOSUPPORT},
    {WSAEOPNOTSUPP, SKT_EOPNOTSUPP},
    {WSAEPFNOSUPPORT, SKT_EAFNOSUPPORT},
    {WSAEAFNOSUPPORT, SKT_EAFNOSUPPORT},
    {WSAEADDRINUSE, SKT_EADDRINUSE},
    {WSAEADDRNOTAVAIL, SKT_EADDRNOTAVAIL},
    {WSAENETDOWN, SKT_ENETDOWN},
    {WSAENETUNREACH, SKT_ENETUNREACH},
    {WSAENETRESET, SKT_ECONNRESET},
    {WSAECONNABORTED, SKT_ECONNABORTED},
    {WSAECONNRESET, SKT_ECONNRESET},
    {WSAENOBUFS, SKT_ENOBUFS},
    {WSAEISCONN, SKT_EISCONN},
    {WSAENOTCONN, SKT_ENOTCONN},
    {WSAESHUTDOWN, SKT_EPIPE},
    {WSAETIMEDOUT, SKT_ETIMEDOUT},
    {WSAECONNREFUSED, SKT_ECONNREFUSED},
    {WSAEHOSTDOWN, SKT_EHOSTUNREACH},
    {WSAEHOSTUNREACH, SKT_EHOSTUNREACH},
    {WSAEPROCLIM, SKT_ENETDOWN},
    {WSASYSNOTREADY, SKT_ENETDOWN},
    {WSAVERNOTSUPPORTED, SKT_ENETDOWN},
    {WSANOTINITIALISED, SKT_ENETDOWN},
    {WSAEDISCON, SKT_ECONNRESET},
    /* Plain Windows numbers that Winsock passes on. */
    {ERROR_ACCESS_DENIED, SKT_EACCES},
    {ERROR_INVALID_HANDLE, SKT_ENOTSOCK},
    {ERROR_NOT_ENOUGH_MEMORY, SKT_ENOMEM},
    {ERROR_NETNAME_DELETED, SKT_ECONNRESET},
    {0, 0},
};

/* A slot of our own, because any later Windows call may overwrite the thread's
 * last error; and not _Thread_local, which MinGW builds from heap memory. */
int skt__sys_native_error(void) {
  return skt__native_slot == TLS_OUT_OF_INDEXES
             ? 0
             : (int)(intptr_t)TlsGetValue(skt__native_slot);
}

int skt__fail(void) {
  int native = WSAGetLastError();
  if (skt__native_slot != TLS_OUT_OF_INDEXES) {
    TlsSetValue(skt__native_slot, (void *)(intptr_t)native);
  }
  return skt__code(native);
}
