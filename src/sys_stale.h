/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_STALE_H
#define SKT_SYS_STALE_H

/* The seam: files that unix sockets leave behind. Included by sys.h, whose
 * rules hold. A path is of a unix socket's address, and ends with a zero. */

/* Take a lock that is a file beside a path, and stays there: in the order of
 * skt_bind, for a moment. The system gives the lock back if the process ends.
 * Several system calls. Returns SKT_EADDRINUSE if another process, or another
 * thread, has it, SKT_EOPNOTSUPP if the file system has no locks. */
int skt__sys_stale_lock(const char *path, intptr_t *lock);
void skt__sys_stale_unlock(intptr_t lock);

/* Whether there is the file of a socket at a path, 1 or 0; a link to one is
 * none. SKT_ENOENT if nothing is there. Several system calls. */
int skt__sys_stale_look(const char *path);

/* Remove that file. SKT_ENOENT if nothing is there. */
int skt__sys_stale_remove(const char *path);

#endif
