// SPDX-License-Identifier: MIT
// Shows the C tests to GoogleTest, and lends C what it lacks everywhere alike:
// threads, signals, a clock and a child process. Nothing is thrown through C.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include <signal.h>

#include "skt_test.h"

#define X(suite, name) extern "C" const test_case test_##suite##_##name;
#include SKT_TEST_LIST
#undef X

namespace {

const test_case *const all[] = {
#define X(suite, name) &test_##suite##_##name,
#include SKT_TEST_LIST
#undef X
};

std::string self;

class CTest : public testing::Test {
 public:
  explicit CTest(const test_case &test) : test_(test) {}
  void TestBody() override { test_.run(); }

 private:
  const test_case &test_;
};

std::string Shown(long long value) {
  std::string text = std::to_string(value);
  if (value < 0 && value > -5000) {
    text += std::string(" (") + skt_errname(static_cast<int>(value)) + ")";
  }
  return text;
}

}  // namespace

struct test_thread {
  std::thread thread;
};

extern "C" {

bool test_check(const char *file, int line, const char *what, bool good) {
  if (!good) {
    ADD_FAILURE_AT(file, line) << "not so: " << what;
  }
  return good;
}

bool test_check_eq(const char *file, int line, const char *what, long long got,
                   long long want) {
  if (got != want) {
    ADD_FAILURE_AT(file, line)
        << what << "\n  got  " << Shown(got) << "\n  want " << Shown(want);
  }
  return got == want;
}

bool test_check_str(const char *file, int line, const char *what,
                    const char *got, const char *want) {
  bool same = got != nullptr && std::strcmp(got, want) == 0;
  if (!same) {
    ADD_FAILURE_AT(file, line)
        << what << "\n  got  " << (got == nullptr ? "NULL" : got) << "\n  want "
        << want;
  }
  return same;
}

// ci/test.sh gathers the lines that begin with "skip: ".
void test_skip(const char *file, int line, const char *reason) {
  const testing::TestInfo *test =
      testing::UnitTest::GetInstance()->current_test_info();
  std::printf("skip: %s.%s: %s\n", test->test_suite_name(), test->name(),
              reason);
  testing::internal::AssertHelper(testing::TestPartResult::kSkip, file, line,
                                  reason) = testing::Message();
}

test_thread *test_start(void (*run)(void *), void *argument) {
  return new test_thread{std::thread(run, argument)};
}

bool test_interrupt(test_thread *thread) {
#ifdef SA_RESTART  // a POSIX system; and without it calls are not restarted
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  return sigaction(SIGUSR1, &action, nullptr) == 0 &&
         pthread_kill(thread->thread.native_handle(), SIGUSR1) == 0;
#else
  (void)thread;
  return false;
#endif
}

void test_join(test_thread *thread) {
  thread->thread.join();
  delete thread;
}

double test_now_ms(void) {
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int test_run_child(const char *argument) {
  std::string command = "\"" + self + "\" --child " + argument;
  return std::system(command.c_str());
}

}  // extern "C"

int main(int argc, char **argv) {
  self = argv[0];
#ifdef SIGPIPE  // whoever started us may have had it ignored
  std::signal(SIGPIPE, SIG_DFL);
#endif
  if (argc == 3 && std::strcmp(argv[1], "--child") == 0) {
    return test_child(argv[2]);
  }
  testing::InitGoogleTest(&argc, argv);
  for (const test_case *test : all) {
    testing::RegisterTest(
        test->suite, test->name, nullptr, nullptr, test->file, test->line,
        [test]() -> testing::Test * { return new CTest(*test); });
  }
  return RUN_ALL_TESTS();
}
