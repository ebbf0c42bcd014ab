/* SPDX-License-Identifier: MIT */
/* errno to SKT_E..., the one table. Its twin is win32/error.c. */
#include "../sys.h"

#include <errno.h>

const skt__code_row skt__sys_codes[] = {
    {EPERM, SKT_EPERM},
    {EINTR, SKT__EINTR},
    {EIO, SKT_EIO},
    /* Linux and others: a closed descriptor is EBADF and a file's ENOTSOCK,
     * Windows has WSAENOTSOCK for both. SKT_EBADF is what skt finds itself. */
    {EBADF, SKT_ENOTSOCK},
    {EAGAIN, SKT_EAGAIN},
    {EWOULDBLOCK, SKT_EAGAIN},
    {ENOMEM, SKT_ENOMEM},
    {EACCES, SKT_EACCES},
    {EFAULT, SKT_EFAULT},
    {ENODEV, SKT_ENODEV},
    {ENXIO, SKT_ENODEV},
    {EINVAL, SKT_EINVAL},
    {ENFILE, SKT_ENFILE},
    {EMFILE, SKT_EMFILE},
    {ENOSPC, SKT_ENOBUFS},
    {EPIPE, SKT_EPIPE},
    {EPROTO, SKT_EPROTO},
    {ENOTSOCK, SKT_ENOTSOCK},
    {EDESTADDRREQ, SKT_ENOTCONN},
    {EMSGSIZE, SKT_EMSGSIZE},
    {EPROTOTYPE, SKT_EPROTONOSUPPORT},
    {ENOPROTOOPT, SKT_ENOPROTOOPT},
    {EPROTONOSUPPORT, SKT_EPROTONOSUPPORT},
#ifdef ESOCKTNOSUPPORT
    {ESOCKTNOSUPPORT, SKT_EPROTONOSUPPORT},
#endif
    {EOPNOTSUPP, SKT_EOPNOTSUPP},
    {ENOTSUP, SKT_EOPNOTSUPP},
#ifdef EPFNOSUPPORT
    {EPFNOSUPPORT, SKT_EAFNOSUPPORT},
#endif
    {EAFNOSUPPORT, SKT_EAFNOSUPPORT},
    {EADDRINUSE, SKT_EADDRINUSE},
    {EADDRNOTAVAIL, SKT_EADDRNOTAVAIL},
    {ENETDOWN, SKT_ENETDOWN},
    {ENETUNREACH, SKT_ENETUNREACH},
    {ENETRESET, SKT_ECONNRESET},
    {ECONNABORTED, SKT_ECONNABORTED},
    {ECONNRESET, SKT_ECONNRESET},
    {ENOBUFS, SKT_ENOBUFS},
    {EISCONN, SKT_EISCONN},
    {ENOTCONN, SKT_ENOTCONN},
#ifdef ESHUTDOWN
    {ESHUTDOWN, SKT_EPIPE},
#endif
    {ETIMEDOUT, SKT_ETIMEDOUT},
    {ECONNREFUSED, SKT_ECONNREFUSED},
#ifdef EHOSTDOWN
    {EHOSTDOWN, SKT_EHOSTUNREACH},
#endif
    {EHOSTUNREACH, SKT_EHOSTUNREACH},
    {EALREADY, SKT_EALREADY},
    {EINPROGRESS, SKT_EINPROGRESS},
    {0, 0},
};

static _Thread_local int last_native;

int skt__sys_native_error(void) { return last_native; }

int skt__fail(void) {
  last_native = errno;
  return skt__code(last_native);
}
