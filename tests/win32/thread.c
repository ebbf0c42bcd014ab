/* SPDX-License-Identifier: MIT */
/* Threads and a clock. The twin is posix/thread.c. */
#include <process.h>
#include <stdlib.h>
#include <windows.h>

#include "../runner.h"

struct test_thread {
  HANDLE thread;
  void (*run)(void *);
  void *argument;
};

static unsigned __stdcall begin(void *thread) {
  test_thread *t = thread;
  t->run(t->argument);
  return 0;
}

test_thread *test_start(void (*run)(void *), void *argument) {
  test_thread *t = malloc(sizeof *t);
  if (t == NULL) {
    abort();
  }
  t->run = run;
  t->argument = argument;
  t->thread = (HANDLE)_beginthreadex(NULL, 0, begin, t, 0, NULL);
  if (t->thread == NULL) {
    abort();
  }
  return t;
}

void test_join(test_thread *t) {
  WaitForSingleObject(t->thread, INFINITE);
  CloseHandle(t->thread);
  free(t);
}

bool test_interrupt(test_thread *t) {
  (void)t;
  return false;
}

void test_default_signals(void) {}

double test_now_ms(void) {
  LARGE_INTEGER now, per_second;
  QueryPerformanceCounter(&now);
  QueryPerformanceFrequency(&per_second);
  return (double)now.QuadPart * 1e3 / (double)per_second.QuadPart;
}
