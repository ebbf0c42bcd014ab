/* SPDX-License-Identifier: MIT */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X(suite, name) extern const test_case test_##suite##_##name;
#include SKT_TEST_LIST
#undef X

const test_case *const test_all[] = {
#define X(suite, name) &test_##suite##_##name,
#include SKT_TEST_LIST
#undef X
    NULL};

static const char *self = "";
static const test_case *current;
static const test_report *reporter;
static test_result result;

test_result test_run(const test_case *test, const test_report *report) {
  current = test;
  reporter = report;
  result = TEST_PASSED;
  test->run();
  return result;
}

static bool fail(const char *file, int line, const char *text) {
  result = TEST_FAILED;
  reporter->failure(file, line, text);
  return false;
}

bool test_check(const char *file, int line, const char *what, bool good) {
  char text[500];
  if (good) {
    return true;
  }
  snprintf(text, sizeof text, "not so: %s", what);
  return fail(file, line, text);
}

/* The name of a code, in parentheses; nothing for another number. */
static const char *name_of(long long value, char *name, size_t n) {
  *name = '\0';
  if (value < 0 && value > -5000) {
    snprintf(name, n, " (%s)", skt_errname((int)value));
  }
  return name;
}

bool test_check_eq(const char *file, int line, const char *what, long long got,
                   long long want) {
  char text[500], a[50], b[50];
  if (got == want) {
    return true;
  }
  snprintf(text, sizeof text, "%s\n  got  %lld%s\n  want %lld%s", what, got,
           name_of(got, a, sizeof a), want, name_of(want, b, sizeof b));
  return fail(file, line, text);
}

bool test_check_str(const char *file, int line, const char *what,
                    const char *got, const char *want) {
  char text[1000];
  if (got != NULL && strcmp(got, want) == 0) {
    return true;
  }
  snprintf(text, sizeof text, "%s\n  got  %s\n  want %s", what,
           got == NULL ? "NULL" : got, want);
  return fail(file, line, text);
}

/* The scripts of ci gather the lines that begin with "skip: ". */
void test_skip(const char *file, int line, const char *reason) {
  printf("skip: %s.%s: %s\n", current->suite, current->name, reason);
  if (result == TEST_PASSED) {
    result = TEST_SKIPPED;
  }
  reporter->skip(file, line, reason);
}

int test_run_child(const char *argument) {
  char command[2000];
  int n =
      snprintf(command, sizeof command, "\"%s\" --child %s", self, argument);
  return n < (int)sizeof command ? system(command) : -1;
}

bool test_is_child(int argc, char **argv, int *code) {
  self = argv[0];
  test_default_signals();
  if (argc != 3 || strcmp(argv[1], "--child") != 0) {
    return false;
  }
  *code = test_child(argv[2]);
  return true;
}
