/* SPDX-License-Identifier: MIT */
/* Runs the tests of a list one by one, for a main program: main.c by itself,
 * gtest_shim.cc for GoogleTest. */
#ifndef SKT_TEST_RUNNER_H
#define SKT_TEST_RUNNER_H

#include "skt_test.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the main program does with a failure and with a skip. */
typedef struct test_report {
  void (*failure)(const char *file, int line, const char *text);
  void (*skip)(const char *file, int line, const char *reason);
} test_report;

typedef enum test_result { TEST_PASSED, TEST_FAILED, TEST_SKIPPED } test_result;

/* The tests, and NULL. */
extern const test_case *const test_all[];

test_result test_run(const test_case *test, const test_report *report);

/* Prepare the process at the beginning of main. True: it is a child of a test,
 * its work is done, and main returns `code`. */
bool test_is_child(int argc, char **argv, int *code);

/* Let SIGPIPE end this process, whatever its parent chose. */
void test_default_signals(void);

#ifdef __cplusplus
}
#endif

#endif
