// What is in the file when replies leave, and what becomes of a write that fails.
#include "04_aof/log/append_log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "03_rdb_snapshot/child/fork_child.h"
#include "03_rdb_snapshot/tests/whole_server.h"
#include "04_aof/tests/log_samples.h"
#include "04_aof/tests/test_disk.h"
#include "common/log.h"

namespace strata::aof {
namespace {

using Urgency = AppendLog::Urgency;

// No file of this process may grow beyond so many bytes, as on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    struct rlimit now = before_;
    now.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &now);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  struct rlimit before_ {};
  sighandler_t handler_;
};

struct AppendLogTest : ::testing::Test {
  AppendLogTest() { set_log_file("/dev/null"); }
  ~AppendLogTest() override {
    TestDisk::get().fail_with(0);
    set_log_file("");
  }

  void open(SyncPolicy policy, const char* name = "log") {
    log.options.policy = policy;
    log.open(*open_file(folder / name, O_WRONLY | O_CREAT | O_APPEND), 0);
    syncs = TestDisk::get().syncs();
  }
  void pass(int64_t ms) {
    for (const int64_t end = mono_ms() + ms; mono_ms() < end;) {
      ::usleep(10'000);
      host.server.loop.refresh_clock();
      log.periodic();
    }
  }
  int new_syncs() {
    thread.wait();
    return TestDisk::get().syncs() - syncs;
  }
  std::string content() const { return folder.read("log"); }

  TestFolder folder;
  rdb::WholeServer host;
  SyncThread thread;
  AppendLog log{host.server, thread};
  int syncs = 0;
};

TEST_F(AppendLogTest, GathersNothingWithoutAFile) {
  log.append("abc");
  log.write_out();
  EXPECT_EQ(log.buffered(), 0u);
  EXPECT_FALSE(log.is_open());
  EXPECT_TRUE(log.close().ok());
}

TEST_F(AppendLogTest, OneWriteForAllThatWasGathered) {
  open(SyncPolicy::kNo);
  size_t writes = 0;
  log.on_written([&](size_t bytes) { writes += bytes == 6 ? 1 : 100; });
  log.append("abc");
  log.append("def");
  EXPECT_EQ(log.buffered(), 6u);
  EXPECT_EQ(content(), "");
  log.write_out();
  EXPECT_EQ(content(), "abcdef");
  EXPECT_EQ(log.file_bytes(), 6u);
  EXPECT_EQ(log.buffered(), 0u);
  EXPECT_EQ(writes, 1u);
}

TEST_F(AppendLogTest, AlwaysIsOnTheDiskWhenWriteOutReturns) {
  open(SyncPolicy::kAlways);
  for (int turn = 1; turn <= 3; turn++) {
    log.append("abc");
    log.append("def");
    log.write_out();
    EXPECT_EQ(TestDisk::get().syncs() - syncs, turn) << "one sync for all of a turn";
  }
  log.write_out();
  EXPECT_EQ(new_syncs(), 3) << "nothing new, nothing to sync";
}

TEST_F(AppendLogTest, NoNeverSyncs) {
  open(SyncPolicy::kNo);
  log.append("abc");
  log.write_out();
  pass(1100);
  EXPECT_EQ(new_syncs(), 0);
}

TEST_F(AppendLogTest, EverySecondSyncsWithoutBeingAsked) {
  open(SyncPolicy::kEverySecond);
  log.append("abc");
  log.write_out();
  EXPECT_EQ(content(), "abc");
  EXPECT_EQ(new_syncs(), 0) << "not within the second";
  pass(1100);
  EXPECT_EQ(new_syncs(), 1);
  pass(1100);
  EXPECT_EQ(new_syncs(), 1) << "all is on the disk already";
}

TEST_F(AppendLogTest, AWriteWaitsForABusyDiskForTwoSecondsOnly) {
  open(SyncPolicy::kEverySecond);
  const UniqueFd other = *open_file(folder / "other", O_WRONLY | O_CREAT);
  const TestDisk::Busy busy;
  thread.sync(other.get());
  host.server.loop.refresh_clock();
  log.append("abc");
  log.write_out();
  EXPECT_EQ(content(), "") << "it would wait for the disk";
  pass(1000);
  EXPECT_EQ(content(), "");
  EXPECT_EQ(log.delayed_syncs(), 0u);
  pass(1300);
  EXPECT_EQ(content(), "abc");
  EXPECT_EQ(log.delayed_syncs(), 1u);
}

TEST_F(AppendLogTest, WhatWasPutOffIsWrittenWhenTheDiskIsFree) {
  open(SyncPolicy::kEverySecond);
  {
    const TestDisk::Busy busy;
    const UniqueFd other = *open_file(folder / "other", O_WRONLY | O_CREAT);
    thread.sync(other.get());
    log.append("abc");
    log.write_out();
    EXPECT_EQ(content(), "");
    log.append("def");
    log.write_out(Urgency::kNow);
    EXPECT_EQ(content(), "abcdef") << "now is now";
    log.append("ghi");
    log.write_out();
  }
  thread.wait();
  log.periodic();
  EXPECT_EQ(content(), "abcdefghi");
  EXPECT_EQ(log.delayed_syncs(), 0u);
}

TEST_F(AppendLogTest, NobodySyncsDuringAChildIfSoAsked) {
  open(SyncPolicy::kAlways);
  log.options.no_sync_during_child = true;
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  auto& child = host.server.get<rdb::ForkChild>();
  ASSERT_TRUE(child
                  .start({.kind = "test",
                          .title = "test",
                          .cow_label = "test",
                          .keys = 0,
                          .run =
                              [&](rdb::ChildReporter&) {
                                char byte = 0;
                                writer.reset();
                                return ::read(reader.get(), &byte, 1) == 0;
                              },
                          .ended = [](const rdb::ChildEnd&) {}})
                  .ok());
  log.append("abc");
  log.write_out();
  EXPECT_EQ(content(), "abc");
  EXPECT_EQ(new_syncs(), 0);
  writer.reset();
  for (const int64_t end = mono_ms() + 10'000; child.running() && mono_ms() < end;) host.server.loop.run_once(100);
  log.write_out();
  EXPECT_EQ(new_syncs(), 1);
}

TEST_F(AppendLogTest, ATimestampASecond) {
  open(SyncPolicy::kNo);
  log.options.timestamps = true;
  for (int unit = 0; unit < 3; unit++) {
    log.begin_unit();
    log.append(log_of({"SET a 1"}));
  }
  log.write_out();
  const std::string text = content();
  EXPECT_TRUE(text.starts_with("#TS:")) << text;
  EXPECT_LE(std::count(text.begin(), text.end(), '#'), 2);
  EXPECT_TRUE(text.ends_with(log_of({"SET a 1"})));
}

TEST_F(AppendLogTest, AShortWriteIsCutBackAndMadeUpForLater) {
  open(SyncPolicy::kEverySecond);
  int told = 0;
  log.on_failure([&] { told++; });
  log.append("0123456789");
  log.write_out();
  {
    const FullDisk full(15);
    log.append("abcdefghij");
    log.write_out();
    EXPECT_EQ(content(), "0123456789") << "no half of a command";
    EXPECT_TRUE(log.failing());
    EXPECT_EQ(log.error_number(), EFBIG);
    EXPECT_EQ(log.buffered(), 10u);
    log.append("klm");
    log.write_out();
    EXPECT_EQ(content(), "0123456789");
  }
  EXPECT_GT(told, 0);
  log.periodic();
  EXPECT_EQ(content(), "0123456789abcdefghijklm");
  EXPECT_EQ(log.file_bytes(), 23u);
  EXPECT_FALSE(log.failing());
}

// Where the file cannot be cut back, a pipe here, what is in it stays, and the rest follows.
TEST_F(AppendLogTest, WhatCannotBeCutBackIsNotWrittenTwice) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
  const UniqueFd reader(ends[0]);
  const auto room = static_cast<size_t>(::fcntl(ends[1], F_SETPIPE_SZ, 4096));
  log.options.policy = SyncPolicy::kNo;
  log.open(UniqueFd(ends[1]), 0);
  const std::string most(room, 'a');
  log.append(most + "behind");
  log.write_out();
  EXPECT_TRUE(log.failing());
  EXPECT_EQ(log.buffered(), 6u);
  EXPECT_EQ(log.file_bytes(), room);
  std::string got(room + 100, '\0');
  EXPECT_EQ(::read(reader.get(), got.data(), got.size()), static_cast<ssize_t>(room));
  log.periodic();
  EXPECT_FALSE(log.failing());
  EXPECT_EQ(::read(reader.get(), got.data(), got.size()), 6);
  EXPECT_EQ(got.substr(0, 6), "behind");
}

TEST_F(AppendLogTest, AFailedSyncIsAFailureUntilOneSucceeds) {
  open(SyncPolicy::kEverySecond);
  TestDisk::get().fail_with(EIO);
  log.append("abc");
  log.write_out();
  pass(1100);
  thread.wait();
  EXPECT_EQ(log.error_number(), EIO);
  TestDisk::get().fail_with(0);
  pass(1200);
  thread.wait();
  EXPECT_FALSE(log.failing());
}

using AppendLogDeathTest = AppendLogTest;

TEST_F(AppendLogDeathTest, AlwaysEndsRatherThanBreakItsPromise) {
  GTEST_FLAG_SET(death_test_style, "fast");
  log.options.policy = SyncPolicy::kAlways;
  log.open(*open_file("/dev/full", O_WRONLY), 0);
  log.append("abc");
  EXPECT_EXIT(log.write_out(), ::testing::ExitedWithCode(1), "");
  log.abandon();
  open(SyncPolicy::kAlways);
  log.append("abc");
  TestDisk::get().fail_with(EIO);
  EXPECT_EXIT(log.write_out(), ::testing::ExitedWithCode(1), "");
}

TEST_F(AppendLogTest, ANewFileBeginsWithWhatComesNext) {
  open(SyncPolicy::kNo);
  log.append("abc");
  log.write_out();
  open(SyncPolicy::kNo, "next");
  log.append("def");
  log.write_out();
  EXPECT_EQ(content(), "abc");
  EXPECT_EQ(folder.read("next"), "def");
  EXPECT_EQ(log.file_bytes(), 3u);
  EXPECT_EQ(new_syncs(), 1) << "the file before";
}

TEST_F(AppendLogTest, ClosingWritesAndSyncsAbandoningDropsEverything) {
  open(SyncPolicy::kNo);
  log.append("abc");
  EXPECT_TRUE(log.close().ok());
  EXPECT_EQ(content(), "abc");
  EXPECT_EQ(new_syncs(), 1);
  open(SyncPolicy::kNo, "next");
  log.append("def");
  log.abandon();
  EXPECT_EQ(folder.read("next"), "");
  EXPECT_EQ(log.buffered(), 0u);
  EXPECT_FALSE(log.is_open());
}

TEST_F(AppendLogTest, ClosingTellsWhatCouldNotBeWritten) {
  open(SyncPolicy::kEverySecond);
  log.append("abcdef");
  const FullDisk full(3);
  EXPECT_EQ(log.close().message(), "6 bytes not written: File too large");
  EXPECT_EQ(content(), "");
  EXPECT_FALSE(log.failing()) << "there is no log any more";
}

}  // namespace
}  // namespace strata::aof
