/* SPDX-License-Identifier: MIT */
/* The twin is spawn_posix.c. */
#include "spawned.h"

#include <process.h>
#include <stdio.h>

enum { ARGUMENTS_MAX = 15, ROOM = 300 };

/* _spawnv starts a child with bInheritHandles, and joins the arguments by
 * spaces, which they may contain. */
bool spawn(spawned *out, const char *const *arguments) {
  char quoted[ARGUMENTS_MAX][ROOM];
  const char *all[ARGUMENTS_MAX + 1] = {NULL};
  for (int i = 0; i < ARGUMENTS_MAX && arguments[i] != NULL; ++i) {
    if (snprintf(quoted[i], ROOM, "\"%s\"", arguments[i]) >= ROOM) {
      return false;
    }
    all[i] = quoted[i];
  }
  intptr_t process = _spawnv(_P_NOWAIT, arguments[0], all);
  out->process = process == -1 ? 0 : (uintptr_t)process;
  return process != -1;
}

int spawn_wait(spawned *p) {
  int code = -1;
  _cwait(&code, (intptr_t)p->process, 0);
  p->process = 0;
  return code;
}
