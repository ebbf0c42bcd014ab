/* SPDX-License-Identifier: MIT */
/* What libkqueue 2.3.1 on Linux lacks of the real kqueue, put around it by the
 * linker's --wrap, for ci/run/kqueue.sh. With this
 *   a filter goes when its descriptor is closed;
 *   a descriptor can have two filters: the one for writing gets a duplicate;
 *   a closed descriptor is EBADF, and changes end at the first that fails;
 *   a socket's error stays when it is told, as some error or other;
 *   filters may be deleted while another thread waits;
 *   EVFILT_EXCEPT can be added, though it never tells anything. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/event.h>
#include <sys/socket.h>
#include <unistd.h>

enum { QUEUES = 64, FDS = 1 << 17 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local int inside;    /* libkqueue, with the lock */
static int queues[QUEUES];          /* descriptors; 0 is none */
static int duplicates[QUEUES][FDS]; /* of a descriptor; 0 is none */
static int originals[FDS];          /* of a duplicate */
static char excepts[QUEUES][FDS];

int __real_kqueue(void);
int __real_close(int fd);
int __real_kevent(int, const struct kevent *, int, struct kevent *, int,
                  const struct timespec *);
int __real_ppoll(struct pollfd *, nfds_t, const struct timespec *,
                 const sigset_t *);
int __real_epoll_wait(int, struct epoll_event *, int, int);
int __real_getsockopt(int, int, int, void *, socklen_t *);
int __wrap_kqueue(void);
int __wrap_close(int fd);
int __wrap_kevent(int, const struct kevent *, int, struct kevent *, int,
                  const struct timespec *);
int __wrap_ppoll(struct pollfd *, nfds_t, const struct timespec *,
                 const sigset_t *);
int __wrap_epoll_wait(int, struct epoll_event *, int, int);
int __wrap_getsockopt(int, int, int, void *, socklen_t *);

static int find(int queue) {
  int q = 0;
  while (q < QUEUES - 1 && queues[q] != queue) {
    ++q;
  }
  return q;
}

int __wrap_kqueue(void) {
  int queue = __real_kqueue();
  pthread_mutex_lock(&lock);
  if (queue >= 0) {
    queues[find(0)] = queue;
  }
  pthread_mutex_unlock(&lock);
  return queue;
}

static int real_change(int queue, struct kevent e) {
  struct timespec at_once = {0, 0};
  return __real_kevent(queue, &e, 1, NULL, 0, &at_once);
}

static void drop(int q, int fd) {
  int duplicate = duplicates[q][fd];
  duplicates[q][fd] = 0;
  if (duplicate > 0) {
    originals[duplicate] = 0;
    __real_close(duplicate);
  }
}

static int write_change(int q, struct kevent e) {
  int fd = (int)e.ident;
  if (duplicates[q][fd] == 0) {
    if ((e.flags & EV_ADD) == 0) {
      errno = ENOENT;
      return -1;
    }
    int duplicate = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (duplicate < 0) {
      return -1;
    }
    duplicates[q][fd] = duplicate;
    originals[duplicate] = fd;
  }
  e.ident = (uintptr_t)duplicates[q][fd];
  int rc = real_change(queues[q], e);
  if ((e.flags & EV_DELETE) != 0) {
    drop(q, fd);
  }
  return rc;
}

static int except_change(int q, const struct kevent *e) {
  char *has = &excepts[q][e->ident];
  if (!*has && (e->flags & EV_ADD) == 0) {
    errno = ENOENT;
    return -1;
  }
  *has = (e->flags & EV_DELETE) == 0;
  return 0;
}

static int change(int q, const struct kevent *e) {
  if (e->filter == EVFILT_USER || e->filter == EVFILT_TIMER) {
    return real_change(queues[q], *e);
  }
  if (fcntl((int)e->ident, F_GETFD) < 0) {
    return -1;
  }
  return e->filter == EVFILT_READ    ? real_change(queues[q], *e)
         : e->filter == EVFILT_WRITE ? write_change(q, *e)
                                     : except_change(q, e);
}

/* What was closed meanwhile has no original any more. */
static int name_originals(struct kevent *events, int n) {
  int kept = 0;
  for (int i = 0; i < n; ++i) {
    if (events[i].filter == EVFILT_WRITE) {
      events[i].ident = (uintptr_t)originals[events[i].ident];
    }
    if (events[i].ident != 0) {
      events[kept++] = events[i];
    }
  }
  return n < 0 ? n : kept;
}

int __wrap_kevent(int queue, const struct kevent *changes, int count,
                  struct kevent *events, int room,
                  const struct timespec *limit) {
  int rc = 0;
  pthread_mutex_lock(&lock);
  inside = 1;
  int q = find(queue);
  for (int i = 0; i < count && rc == 0; ++i) {
    rc = change(q, &changes[i]);
  }
  if (rc == 0 && room > 0) {
    rc = __real_kevent(queue, NULL, 0, events, room, limit);
    rc = name_originals(events, rc);
  }
  inside = 0;
  pthread_mutex_unlock(&lock);
  return rc;
}

int __wrap_ppoll(struct pollfd *p, nfds_t n, const struct timespec *limit,
                 const sigset_t *signals) {
  int was_inside = inside;
  if (was_inside) {
    pthread_mutex_unlock(&lock);
  }
  int rc = __real_ppoll(p, n, limit, signals);
  if (was_inside) {
    pthread_mutex_lock(&lock);
  }
  return rc;
}

int __wrap_epoll_wait(int epoll, struct epoll_event *events, int n, int ms) {
  if (inside && ms != 0) {
    struct pollfd p = {.fd = epoll, .events = POLLIN};
    pthread_mutex_unlock(&lock);
    int rc = poll(&p, 1, ms);
    pthread_mutex_lock(&lock);
    if (rc <= 0) {
      return rc;
    }
    ms = 0;
  }
  return __real_epoll_wait(epoll, events, n, ms);
}

int __wrap_getsockopt(int s, int level, int name, void *value, socklen_t *n) {
  if (inside && level == SOL_SOCKET && name == SO_ERROR) {
    *(int *)value = EIO;
    return 0;
  }
  return __real_getsockopt(s, level, name, value, n);
}

int __wrap_close(int fd) {
  if (inside) {
    return __real_close(fd);
  }
  pthread_mutex_lock(&lock);
  for (int q = 0; q < QUEUES && fd >= 0 && fd < FDS; ++q) {
    if (queues[q] == fd && fd != 0) {
      for (int i = 0; i < FDS; ++i) {
        drop(q, i);
        excepts[q][i] = 0;
      }
      queues[q] = 0;
    } else if (queues[q] != 0) {
      real_change(queues[q], (struct kevent){.ident = (uintptr_t)fd,
                                             .filter = EVFILT_READ,
                                             .flags = EV_DELETE});
      if (duplicates[q][fd] != 0) {
        write_change(q, (struct kevent){.ident = (uintptr_t)fd,
                                        .flags = EV_DELETE,
                                        .filter = EVFILT_WRITE});
      }
      excepts[q][fd] = 0;
    }
  }
  pthread_mutex_unlock(&lock);
  return __real_close(fd);
}
