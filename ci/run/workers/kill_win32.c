/* SPDX-License-Identifier: MIT */
/* The twin is kill_posix.c. */
#include <windows.h>

#include "kill.h"

void kill_process(const spawned *p) { TerminateProcess((HANDLE)p->process, 9); }
