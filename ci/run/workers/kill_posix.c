/* SPDX-License-Identifier: MIT */
/* The twin is kill_win32.c. */
#include <signal.h>

#include "kill.h"

void kill_process(const spawned *p) { kill((pid_t)p->process, SIGKILL); }
