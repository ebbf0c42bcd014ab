/* SPDX-License-Identifier: MIT */
#ifndef SPAWNED_H
#define SPAWNED_H

#include <stdbool.h>
#include <stdint.h>

/* A process that this one has started: an id on POSIX, a handle on Windows. */
typedef struct spawned {
  uintptr_t process;
} spawned;

/* Start a program, which inherits the sockets that skt_inherit lets it.
 *
 *   arguments  the first is the program's path, the last is NULL; without
 *              quotation marks
 *
 * Returns whether it was started. */
bool spawn(spawned *out, const char *const *arguments);

/* Wait for its end. Returns its exit code; of a child that was killed another
 * number than 0. */
int spawn_wait(spawned *p);

#endif
