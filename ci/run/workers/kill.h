/* SPDX-License-Identifier: MIT */
#ifndef KILL_H
#define KILL_H

#include "spawned.h"

void kill_process(const spawned *p);

#endif
