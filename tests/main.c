/* SPDX-License-Identifier: MIT */
/* The suite without GoogleTest:
 *
 *   skt_tests [--list] [FILTER]
 *
 * runs the tests whose names, suite.name, match the filter, in which * stands
 * for any text. The last line has the counts. Exit code: 0 none failed, 1 one
 * failed or none matched, 2 wrong arguments. */
#include <stdio.h>
#include <string.h>

#include "runner.h"

static const test_case *current;

static void print_failure(const char *file, int line, const char *text) {
  printf("%s:%d: failed: %s.%s: %s\n", file, line, current->suite,
         current->name, text);
}

static void skip_is_printed(const char *file, int line, const char *reason) {
  (void)file;
  (void)line;
  (void)reason;
}

static bool matches(const char *filter, const char *name) {
  if (*filter == '*') {
    return matches(filter + 1, name) ||
           (*name != '\0' && matches(filter, name + 1));
  }
  return *filter == *name && (*name == '\0' || matches(filter + 1, name + 1));
}

static bool is_chosen(const test_case *test, const char *filter) {
  char name[200];
  snprintf(name, sizeof name, "%s.%s", test->suite, test->name);
  return matches(filter, name);
}

static int list(const char *filter) {
  for (int i = 0; test_all[i] != NULL; ++i) {
    if (is_chosen(test_all[i], filter)) {
      printf("%s.%s\n", test_all[i]->suite, test_all[i]->name);
    }
  }
  return 0;
}

static int run(const char *filter) {
  static const test_report report = {print_failure, skip_is_printed};
  int count[] = {0, 0, 0};
  for (int i = 0; test_all[i] != NULL; ++i) {
    if (is_chosen(test_all[i], filter)) {
      current = test_all[i];
      ++count[test_run(current, &report)];
      fflush(stdout);
    }
  }
  printf("%d passed, %d failed, %d skipped\n", count[TEST_PASSED],
         count[TEST_FAILED], count[TEST_SKIPPED]);
  return count[TEST_FAILED] > 0 ||
         count[TEST_PASSED] + count[TEST_SKIPPED] == 0;
}

int main(int argc, char **argv) {
  int code;
  if (test_is_child(argc, argv, &code)) {
    return code;
  }
  bool listing = argc > 1 && strcmp(argv[1], "--list") == 0;
  int used = listing ? 2 : 1;
  const char *filter = argc > used ? argv[used] : "*";
  if (argc > used + 1 || *filter == '-') {
    fprintf(stderr, "usage: %s [--list] [FILTER]\n", argv[0]);
    return 2;
  }
  return listing ? list(filter) : run(filter);
}
