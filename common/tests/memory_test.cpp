#include "common/memory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "common/proc.h"

namespace strata {
namespace {

constexpr size_t kBig = 64 << 20;
constexpr size_t kSlack = 1 << 20;

// malloc directly: the compiler may drop a new/delete pair whose memory nobody looks at.
void* allocate(size_t size) {
  void* p = std::malloc(size);
  std::memset(p, 1, size);
  return p;
}

class MemoryTest : public ::testing::Test {
 protected:
  // Other tests of this program free here what their (unregistered) threads allocated; the ballast keeps the
  // figure from reaching zero, where it stops.
  void SetUp() override {
    register_memory_thread();
    ballast_ = allocate(kBig);
  }
  void TearDown() override { std::free(ballast_); }
  void* ballast_ = nullptr;
};

TEST_F(MemoryTest, FollowsAllocationsAndFrees) {
  const size_t before = used_memory();
  EXPECT_GT(before, 0u);
  void* p = allocate(kBig);
  EXPECT_GE(used_memory(), before + kBig);
  EXPECT_LT(used_memory(), before + kBig + kBig / 4 + kSlack);
  std::free(p);
  EXPECT_LT(used_memory(), before + kSlack);
}

TEST_F(MemoryTest, ABlockMayBeFreedByAnotherThread) {
  const size_t before = used_memory();
  void* p = allocate(kBig);
  std::thread([p] {
    register_memory_thread();
    std::free(p);
  }).join();
  EXPECT_LT(used_memory(), before + kSlack);
}

TEST_F(MemoryTest, WhatAThreadLeavesBehindStaysCounted) {
  const size_t before = used_memory();
  void* p = nullptr;
  std::thread([&p] {
    register_memory_thread();
    register_memory_thread();
    p = allocate(kBig);
  }).join();
  EXPECT_GE(used_memory(), before + kBig);
  EXPECT_LT(used_memory(), before + kBig * 2) << "registering twice must not count twice";
  std::free(p);
  EXPECT_LT(used_memory(), before + kSlack);
}

// Slots are reused, and readers may look at any moment of a thread's life.
TEST_F(MemoryTest, ThreadsComeAndGoWhileOthersRead) {
  const size_t before = used_memory();
  for (int round = 0; round < 50; ++round) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([] {
        register_memory_thread();
        std::free(allocate(100'000));
        EXPECT_GT(used_memory(), 0u);
      });
    }
    EXPECT_GT(used_memory(), 0u);
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_LT(used_memory(), before + kSlack);
  EXPECT_GT(used_memory() + kSlack, before);
}

TEST_F(MemoryTest, MoreThreadsThanSlotsAreSurvived) {
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kMaxMemoryThreads + 20; ++t) threads.emplace_back([] { register_memory_thread(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(used_memory(), 0u);
}

TEST_F(MemoryTest, AdjustmentsAreAdded) {
  int64_t free_in_slabs = 0;
  const size_t before = used_memory();
  for (int i = 0; i < 20; i++) add_adjustment(&free_in_slabs);  // counts once
  EXPECT_EQ(used_memory(), before);
  free_in_slabs = 1 << 30;
  EXPECT_EQ(used_memory(), before + (1 << 30));
  free_in_slabs = -(int64_t{1} << 60);
  EXPECT_EQ(used_memory(), 0u) << "never wraps below zero";
  remove_adjustment(&free_in_slabs);
  EXPECT_GT(used_memory(), 0u);
}

TEST_F(MemoryTest, AForkedChildMayAsk) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(used_memory() > 0 ? 0 : 1);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST_F(MemoryTest, UsableSizeCoversTheRequest) {
  EXPECT_EQ(usable_size(nullptr), 0u);
  for (size_t size : {1, 16, 100, 5000, 3'000'000}) {
    void* p = allocate(size);
    EXPECT_GE(usable_size(p), size);
    EXPECT_LT(usable_size(p), size * 2 + 64);
    std::free(p);
  }
}

TEST_F(MemoryTest, AllocatorStatsAreOrderedAndFresh) {
  const AllocatorStats before = allocator_stats();
  EXPECT_GT(before.allocated, 0u);
  EXPECT_GE(before.active, before.allocated);
  void* p = allocate(kBig);
  EXPECT_GE(allocator_stats().allocated, before.allocated + kBig - kSlack);
  std::free(p);
  EXPECT_FALSE(allocator_name().empty());
  EXPECT_FALSE(allocator_details().empty());
}

#if STRATA_JEMALLOC
TEST_F(MemoryTest, ReleaseUnusedShrinksTheProcess) {
  EXPECT_EQ(allocator_name().find("jemalloc-"), 0u);
  std::vector<void*> blocks;
  for (int i = 0; i < 100'000; ++i) blocks.push_back(allocate(1024));
  const size_t full = resident_bytes();
  for (void* block : blocks) std::free(block);
  release_unused();
  EXPECT_LT(resident_bytes() + (80 << 20), full);
}
#endif

}  // namespace
}  // namespace strata
