/* SPDX-License-Identifier: MIT */
/* Network interfaces. The twin is posix/interface.c. */
#include "../sys.h"

#include <iphlpapi.h>

uint32_t skt__sys_interface(const char *name) { return if_nametoindex(name); }
