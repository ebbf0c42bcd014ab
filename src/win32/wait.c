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

static void sets_in(void *room, size_t count, socket_set *sets[SETS]) {
  SOCKET *words = room;
  for (size_t i = 0; i < SETS; ++i) {
    sets[i] = (void *)(words + i * (count + 1));
    sets[i]->count = 0;
  }
}
_Static_assert(SKT__WAIT_ROOM >= SETS * sizeof(SOCKET), "see sets_in");

static void put(socket_set *set, SOCKET s) { set->sockets[set->count++] = s; }

static void ask(socket_set *const sets[SETS], const skt__wait_item *item) {
  if ((item->wanted & SKT_READ) != 0) {
    put(sets[READS], item->handle);
  }
  if ((item->wanted & SKT_WRITE) != 0) {
    put(sets[WRITES], item->handle);
  }
  if ((item->wanted & SKT__FAILED) != 0) {
    put(sets[FAILS], item->handle);
  }
}

/* A set comes back in the order in which it was filled, so that a socket mostly
 * stands at *next; but nothing promises that, nor that a socket which stood
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
                  const skt__wait_item *item) {
  static const int bits[SETS] = {SKT_READ, SKT_WRITE, SKT__FAILED};
  int got = 0;
  for (int i = 0; i < SETS; ++i) {
    if ((item->wanted & bits[i]) != 0 &&
        came_back(sets[i], &next[i], item->handle)) {
      got |= bits[i];
    }
  }
  return got;
}

/* With three empty sets select returns WSAEINVAL at once (Winsock select). */
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

/* select and not WSAPoll: before Windows 10 build 19041 WSAPoll does not report
 * that a connect failed (Winsock WSAPoll, remarks), and it ends a wait for
 * writing as soon as the peer has finished. Only the third set reports a failed
 * connect (Winsock select), and nothing else is put into that set: urgent data
 * would set it too. */
int skt__sys_wait(skt__wait_item *items, size_t count, void *room,
                  int timeout_ms) {
  socket_set *sets[SETS];
  u_int next[SETS] = {0};
  sets_in(room, count, sets);
  for (size_t i = 0; i < count; ++i) {
    ask(sets, &items[i]);
  }
  int rc = select_or_sleep(sets, timeout_ms);
  int ready = 0;
  for (size_t i = 0; i < count && rc > 0; ++i) {
    items[i].got = answer(sets, next, &items[i]);
    ready += items[i].got != 0;
  }
  return rc < 0 ? rc : ready;
}

/* select has no limit but memory, and that is used up. */
int skt__sys_wait_unlimited(skt__wait_item *items, size_t count, void *room,
                            int timeout_ms) {
  (void)items, (void)count, (void)room, (void)timeout_ms;
  return SKT_ENOBUFS;
}
