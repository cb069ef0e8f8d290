#include "03_rdb_snapshot/child/fork_child.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <optional>

#include "01_resp_server/db/table.h"
#include "01_resp_server/install.h"
#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/families.h"
#include "common/clock.h"
#include "common/log.h"

namespace strata::rdb {
namespace {

struct ForkChildTest : ::testing::Test {
  ForkChildTest() {
    set_log_file("/dev/null");
    resp::install(server);
    install_fork_child(server);
    child = &server.get<ForkChild>();
  }
  ~ForkChildTest() override { set_log_file(""); }

  void start_job(std::function<bool(ChildReporter&)> run, std::vector<int> keep,
                 std::function<void(const ChildEnd&)> then) {
    const Status started = child->start({.kind = "rdb",
                                         .title = "redis-rdb-bgsave",
                                         .cow_label = "RDB",
                                         .keys = 100,
                                         .keep = std::move(keep),
                                         .run = std::move(run),
                                         .ended = std::move(then)});
    ASSERT_TRUE(started.ok()) << started.message();
  }
  void start(std::function<bool(ChildReporter&)> run, std::vector<int> keep = {}) {
    ended.reset();
    start_job(std::move(run), std::move(keep), [this](const ChildEnd& end) { ended = end; });
  }
  // Turns the loop until `done`, at most ten seconds.
  void turn_until(const std::function<bool()>& done) {
    for (int64_t end = mono_ms() + 10'000; !done() && mono_ms() < end;) server.loop.run_once(100);
  }
  const ChildEnd& end() {
    turn_until([this] { return ended.has_value(); });
    EXPECT_TRUE(ended.has_value());
    return *ended;
  }
  static bool sleep_forever(ChildReporter&) {
    for (;;) pause();
  }

  resp::Server server;
  ForkChild* child;
  std::optional<ChildEnd> ended;
};

TEST_F(ForkChildTest, EndsAsItsJobSays) {
  start([](ChildReporter&) { return true; });
  EXPECT_TRUE(child->running("rdb"));
  EXPECT_FALSE(child->running("aof"));
  EXPECT_EQ(child->keys(), 100u);
  const pid_t pid = child->pid();
  EXPECT_TRUE(end().succeeded);
  EXPECT_EQ(end().pid, pid);
  EXPECT_GT(end().cow_bytes, 0u);
  EXPECT_FALSE(child->running());
  EXPECT_EQ(child->keys(), 0u);

  start([](ChildReporter&) { return false; });
  EXPECT_FALSE(end().succeeded);
  EXPECT_EQ(end().signal, 0);
  EXPECT_EQ(end().cow_bytes, 0u);
  EXPECT_EQ(child->forks(), 2u);
  EXPECT_GT(child->last_fork_us(), 0);
}

TEST_F(ForkChildTest, ADeliberateKillIsToldFromACrash) {
  start(sleep_forever);
  child->kill();
  EXPECT_TRUE(end().killed());
  EXPECT_FALSE(end().succeeded);

  start(sleep_forever);
  ::kill(child->pid(), SIGKILL);
  EXPECT_FALSE(end().killed());
  EXPECT_EQ(end().signal, SIGKILL);
}

TEST_F(ForkChildTest, IgnoresWhatATerminalSendsToAll) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  start(
      [&ready](ChildReporter&) {
        raise(SIGTERM);
        raise(SIGINT);
        return write(ready[1], "x", 1) == 1;
      },
      {ready[1]});
  EXPECT_TRUE(end().succeeded);
  close(ready[0]);
  close(ready[1]);
}

TEST_F(ForkChildTest, TellsHowFarItIs) {
  start([](ChildReporter& report) {
    report.progress(40);
    return sleep_forever(report);
  });
  turn_until([this] { return child->report().keys != 0; });
  EXPECT_EQ(child->report().keys, 40u);
  EXPECT_GT(child->report().cow_bytes, 0u);
  const std::string info = server.info.render({"persistence"});
  EXPECT_NE(info.find("current_fork_perc:40.00\r\n"), std::string::npos);
  EXPECT_NE(info.find("current_save_keys_total:100\r\n"), std::string::npos);
  child->kill();
  end();
  EXPECT_EQ(child->report().keys, 0u);
}

// A connection that the server closes is closed: no child holds its other descriptor.
TEST_F(ForkChildTest, HoldsNoDescriptorButThoseItIsLeft) {
  int pair[2];
  int kept[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  ASSERT_EQ(pipe(kept), 0);
  start(
      [&](ChildReporter& report) {
        struct stat about;
        const bool as_meant = fstat(pair[0], &about) != 0 && fstat(pair[1], &about) != 0 &&
                              fstat(kept[0], &about) != 0 && fstat(kept[1], &about) == 0 && fstat(0, &about) == 0;
        return as_meant && write(kept[1], "x", 1) == 1 && sleep_forever(report);
      },
      {kept[1]});
  char byte;
  EXPECT_EQ(read(kept[0], &byte, 1), 1);
  close(pair[0]);
  EXPECT_EQ(read(pair[1], &byte, 1), 0);
  for (const int fd : {pair[1], kept[0], kept[1]}) close(fd);
  child->kill();
  end();
}

TEST_F(ForkChildTest, NoTableIsResizedMeanwhile) {
  start(sleep_forever);
  EXPECT_FALSE(db::TableResizing::allowed());
  child->kill();
  end();
  EXPECT_TRUE(db::TableResizing::allowed());
}

TEST_F(ForkChildTest, TheNextMayStartFromTheEndOfOne) {
  int ends = 0;
  const std::function<void(const ChildEnd&)> again = [&](const ChildEnd&) {
    if (++ends == 3) return;
    start_job([](ChildReporter&) { return true; }, {}, again);
  };
  again({});
  turn_until([&] { return ends == 3; });
  EXPECT_EQ(ends, 3);
  EXPECT_EQ(child->forks(), 2u);
}

TEST_F(ForkChildTest, AStoppedChildIsNoEndedOne) {
  start([](ChildReporter&) {
    raise(SIGSTOP);
    return true;
  });
  for (int turn = 0; turn < 5; turn++) server.loop.run_once(20);
  EXPECT_TRUE(child->running());
  const int64_t until = mono_ms() + 10'000;
  while (!ended && mono_ms() < until) {  // it may not have stopped yet
    ::kill(child->pid(), SIGCONT);
    server.loop.run_once(20);
  }
  EXPECT_TRUE(end().succeeded);
}

TEST(ForkChild, IsNotLeftBehind) {
  pid_t pid = 0;
  {
    set_log_file("/dev/null");
    resp::Server server;
    resp::install(server);
    install_fork_child(server);
    auto& child = server.get<ForkChild>();
    ASSERT_TRUE(child
                    .start({.kind = "rdb",
                            .title = "t",
                            .cow_label = "RDB",
                            .run = [](ChildReporter&) -> bool {
                              for (;;) pause();
                            },
                            .ended = [](const ChildEnd&) {}})
                    .ok());
    pid = child.pid();
    set_log_file("");
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

}  // namespace
}  // namespace strata::rdb
