/* SPDX-License-Identifier: MIT */
#ifndef PREFORK_H
#define PREFORK_H

#include <skt.h>

/* What a worker does: it writes one byte to its end of the pair when it is
 * ready for a client, receives the client's connection over it, and serves a
 * file below the folder; until the parent ends the pair.
 *
 *   number, kind  skt_native and skt_kind of the end, which it has inherited
 *
 * Returns the exit code. */
int worker_run(const char *number, const char *kind, const char *folder);

/* Whether the path of a request leads to a file below the folder: names of
 * letters, digits, `.`, `-` and `_` between slashes, none of which begins or
 * ends with a dot or is that of a device on Windows. */
bool worker_allows(const char *path);

#endif
