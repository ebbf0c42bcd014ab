/* SPDX-License-Identifier: MIT */
#ifndef _WIN32
#define _POSIX_C_SOURCE 200809L
#endif
#include "reader.h"

#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
#include <process.h>
#else
#include <pthread.h>
#include <unistd.h>
#endif

static int read_input(char *buffer, unsigned n);

/* A failed read counts as the end. */
static void read_all(reader *r) {
  do {
    int n = read_input(r->chunk, (unsigned)sizeof r->chunk);
    r->have = n > 0 ? n : 0;
    skt_wake(&r->filled);
  } while (r->have > 0 && skt_poll(NULL, 0, -1, &r->emptied) > 0);
}

#ifdef _WIN32

static int read_input(char *buffer, unsigned n) { return _read(0, buffer, n); }

bool reader_has_input(void) {
  int copy = _dup(0);
  if (copy >= 0) {
    _close(copy);
    _setmode(0, _O_BINARY);
  }
  _setmode(1, _O_BINARY);
  return copy >= 0;
}

static unsigned __stdcall begin(void *r) {
  read_all((reader *)r);
  return 0;
}

static bool start(reader *r) {
  return _beginthreadex(NULL, 0, begin, r, 0, NULL) != 0;
}

#else

static int read_input(char *buffer, unsigned n) {
  return (int)read(0, buffer, n);
}

bool reader_has_input(void) {
  int copy = dup(0);
  if (copy >= 0) {
    close(copy);
  }
  return copy >= 0;
}

static void *begin(void *r) {
  read_all((reader *)r);
  return NULL;
}

static bool start(reader *r) {
  pthread_t thread;
  return pthread_create(&thread, NULL, begin, r) == 0 &&
         pthread_detach(thread) == 0;
}

#endif

int reader_start(reader *r) {
  int rc = skt_waker_create(&r->filled);
  rc = rc < 0 ? rc : skt_waker_create(&r->emptied);
  if (rc < 0) {
    return rc;
  }
  return start(r) ? 0 : SKT_ENOMEM;
}

void reader_next(reader *r) { skt_wake(&r->emptied); }
