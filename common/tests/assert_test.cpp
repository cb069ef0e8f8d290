#include "common/assert.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "common/log.h"

namespace strata {
namespace {

// The log goes to standard output; a death test looks at standard error.
void log_to_stderr() { set_log_file("/dev/stderr"); }

int g_evaluated = 0;
int evaluated() { return ++g_evaluated; }

TEST(Assert, PassingCostsNothingAndEvaluatesNoArguments) {
  STRATA_ASSERT(true);
  STRATA_ASSERT(1 + 1 == 2, "state {}", evaluated());
  EXPECT_EQ(g_evaluated, 0);
}

TEST(Assert, IsOneStatement) {
  int path = 0;
  if (path == 1)
    STRATA_ASSERT(false, "not reached");
  else
    path = 2;
  EXPECT_EQ(path, 2);
}

TEST(AssertDeathTest, FailureNamesPlaceConditionAndState) {
  EXPECT_DEATH(
      {
        log_to_stderr();
        STRATA_ASSERT(2 < 1, "count {} of {}", 3, "x");
      },
      "assert_test.cpp:[0-9]+: '2 < 1' does not hold: count 3 of x");
}

TEST(AssertDeathTest, WorksWithoutAMessage) {
  EXPECT_DEATH(
      {
        log_to_stderr();
        STRATA_ASSERT(g_evaluated > 1000);
      },
      "'g_evaluated > 1000' does not hold\n");
}

TEST(AssertDeathTest, UnreachableFails) {
  EXPECT_DEATH(
      {
        log_to_stderr();
        STRATA_UNREACHABLE("type {}", 9);
      },
      "impossible place.*type 9");
}

TEST(AssertDeathTest, HandlerIsCalledBeforeTheAbort) {
  EXPECT_DEATH(
      {
        set_assert_handler([](const char*, const char* condition, const char* state) {
          std::fprintf(stderr, "handler got %s / %s\n", condition, state);
        });
        STRATA_ASSERT(false, "state {}", 5);
      },
      "handler got false / state 5");
}

TEST(AssertDeathTest, AFailureInsideTheHandlerStillAborts) {
  EXPECT_DEATH(
      {
        log_to_stderr();
        set_assert_handler([](const char*, const char*, const char*) { STRATA_ASSERT(false, "again"); });
        STRATA_ASSERT(false, "first");
      },
      "again");
}

}  // namespace
}  // namespace strata
