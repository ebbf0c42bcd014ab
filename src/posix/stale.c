/* SPDX-License-Identifier: MIT */
/* Files that unix sockets leave behind, over POSIX. The twin is win32/stale.c.
 */
#include "../sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int result_of_file(int rc) {
  return rc < 0 ? skt__fail_in(SKT__IN_BIND) : rc;
}

/* "PATH.lock". */
static int open_lock(const char *path) {
  char name[sizeof((struct sockaddr_un *)0)->sun_path + sizeof ".lock"];
  size_t n = strlen(path);
  memcpy(name, path, n);
  memcpy(name + n, ".lock", sizeof ".lock");
  return open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
              0600);
}

/* EMFILE and ENFILE are none of bind's own. */
static int fail_of_lock(void) {
  int native = errno, rc = skt__fail_in(SKT__IN_BIND);
  switch (native) {
  case EMFILE:
    return SKT_EMFILE;
  case ENFILE:
    return SKT_ENFILE;
  case EISDIR: /* a folder has the lock's name */
  case ELOOP:  /* or a link */
  case ENXIO:
    return SKT_EACCES;
  case ENOLCK:
  case ENOSYS:
  case EOPNOTSUPP:
  case EINVAL:
    return SKT_EOPNOTSUPP;
  default:
    return rc;
  }
}

/* flock and not fcntl: of fcntl's locks a process loses all that it has on a
 * file when it closes any descriptor of the file, and its threads do not
 * exclude each other (flock(2), fcntl_locking(2)). */
int skt__sys_stale_lock(const char *path, intptr_t *lock) {
  int fd = open_lock(path);
  if (fd < 0) {
    return fail_of_lock();
  }
  if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
    int rc = errno == EWOULDBLOCK ? SKT_EADDRINUSE : fail_of_lock();
    close(fd);
    return rc;
  }
  *lock = fd;
  return 0;
}

/* A child that was forked meanwhile has the descriptor too, and with it the
 * lock, unless that is given back. */
void skt__sys_stale_unlock(intptr_t lock) {
  flock((int)lock, LOCK_UN);
  close((int)lock);
}

int skt__sys_stale_look(const char *path) {
  struct stat file;
  int rc = result_of_file(lstat(path, &file));
  return rc < 0 ? rc : S_ISSOCK(file.st_mode);
}

int skt__sys_stale_remove(const char *path) {
  return result_of_file(unlink(path));
}
