// The layout of db/entry.h: every combination of key length, expiry and value reads back what was put in.
#include "01_resp_server/db/entry.h"

#include <gtest/gtest.h>

#include <climits>
#include <string>

namespace strata::db {
namespace {

TEST(Entry, ReadsBackEveryCombination) {
  SlabAllocator slab;
  for (size_t key_length : {0, 1, 16, 254, 255, 256, 70000}) {
    for (int64_t expiry : {int64_t{-1}, int64_t{0}, int64_t{1700000000123}}) {
      std::string key(key_length, 'k');
      Entry::Shape shape;
      shape.key = key;
      shape.expiry_ms = expiry;
      shape.clock = 0xabcdef;
      std::string value(100, 'v');
      shape.bytes = value;
      Entry* entry = Entry::create(slab, shape);
      EXPECT_EQ(entry->key(), key);
      EXPECT_EQ(entry->expiry_ms(), expiry);
      EXPECT_EQ(entry->has_expiry(), expiry >= 0);
      EXPECT_EQ(entry->clock(), 0xabcdefu);
      EXPECT_EQ(entry->embedded(), value);
      EXPECT_EQ(entry->block_bytes(), Entry::block_bytes_for(shape));
      entry->set_clock(5);
      EXPECT_EQ(entry->clock(), 5u);
      EXPECT_EQ(entry->layout(), Layout::kEmbedded);
      EXPECT_EQ(entry->type(), ValueType::kString);
      EXPECT_EQ(entry->has_expiry(), expiry >= 0);
      entry->destroy(slab);
    }
  }
}

TEST(Entry, NumbersKeepTheirValueInTheSmallestLayout) {
  SlabAllocator slab;
  for (int bits = 0; bits < 64; bits++) {
    for (int64_t delta : {-1, 0, 1}) {
      for (int64_t sign : {1, -1}) {
        auto magnitude = static_cast<int64_t>((uint64_t{1} << bits) + static_cast<uint64_t>(delta));
        int64_t number = sign > 0 || magnitude == LLONG_MIN ? magnitude : -magnitude;
        Entry::Shape shape;
        shape.key = "counter";
        shape.layout = Entry::layout_for(number);
        shape.number = number;
        Entry* entry = Entry::create(slab, shape);
        EXPECT_EQ(entry->number(), number) << bits;
        entry->set_number(number);
        EXPECT_EQ(entry->number(), number);
        entry->destroy(slab);
      }
    }
  }
}

TEST(Entry, TakesTheBytesThatTheHeaderPromises) {
  Entry::Shape shape;
  shape.key = "key:000000000001";
  shape.bytes = "val:000000000001";
  EXPECT_EQ(Entry::block_bytes_for(shape), 38u);
  shape.expiry_ms = 1700000000123;
  EXPECT_EQ(Entry::block_bytes_for(shape), 46u);
  shape.expiry_ms = -1;
  shape.number = 1000000;
  shape.layout = Entry::layout_for(shape.number);
  EXPECT_EQ(Entry::block_bytes_for(shape), 24u);
}

}  // namespace
}  // namespace strata::db
