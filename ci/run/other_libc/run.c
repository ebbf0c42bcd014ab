/* SPDX-License-Identifier: MIT */
/* Runs the suite without GoogleTest, for systems at hand without C++: what
 * tests/gtest_shim.cc does, in C and for POSIX. */
#include "../../tests/skt_test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define X(suite, name) extern const test_case test_##suite##_##name;
#include "../../tests/test_list.h"
#undef X

static const test_case *const all[] = {
#define X(suite, name) &test_##suite##_##name,
#include "../../tests/test_list.h"
};

enum { COUNT = sizeof all / sizeof *all };

static const char *self;
static const test_case *current;
static bool failed, skipped;

static bool report(const char *file, int line, const char *what, bool good) {
  if (!good) {
    printf("failed: %s.%s: %s:%d: %s\n", current->suite, current->name, file,
           line, what);
    failed = true;
  }
  return good;
}

bool test_check(const char *file, int line, const char *what, bool good) {
  return report(file, line, what, good);
}

bool test_check_eq(const char *file, int line, const char *what, long long got,
                   long long want) {
  if (got != want) {
    printf("got %lld, want %lld\n", got, want);
  }
  return report(file, line, what, got == want);
}

bool test_check_str(const char *file, int line, const char *what,
                    const char *got, const char *want) {
  return report(file, line, what, got != NULL && strcmp(got, want) == 0);
}

void test_skip(const char *file, int line, const char *reason) {
  (void)file;
  (void)line;
  printf("skip: %s.%s: %s\n", current->suite, current->name, reason);
  skipped = true;
}

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
  *t = (test_thread){.run = run, .argument = argument};
  if (pthread_create(&t->thread, NULL, begin, t) != 0) {
    abort();
  }
  return t;
}

static void do_nothing(int number) { (void)number; }

bool test_interrupt(test_thread *t) {
  struct sigaction action = {.sa_handler = do_nothing};
  return sigaction(SIGUSR1, &action, NULL) == 0 &&
         pthread_kill(t->thread, SIGUSR1) == 0;
}

void test_join(test_thread *t) {
  pthread_join(t->thread, NULL);
  free(t);
}

double test_now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int test_run_child(const char *argument) {
  char command[1000];
  snprintf(command, sizeof command, "\"%s\" --child %s", self, argument);
  return system(command);
}

int main(int argc, char **argv) {
  int bad = 0, off = 0;
  self = argv[0];
  signal(SIGPIPE, SIG_DFL);
  if (argc == 3 && strcmp(argv[1], "--child") == 0) {
    return test_child(argv[2]);
  }
  for (int i = 0; i < COUNT; ++i) {
    current = all[i];
    failed = skipped = false;
    current->run();
    bad += failed;
    off += skipped && !failed;
    fflush(stdout);
  }
  printf("%d passed, %d failed, %d skipped\n", COUNT - bad - off, bad, off);
  return bad > 0;
}
