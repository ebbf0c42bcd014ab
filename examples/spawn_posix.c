/* SPDX-License-Identifier: MIT */
/* The twin is spawn_win32.c. */
#define _POSIX_C_SOURCE 200809L
#include "spawned.h"

#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

bool spawn(spawned *out, const char *const *arguments) {
  char *copy[16] = {NULL};
  pid_t process = 0;
  for (int i = 0; i < 15 && arguments[i] != NULL; ++i) {
    memcpy(&copy[i], &arguments[i], sizeof copy[i]); /* they stay unchanged */
  }
  bool started =
      arguments[0] != NULL &&
      posix_spawnp(&process, arguments[0], NULL, NULL, copy, environ) == 0;
  out->process = started ? (uintptr_t)process : 0;
  return started;
}

int spawn_wait(spawned *p) {
  int status = 0;
  pid_t ended = waitpid((pid_t)p->process, &status, 0);
  p->process = 0;
  return ended > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
