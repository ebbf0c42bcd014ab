// SPDX-License-Identifier: MIT
// Shows the tests of runner.h to GoogleTest, and what they report.
#include <gtest/gtest.h>

#include "runner.h"

namespace {

void Fail(const char *file, int line, const char *text) {
  ADD_FAILURE_AT(file, line) << text;
}

// What GTEST_SKIP() does, which knows its own file and line only.
void Skip(const char *file, int line, const char *reason) {
  testing::internal::AssertHelper(testing::TestPartResult::kSkip, file, line,
                                  reason) = testing::Message();
}

class CTest : public testing::Test {
 public:
  explicit CTest(const test_case *test) : test_(test) {}
  void TestBody() override {
    static const test_report report = {Fail, Skip};
    test_run(test_, &report);
  }

 private:
  const test_case *test_;
};

}  // namespace

int main(int argc, char **argv) {
  int code;
  if (test_is_child(argc, argv, &code)) {
    return code;
  }
  testing::InitGoogleTest(&argc, argv);
  for (int i = 0; test_all[i] != nullptr; ++i) {
    const test_case *test = test_all[i];
    testing::RegisterTest(
        test->suite, test->name, nullptr, nullptr, test->file, test->line,
        [test]() -> testing::Test * { return new CTest(test); });
  }
  return RUN_ALL_TESTS();
}
