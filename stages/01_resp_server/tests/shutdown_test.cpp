#include "01_resp_server/server/shutdown.h"

#include <gtest/gtest.h>

#include <csignal>

#include "01_resp_server/server/server.h"
#include "common/log.h"

namespace strata::resp {
namespace {

using Answer = Shutdown::Answer;

struct ShutdownTest : ::testing::Test {
  ShutdownTest() {
    set_log_file("/dev/null");
    server.loop.before_sleep([this] { server.shutdown.poll(); });
  }
  ~ShutdownTest() override { set_log_file(""); }

  Shutdown::Step step(std::string name, Answer answer) {
    return [this, name, answer](const ShutdownRequest&) {
      ran += name;
      return answer;
    };
  }
  Server server;
  std::string ran;
};

TEST_F(ShutdownTest, PhasesRunInOrderWhateverTheOrderOfRegistration) {
  server.shutdown.add(ShutdownPhase::kClose, step("c", Answer::kDone));
  server.shutdown.add(ShutdownPhase::kSave, step("s", Answer::kDone));
  server.shutdown.add(ShutdownPhase::kPrepare, step("p", Answer::kDone));
  server.shutdown.begin({});
  EXPECT_EQ(ran, "psc");
  EXPECT_FALSE(server.shutdown.in_progress());
}

TEST_F(ShutdownTest, ARefusalEndsTheAttemptUnlessForced) {
  int failures = 0;
  server.shutdown.add(ShutdownPhase::kSave, step("s", Answer::kRefuse));
  server.shutdown.add(ShutdownPhase::kClose, step("c", Answer::kDone));
  server.shutdown.begin({}, [&failures](bool aborted) { failures += aborted ? 100 : 1; });
  EXPECT_EQ(ran, "s");
  EXPECT_EQ(failures, 1);
  server.shutdown.begin({.force = true}, [&failures](bool) { ++failures; });
  EXPECT_EQ(ran, "ssc");
  EXPECT_EQ(failures, 1);
}

TEST_F(ShutdownTest, WaitingStepsAreAskedAgainAndMayBeAborted) {
  int asked = 0;
  bool aborted = false;
  server.shutdown.add(ShutdownPhase::kPrepare,
                      [&asked](const ShutdownRequest&) { return ++asked < 3 ? Answer::kWait : Answer::kDone; });
  EXPECT_FALSE(server.shutdown.abort());
  server.shutdown.begin({}, [&aborted](bool was) { aborted = was; });
  EXPECT_TRUE(server.shutdown.in_progress());
  EXPECT_TRUE(server.shutdown.abort());
  EXPECT_TRUE(aborted);

  server.shutdown.begin({});
  server.loop.run();  // ends by itself once the step is done
  EXPECT_EQ(asked, 3);
}

TEST_F(ShutdownTest, NowDoesNotWait) {
  server.shutdown.add(ShutdownPhase::kPrepare, step("p", Answer::kWait));
  server.shutdown.begin({});
  EXPECT_TRUE(server.shutdown.in_progress());
  server.shutdown.begin({.now = true});
  EXPECT_FALSE(server.shutdown.in_progress());
}

TEST_F(ShutdownTest, ASignalEndsTheLoopInItsNextTurn) {
  server.shutdown.add(ShutdownPhase::kClose, step("c", Answer::kDone));
  server.shutdown.signalled(SIGTERM);
  EXPECT_EQ(ran, "") << "nothing happens inside the handler";
  server.loop.run();
  EXPECT_EQ(ran, "c");
}

}  // namespace
}  // namespace strata::resp
