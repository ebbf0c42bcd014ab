/* SPDX-License-Identifier: MIT */
/* The resolver's numbers to SKT_E.... The twin is win32/names_error.c. */
#include "names_error.h"
#include "../sys_names.h"

#include <errno.h>
#include <netdb.h>

const skt__code_row skt__sys_name_codes[] = {
    {0, SKT_ETRYAGAIN, EAI_AGAIN},
    {0, SKT_ENAMEFAIL, EAI_FAIL},
    {0, SKT_ENONAME, EAI_NONAME},
    {0, SKT_ENOADDRESS, EAI_FAMILY},
    {0, SKT_ENOMEM, EAI_MEMORY},
/* Hidden in some headers, returned all the same; equal to EAI_NONAME on some
 * systems, where the row above it counts. */
#ifdef EAI_NODATA
    {0, SKT_ENOADDRESS, EAI_NODATA},
#endif
#ifdef EAI_ADDRFAMILY
    {0, SKT_ENOADDRESS, EAI_ADDRFAMILY},
#endif
    {0, 0, 0},
};

static bool is_lack(int code) {
  return code == SKT_EMFILE || code == SKT_ENFILE || code == SKT_ENOMEM ||
         code == SKT_ENOBUFS;
}

/* glibc reports EMFILE as EAI_NONAME with that errno if it could not read its
 * own files, and as EAI_SYSTEM otherwise; musl always as EAI_SYSTEM. With other
 * numbers errno is stale (glibc 2.36, musl 1.2.3). */
int skt__name_failure(int number, int *native) {
  int code = number == EAI_SYSTEM ? SKT_ENAMEFAIL : skt__name_code(number);
  int lack = skt__code(SKT__IN_SOCKET, errno);
  bool counts = number == EAI_SYSTEM || code == SKT_ENONAME;
  counts = counts && is_lack(lack);
  *native = counts || number == EAI_SYSTEM ? errno : number;
  return counts ? lack : code;
}
