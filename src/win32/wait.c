/* SPDX-License-Identifier: MIT */
/* Waiting for some sockets. The twin is posix/wait.c. */
#include "../sys.h"

#include <stddef.h>

/* An fd_set of any size: a count and an array (Winsock select, remarks). */
typedef struct socket_set {
  u_int count;
  SOCKET sockets[];
} socket_set;

_Static_assert(offsetof(socket_set, sockets) == offsetof(fd_set, fd_array) &&
                   offsetof(socket_set, sockets) == sizeof(SOCKET),
               "see sets_in");

enum { READS, WRITES, FAILS, SETS };

/* Each of the three has a word for its count and one for each entry; the first
 * has one more, for the waker. */
static void sets_in(void *room, size_t count, socket_set *sets[SETS]) {
  SOCKET *words = room;
  sets[READS] = (void *)words;
  sets[WRITES] = (void *)(words + count + 2);
  sets[FAILS] = (void *)(words + 2 * count + 3);
  sets[READS]->count = sets[WRITES]->count = sets[FAILS]->count = 0;
}
_Static_assert(SKT__POLL_ROOM >= 4 * sizeof(SOCKET), "3 * count + 4 words");

static void put(socket_set *set, SOCKET s) { set->sockets[set->count++] = s; }

static void ask(socket_set *const sets[SETS], const skt_polled *e) {
  if (e->s == NULL || e->events == 0) {
    return;
  }
  SOCKET s = (SOCKET)e->s->handle;
  if ((e->events & SKT_READ) != 0) {
    put(sets[READS], s);
  }
  if ((e->events & SKT_WRITE) != 0) {
    put(sets[WRITES], s);
  }
  if (e->ready == SKT__FAILED) {
    put(sets[FAILS], s);
  }
}

/* What comes back is in the order of what was asked, so that it mostly stands
 * at *next; but nothing promises that, nor that a socket which was asked about
 * twice comes back twice. */
static bool came_back(const socket_set *set, u_int *next, SOCKET s) {
  if (*next < set->count && set->sockets[*next] == s) {
    ++*next;
    return true;
  }
  u_int i = 0;
  while (i < set->count && set->sockets[i] != s) {
    ++i;
  }
  return i < set->count;
}

static int answer(socket_set *const sets[SETS], u_int next[SETS],
                  const skt_polled *e) {
  if (e->s == NULL || e->events == 0) {
    return 0;
  }
  SOCKET s = (SOCKET)e->s->handle;
  bool reads = (e->events & SKT_READ) != 0;
  bool writes = (e->events & SKT_WRITE) != 0;
  return (reads && came_back(sets[READS], &next[READS], s) ? SKT_READ : 0) |
         (writes && came_back(sets[WRITES], &next[WRITES], s) ? SKT_WRITE : 0) |
         (came_back(sets[FAILS], &next[FAILS], s) ? SKT__FAILED : 0);
}

/* Asked about nothing, select says WSAEINVAL at once (Winsock select). */
static int select_or_sleep(socket_set *const sets[SETS], int timeout_ms) {
  struct timeval limit = {.tv_sec = timeout_ms / 1000,
                          .tv_usec = timeout_ms % 1000 * 1000};
  if (sets[READS]->count + sets[WRITES]->count + sets[FAILS]->count == 0) {
    Sleep((DWORD)timeout_ms); /* -1 is INFINITE */
    return 0;
  }
  int rc = select(0, (fd_set *)sets[READS], (fd_set *)sets[WRITES],
                  (fd_set *)sets[FAILS], timeout_ms < 0 ? NULL : &limit);
  return rc < 0 ? skt__fail_in(SKT__IN_WAIT) : rc;
}

/* select and not WSAPoll: before Windows 10 build 19041 WSAPoll does not tell
 * that a connect failed (Winsock WSAPoll, remarks), and it ends a wait for
 * writing as soon as the peer has finished. A failed connect is told by the
 * third set alone (Winsock select), in which nothing else is put: urgent data
 * would set it too. */
int skt__sys_poll(skt_polled *entries, size_t count, SOCKET waker, void *room,
                  int timeout_ms) {
  socket_set *sets[SETS];
  u_int next[SETS] = {0};
  sets_in(room, count, sets);
  for (size_t i = 0; i < count; ++i) {
    ask(sets, &entries[i]);
  }
  if (waker != SKT__NO_HANDLE) {
    put(sets[READS], waker);
  }
  int rc = select_or_sleep(sets, timeout_ms);
  int ready = 0;
  for (size_t i = 0; i < count; ++i) {
    entries[i].ready = rc > 0 ? answer(sets, next, &entries[i]) : 0;
    ready += entries[i].ready != 0;
  }
  bool woken = rc > 0 && waker != SKT__NO_HANDLE &&
               came_back(sets[READS], &next[READS], waker);
  return rc < 0 ? rc : ready + woken;
}
