// The thread does its jobs in order, tells how they went, and finishes them all.
#include "04_aof/log/sync_thread.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "04_aof/tests/log_samples.h"
#include "04_aof/tests/test_disk.h"

// In the place of the C library's, for the whole program.
extern "C" int fdatasync(int fd) { return strata::aof::TestDisk::get().sync(fd); }

namespace strata::aof {

TestDisk& TestDisk::get() {
  static TestDisk disk;
  return disk;
}

int TestDisk::sync(int fd) {
  std::unique_lock lock(mutex_);
  free_.wait(lock, [this] { return !busy_; });
  syncs_++;
  errno = error_;
  return error_ == 0 ? static_cast<int>(::syscall(SYS_fdatasync, fd)) : -1;
}

namespace {

struct SyncThreadTest : ::testing::Test {
  ~SyncThreadTest() override { TestDisk::get().fail_with(0); }
  UniqueFd file() { return *open_file(folder / "file", O_RDWR | O_CREAT); }

  TestFolder folder;
  int syncs = TestDisk::get().syncs();
  int new_syncs() const { return TestDisk::get().syncs() - syncs; }
};

TEST_F(SyncThreadTest, SyncsWhileTheCallerGoesOn) {
  SyncThread thread;
  UniqueFd fd = file();
  {
    const TestDisk::Busy busy;
    EXPECT_TRUE(thread.sync(fd.get()));
    EXPECT_TRUE(thread.sync(fd.get()));
    EXPECT_EQ(thread.pending_syncs(), 2u);
    fd.reset();  // it has a duplicate
  }
  thread.wait();
  EXPECT_EQ(thread.pending_syncs(), 0u);
  EXPECT_EQ(thread.last_error(), 0);
  EXPECT_EQ(new_syncs(), 2);
}

TEST_F(SyncThreadTest, TellsAnErrorUntilASyncSucceeds) {
  SyncThread thread;
  const UniqueFd fd = file();
  TestDisk::get().fail_with(EIO);
  thread.sync(fd.get());
  thread.wait();
  EXPECT_EQ(thread.last_error(), EIO);
  EXPECT_EQ(thread.pending_syncs(), 0u);
  TestDisk::get().fail_with(0);
  thread.sync(fd.get());
  thread.wait();
  EXPECT_EQ(thread.last_error(), 0);
}

// The file before: its end is no news about the present one.
TEST_F(SyncThreadTest, ClosingIsNoSync) {
  SyncThread thread;
  TestDisk::get().fail_with(EIO);
  {
    const TestDisk::Busy busy;
    thread.close(file(), true);
    EXPECT_EQ(thread.pending_syncs(), 0u);
  }
  thread.wait();
  EXPECT_EQ(new_syncs(), 1);
  EXPECT_EQ(thread.last_error(), 0);
  thread.close(file(), false);
  thread.wait();
  EXPECT_EQ(new_syncs(), 1);
}

TEST_F(SyncThreadTest, ClosesWhatItWasGiven) {
  SyncThread thread;
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  thread.close(UniqueFd(ends[1]), false);
  char byte = 0;
  EXPECT_EQ(::read(reader.get(), &byte, 1), 0);  // comes to an end when the other end is closed
}

TEST_F(SyncThreadTest, WhatCannotBeSyncedHasNothingToLose) {
  SyncThread thread;
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  thread.sync(writer.get());
  thread.wait();
  EXPECT_EQ(thread.last_error(), 0);
}

TEST_F(SyncThreadTest, NoDescriptorIsLeftForTheDuplicate) {
  SyncThread thread;
  EXPECT_FALSE(thread.sync(-1));
  EXPECT_EQ(thread.pending_syncs(), 0u);
}

TEST_F(SyncThreadTest, FinishesItsJobsBeforeItEnds) {
  const UniqueFd fd = file();
  {
    SyncThread thread;
    const TestDisk::Busy busy;
    for (int i = 0; i < 10; i++) thread.sync(fd.get());
  }
  EXPECT_EQ(new_syncs(), 10);
}

}  // namespace
}  // namespace strata::aof
