/* SPDX-License-Identifier: MIT */
/* The twin is spawn_posix.c. */
#include "spawned.h"

#include <stdio.h>
#include <windows.h>

enum { KILLED = 1000 };

/* Handles are inherited because of TRUE, and then all that may be. */
bool spawn(spawned *out, const char *const *arguments) {
  char line[4000];
  size_t n = 0;
  STARTUPINFOA start = {.cb = sizeof start};
  PROCESS_INFORMATION started;
  for (int i = 0; arguments[i] != NULL && n < sizeof line; ++i) {
    n += (size_t)snprintf(line + n, sizeof line - n, "%s\"%s\"",
                          i > 0 ? " " : "", arguments[i]);
  }
  if (n >= sizeof line || !CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL,
                                          NULL, &start, &started)) {
    return false;
  }
  CloseHandle(started.hThread);
  out->process = (uintptr_t)started.hProcess;
  return true;
}

int spawn_wait(spawned *p) {
  DWORD code = KILLED;
  WaitForSingleObject((HANDLE)p->process, INFINITE);
  GetExitCodeProcess((HANDLE)p->process, &code);
  CloseHandle((HANDLE)p->process);
  p->process = 0;
  return code == KILLED ? -1 : (int)code;
}

void spawn_kill(const spawned *p) {
  TerminateProcess((HANDLE)p->process, KILLED);
}
