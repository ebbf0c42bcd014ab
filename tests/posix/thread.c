/* SPDX-License-Identifier: MIT */
/* Threads, signals and a clock. The twin is win32/thread.c. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "../runner.h"

struct test_thread {
  pthread_t thread;
  void (*run)(void *);
  void *argument;
};

static void *begin(void *thread) {
  test_thread *t = thread;
  t->run(t->argument);
  return NULL;
}

test_thread *test_start(void (*run)(void *), void *argument) {
  test_thread *t = malloc(sizeof *t);
  if (t == NULL) {
    abort();
  }
  t->run = run;
  t->argument = argument;
  if (pthread_create(&t->thread, NULL, begin, t) != 0) {
    abort();
  }
  return t;
}

void test_join(test_thread *t) {
  pthread_join(t->thread, NULL);
  free(t);
}

static void do_nothing(int number) { (void)number; }

/* Without SA_RESTART, or the system would go on with the call by itself. */
bool test_interrupt(test_thread *t) {
  struct sigaction action = {.sa_handler = do_nothing};
  return sigaction(SIGUSR1, &action, NULL) == 0 &&
         pthread_kill(t->thread, SIGUSR1) == 0;
}

void test_default_signals(void) { signal(SIGPIPE, SIG_DFL); }

double test_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}
