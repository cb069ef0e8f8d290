// The promises of db/slab.h: blocks do not overlap, pages are given back, the accounting is exact.
#include "01_resp_server/db/slab.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <thread>
#include <vector>

#include "common/random.h"

namespace strata::db {
namespace {

struct Block {
  unsigned char* bytes;
  size_t size;
  unsigned char mark;
};

int64_t idle_bytes() { return -*SlabAllocator::used_memory_adjustment(); }

TEST(Slab, BlocksKeepTheirBytesUnderRandomTraffic) {
  SlabAllocator slab;
  Random random;
  std::vector<Block> blocks;
  for (int step = 0; step < 300000; step++) {
    bool allocate = blocks.empty() || random.below(100) < ((step / 50000) % 2 == 0 ? 65u : 35u);
    if (allocate) {
      size_t size = 1 + random.below(300);
      auto mark = static_cast<unsigned char>(random.next());
      auto* bytes = static_cast<unsigned char*>(slab.allocate(size));
      std::memset(bytes, mark, size);
      blocks.push_back({bytes, size, mark});
    } else {
      size_t at = random.below(blocks.size());
      Block block = blocks[at];
      for (size_t i = 0; i < block.size; i++) ASSERT_EQ(block.bytes[i], block.mark);
      slab.free(block.bytes, block.size);
      blocks[at] = blocks.back();
      blocks.pop_back();
    }
  }
  for (Block& block : blocks) slab.free(block.bytes, block.size);
}

TEST(Slab, EmptyPagesGoBack) {
  SlabAllocator slab;
  int64_t before = idle_bytes();
  std::vector<void*> blocks;
  for (int i = 0; i < 100000; i++) blocks.push_back(slab.allocate(40));
  for (void* block : blocks) slab.free(block, 40);
  EXPECT_LE(idle_bytes() - before, static_cast<int64_t>(SlabAllocator::kPageBytes)) << "one page may stay";
}

TEST(Slab, IdleBytesAreWhatNoBlockUses) {
  int64_t before = idle_bytes();
  SlabAllocator slab;
  void* block = slab.allocate(100);
  EXPECT_EQ(idle_bytes() - before, static_cast<int64_t>(SlabAllocator::kPageBytes) - 100);
  slab.free(block, 100);
  EXPECT_EQ(idle_bytes() - before, static_cast<int64_t>(SlabAllocator::kPageBytes));
  slab.release_all();
  EXPECT_EQ(idle_bytes(), before);
}

TEST(Slab, SizesOfEightAreAlignedToEightAndLinesToLines) {
  SlabAllocator slab;
  for (size_t size = 8; size <= SlabAllocator::kLargest; size += 8) {
    for (int i = 0; i < 10; i++)
      EXPECT_EQ(reinterpret_cast<uintptr_t>(slab.allocate(size)) % (size % 64 == 0 ? 64 : 8), 0u) << size;
  }
}

TEST(Slab, LargeBlocksAreCounted) {
  SlabAllocator slab;
  void* block = slab.allocate(SlabAllocator::kLargest + 1);
  EXPECT_EQ(slab.large_blocks(), 1u);
  slab.free(block, SlabAllocator::kLargest + 1);
  EXPECT_EQ(slab.large_blocks(), 0u);
}

TEST(Slab, BlocksThatAThreadHasDoneWithComeBackPageByPage) {
  SlabAllocator slab;
  int64_t before = idle_bytes();
  std::vector<void*> blocks;
  for (int i = 0; i < 20000; i++) blocks.push_back(slab.allocate(40));
  void* large = slab.allocate(1000);
  SlabAllocator::DeadBlocks dead;
  std::thread([&] {
    for (void* block : blocks) dead.add(block, 40);
    dead.add(large, 1000);
  }).join();
  EXPECT_FALSE(slab.take_back(dead, 3));
  EXPECT_TRUE(slab.take_back(dead, 1000));
  EXPECT_TRUE(dead.empty());
  EXPECT_EQ(slab.large_blocks(), 0u);
  EXPECT_LE(idle_bytes() - before, static_cast<int64_t>(SlabAllocator::kPageBytes));  // one empty page is kept
  for (int i = 0; i < 20000; i++) slab.allocate(40);                                  // the lists are whole
  slab.release_all();
  EXPECT_EQ(idle_bytes(), before);
}

TEST(Slab, ASettledAllocatorMayEndOnAnotherThread) {
  int64_t before = idle_bytes();
  auto slab = std::make_unique<SlabAllocator>();
  for (int i = 0; i < 5000; i++) slab->allocate(100);
  slab->settle();
  EXPECT_EQ(idle_bytes(), before);
  std::thread([&] { slab.reset(); }).join();
  EXPECT_EQ(idle_bytes(), before);
}

}  // namespace
}  // namespace strata::db
