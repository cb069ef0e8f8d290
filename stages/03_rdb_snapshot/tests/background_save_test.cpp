#include "03_rdb_snapshot/save/background_save.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/install.h"
#include "03_rdb_snapshot/install.h"
#include "common/log.h"

namespace strata::rdb {
namespace {

namespace fs = std::filesystem;

// A server in a folder of its own, without save points unless a test sets some.
struct BackgroundSaveTest : ::testing::Test {
  BackgroundSaveTest() : home(fs::current_path()) {
    set_log_file("/dev/null");
    char name[] = "/tmp/strata-save-XXXXXX";
    folder = mkdtemp(name);
    fs::current_path(folder);
    resp::install(host.server);
    db::install(host.server);
    rdb::install(host.server);
    save = &host.server.get<BackgroundSave>();
    EXPECT_TRUE(save->points.set({}).ok());
    host.start();
    peer.emplace(host.connect());
  }
  ~BackgroundSaveTest() override {
    peer.reset();
    fs::current_path(home);
    fs::remove_all(folder);
    set_log_file("");
  }

  std::string ask(std::string_view command) { return peer->ask(command); }
  void wait_for_end() {
    for (int64_t end = mono_ms() + 10'000; save->child().running() && mono_ms() < end;) host.server.loop.run_once(100);
    EXPECT_FALSE(save->child().running());
  }
  // The folder vanishes below the server, so that nothing can be written there.
  void lose_folder() {
    fs::create_directory(folder / "gone");
    fs::current_path(folder / "gone");
    fs::remove(folder / "gone");
  }
  size_t files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  fs::path home;
  fs::path folder;
  resp::ConnectedServer host;
  BackgroundSave* save;
  std::optional<resp::TestPeer> peer;
};

TEST_F(BackgroundSaveTest, SaveForgetsAllChanges) {
  EXPECT_EQ(ask("RPUSH list a b c"), ":3\r\n");
  EXPECT_EQ(save->changes(), 3u);
  EXPECT_EQ(ask("SAVE"), "+OK\r\n");
  EXPECT_EQ(save->changes(), 0u);
  EXPECT_EQ(save->count(), 1u);
  EXPECT_TRUE(fs::exists("dump.rdb"));
  EXPECT_EQ(files(), 1u);
}

TEST_F(BackgroundSaveTest, WhatChangesAfterTheForkIsNotSaved) {
  ask("SET a 1");
  ask("SET b 1");
  ask("CONFIG SET rdb-key-save-delay 100000");  // the child is still at it while we look
  ASSERT_TRUE(save->start());
  EXPECT_TRUE(save->in_progress());
  EXPECT_GE(save->current_duration_s(), 0);
  ask("SET c 1");
  EXPECT_EQ(ask("SAVE").substr(0, 4), "-ERR");
  wait_for_end();
  EXPECT_EQ(save->changes(), 1u);
  EXPECT_TRUE(save->last_succeeded());
  EXPECT_EQ(save->current_duration_s(), -1);
  EXPECT_GT(save->last_cow_bytes(), 0u);
  EXPECT_EQ(files(), 1u);
}

TEST_F(BackgroundSaveTest, WritesAreRefusedFromAFailureToTheNextSuccess) {
  ASSERT_TRUE(save->points.set({"3600", "1"}).ok());
  lose_folder();
  EXPECT_EQ(ask("SAVE"), "-ERR\r\n");
  EXPECT_EQ(ask("SET a 1"), "+OK\r\n");  // only a child's failure counts
  EXPECT_EQ(ask("BGSAVE"), "+Background saving started\r\n");
  wait_for_end();
  EXPECT_FALSE(save->last_succeeded());
  EXPECT_EQ(save->changes(), 1u);
  for (const char* refused : {"SET a 2", "DEL nokey", "PING"})
    EXPECT_EQ(ask(refused).substr(0, 8), "-MISCONF") << refused;
  EXPECT_EQ(ask("GET a"), "$1\r\n1\r\n");
  EXPECT_EQ(ask("CONFIG SET stop-writes-on-bgsave-error no"), "+OK\r\n");
  EXPECT_EQ(ask("SET a 2"), "+OK\r\n");
  EXPECT_EQ(ask("CONFIG SET stop-writes-on-bgsave-error yes"), "+OK\r\n");
  EXPECT_EQ(ask("SET a 3").substr(0, 8), "-MISCONF");
  fs::current_path(folder);
  EXPECT_EQ(ask("SAVE"), "+OK\r\n");
  EXPECT_EQ(ask("SET a 3"), "+OK\r\n");
}

TEST_F(BackgroundSaveTest, TransactionsOfReadsAreNotRefused) {
  ASSERT_TRUE(save->points.set({"3600", "1"}).ok());
  auto other = host.connect();
  ask("MULTI");
  ask("GET a");
  other.ask("MULTI");
  other.ask("SET a 1");
  lose_folder();
  ASSERT_TRUE(save->start());
  wait_for_end();
  EXPECT_EQ(ask("EXEC"), "*1\r\n$-1\r\n");
  EXPECT_EQ(other.ask("EXEC").substr(0, 60), "-EXECABORT Transaction discarded because of: MISCONF Redis i");
}

TEST_F(BackgroundSaveTest, AfterAFailureTheNextTryWaits) {
  ASSERT_TRUE(save->points.set({"1", "0"}).ok());
  lose_folder();
  ASSERT_TRUE(save->start());
  wait_for_end();
  save->schedule();
  save->periodic();
  EXPECT_FALSE(save->in_progress());
}

TEST_F(BackgroundSaveTest, ACancelledSnapshotReplacesNothingAndIsNoFailure) {
  ask("SET a 1");
  ASSERT_EQ(ask("SAVE"), "+OK\r\n");
  const auto written = fs::last_write_time("dump.rdb");
  ask("CONFIG SET rdb-key-save-delay 10000000");
  ASSERT_TRUE(save->start());
  save->cancel();
  wait_for_end();
  EXPECT_TRUE(save->last_succeeded());
  EXPECT_EQ(fs::last_write_time("dump.rdb"), written);
  EXPECT_EQ(files(), 1u);
}

TEST_F(BackgroundSaveTest, AChildThatIsKilledLeavesNoFileAndIsAFailure) {
  ask("SET a 1");
  ask("CONFIG SET rdb-key-save-delay 10000000");
  ASSERT_TRUE(save->start());
  const int64_t until = mono_ms() + 10'000;
  while (files() == 0 && mono_ms() < until) usleep(1000);
  EXPECT_EQ(files(), 1u);
  ::kill(save->child().pid(), SIGKILL);
  wait_for_end();
  EXPECT_FALSE(save->last_succeeded());
  EXPECT_EQ(files(), 0u);
}

TEST_F(BackgroundSaveTest, WaitsForAnotherChildWhenAskedTo) {
  const Status started = save->child().start({.kind = "aof",
                                              .title = "redis-aof-rewrite",
                                              .cow_label = "AOF rewrite",
                                              .run = [](ChildReporter&) -> bool {
                                                for (;;) pause();
                                              },
                                              .ended = [](const ChildEnd&) {}});
  ASSERT_TRUE(started.ok());
  EXPECT_FALSE(save->in_progress());
  EXPECT_EQ(ask("BGSAVE").substr(0, 40), "-ERR Another child process is active (AO");
  EXPECT_EQ(ask("BGSAVE SCHEDULE"), "+Background saving scheduled\r\n");
  EXPECT_EQ(ask("SAVE"), "+OK\r\n");
  save->periodic();
  EXPECT_FALSE(save->in_progress());
  save->child().kill();
  wait_for_end();
  save->periodic();
  EXPECT_TRUE(save->in_progress());
  wait_for_end();
  save->periodic();
  EXPECT_FALSE(save->in_progress());  // once
}

TEST_F(BackgroundSaveTest, FlushallSavesThatNothingIsLeft) {
  ASSERT_TRUE(save->points.set({"3600", "1"}).ok());
  ask("SET a 1");
  ASSERT_EQ(ask("SAVE"), "+OK\r\n");
  const auto size = fs::file_size("dump.rdb");
  ask("CONFIG SET rdb-key-save-delay 10000000");
  ASSERT_TRUE(save->start());
  EXPECT_EQ(ask("FLUSHALL"), "+OK\r\n");
  wait_for_end();
  EXPECT_LT(fs::file_size("dump.rdb"), size);
  EXPECT_EQ(save->changes(), 0u);
  EXPECT_TRUE(save->last_succeeded());
}

}  // namespace
}  // namespace strata::rdb
