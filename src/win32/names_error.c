/* SPDX-License-Identifier: MIT */
/* The resolver's numbers to SKT_E.... The twin is posix/names_error.c. */
#include "../sys_names.h"

const skt__code_row skt__sys_name_codes[] = {
    {0, SKT_ENONAME, WSAHOST_NOT_FOUND},
    {0, SKT_ETRYAGAIN, WSATRY_AGAIN},
    {0, SKT_ENAMEFAIL, WSANO_RECOVERY},
    {0, SKT_ENOADDRESS, WSANO_DATA},
    {0, SKT_ENOADDRESS, WSAEAFNOSUPPORT},
    {0, SKT_ENOADDRESS, -9}, /* Wine 8 passes on EAI_ADDRFAMILY of glibc */
    {0, SKT_ETRYAGAIN, WSAETIMEDOUT},
    {0, SKT_ETRYAGAIN, ERROR_TIMEOUT},
    {0, SKT_EMFILE, WSAEMFILE},
    {0, SKT_EMFILE, ERROR_TOO_MANY_OPEN_FILES},
    {0, SKT_ENOBUFS, WSAENOBUFS},
    {0, SKT_ENOBUFS, ERROR_NO_SYSTEM_RESOURCES},
    {0, SKT_ENOMEM, WSA_NOT_ENOUGH_MEMORY},
    {0, SKT_ENOMEM, ERROR_OUTOFMEMORY},
    {0, 0, 0},
};
