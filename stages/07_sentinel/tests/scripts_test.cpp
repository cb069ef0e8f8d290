// events/scripts.h: jobs run beside the sentinel, are run again when they fail, and do not pile up.
#include "07_sentinel/events/scripts.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace strata::sentinel {
namespace {

struct ScriptsTest : ::testing::Test {
  ScriptsTest() : scripts(timing) {
    scripts.on_report([this](LogLevel, std::string_view type, std::string message) {
      reports.push_back(std::string(type) + " " + message);
    });
  }
  template <class Condition>
  void tick_until(Condition condition) {
    for (int i = 0; i < 5000 && !condition(); i++) {
      scripts.tick();
      ::usleep(1000);
    }
    ASSERT_TRUE(condition());
  }
  static std::vector<std::string> shell(const char* text) { return {"/bin/sh", "-c", text}; }

  Timing timing;
  Scripts scripts;
  std::vector<std::string> reports;
};

TEST_F(ScriptsTest, SuccessIsForgotten) {
  scripts.schedule(shell("exit 0"));
  EXPECT_EQ(scripts.jobs().size(), 1u);
  tick_until([this] { return scripts.jobs().empty(); });
  EXPECT_EQ(scripts.running(), 0u);
}

TEST_F(ScriptsTest, FailureIsTriedAgainLater) {
  scripts.schedule(shell("exit 1"));
  tick_until([this] { return !reports.empty() && reports.back().starts_with("-script-child"); });
  ASSERT_EQ(scripts.jobs().size(), 1u);
  EXPECT_EQ(scripts.jobs().front().runs, 1);
  EXPECT_GT(scripts.jobs().front().since_ms, now_ms() + timing.script_retry_delay / 2);
  EXPECT_EQ(Scripts::retry_delay(1, 30'000), 30'000);
  EXPECT_EQ(Scripts::retry_delay(3, 30'000), 120'000);
}

TEST_F(ScriptsTest, OtherCodesEndIt) {
  scripts.schedule(shell("exit 5"));
  scripts.schedule({"/no/such/program"});
  tick_until([this] { return scripts.jobs().empty(); });
  EXPECT_NE(std::find(reports.begin(), reports.end(), "-script-error /bin/sh 0 5"), reports.end());
  EXPECT_NE(std::find(reports.begin(), reports.end(), "-script-error /no/such/program 0 2"), reports.end());
}

TEST_F(ScriptsTest, TenRunsAreEnough) {
  timing.script_retry_delay = 0;
  scripts.schedule(shell("exit 1"));
  tick_until([this] { return scripts.jobs().empty(); });
  EXPECT_EQ(std::count_if(reports.begin(), reports.end(),
                          [](const std::string& each) { return each.starts_with("+script-child"); }),
            Scripts::kMaxRuns);
}

TEST_F(ScriptsTest, WhatTakesTooLongIsEnded) {
  timing.script_max_runtime = 20;
  timing.script_retry_delay = 60'000;
  scripts.schedule(shell("exec sleep 60"));
  tick_until([this] { return scripts.jobs().front().runs == 1 && scripts.running() == 0; });
  EXPECT_TRUE(reports.back().ends_with(" 0 9"));  // by a signal: it is tried again
}

TEST_F(ScriptsTest, TheQueueIsBounded) {
  for (size_t i = 0; i < Scripts::kMaxQueue + 3; i++) scripts.schedule({std::to_string(i)});
  EXPECT_EQ(scripts.jobs().size(), Scripts::kMaxQueue);
  EXPECT_EQ(scripts.jobs().front().argv[0], "3");  // the oldest went
}

}  // namespace
}  // namespace strata::sentinel
