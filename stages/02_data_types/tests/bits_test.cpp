// Counting, finding and fields of bits against the plainest way of doing the same.
#include <gtest/gtest.h>

#include <string>

#include "02_data_types/bits/bit_field.h"
#include "02_data_types/bits/bit_range.h"
#include "common/random.h"

namespace strata::db {
namespace {

bool bit_at(const std::string& bytes, uint64_t at) {
  return at / 8 < bytes.size() && (static_cast<uint8_t>(bytes[at / 8]) >> (7 - at % 8) & 1) != 0;
}

// Random bytes with long runs of equal ones, so that a search has something to skip.
std::string random_bytes_of(Random& random, size_t size) {
  std::string bytes(size, random.below(2) == 0 ? '\0' : '\xff');
  for (size_t i = random.below(4); i > 0 && size > 0; i--) bytes[random.below(size)] = static_cast<char>(random.next());
  return bytes;
}

TEST(BitRangeTest, CountsAndFindsLikeALoopOverBits) {
  Random random(1);
  for (int round = 0; round < 4000; round++) {
    std::string bytes = random_bytes_of(random, 1 + random.below(round % 10 == 0 ? 600 : 40));
    auto bits = static_cast<int64_t>(bytes.size() * 8);
    auto first = static_cast<int64_t>(random.below(static_cast<uint64_t>(bits)));
    BitRange range{first, first + static_cast<int64_t>(random.below(static_cast<uint64_t>(bits - first)))};
    uint64_t ones = 0;
    int64_t found[2] = {-1, -1};
    for (int64_t at = range.first; at <= range.last; at++) {
      bool bit = bit_at(bytes, static_cast<uint64_t>(at));
      ones += bit ? 1 : 0;
      if (found[bit] < 0) found[bit] = at;
    }
    ASSERT_EQ(count_bits(bytes, range), ones) << range.first << ".." << range.last << " of " << bytes.size();
    ASSERT_EQ(find_bit(bytes, false, range), found[0]) << range.first << ".." << range.last;
    ASSERT_EQ(find_bit(bytes, true, range), found[1]) << range.first << ".." << range.last;
  }
}

TEST(BitRangeTest, CountsBytesThatAreAllOnes) {
  for (size_t size : {1u, 7u, 8u, 223u, 224u, 225u, 10000u}) {
    EXPECT_EQ(count_bits(std::string(size, '\xff'), {0, static_cast<int64_t>(size * 8 - 1)}), size * 8);
  }
}

TEST(BitRangeTest, ClipsWhatIsOutsideAndCountsNegativeEndsFromTheEnd) {
  auto expect = [](BitRange range, int64_t first, int64_t last) {
    EXPECT_EQ(range.first, first);
    EXPECT_EQ(range.last, last);
  };
  expect(clip_bits(0, -1, false, 3), 0, 23);
  expect(clip_bits(-1, -1, false, 3), 16, 23);
  expect(clip_bits(-2, 100, true, 3), 22, 23);
  expect(clip_bits(INT64_MIN, INT64_MAX, true, 3), 0, 23);
  EXPECT_TRUE(clip_bits(2, 1, false, 3).empty());
  EXPECT_TRUE(clip_bits(3, 5, false, 3).empty());
  EXPECT_TRUE(clip_bits(0, -1, false, 0).empty());
  EXPECT_EQ(find_bit("abc", true, {}), -1);
  EXPECT_EQ(count_bits("abc", {}), 0u);
}

TEST(BitFieldTest, StoresAndLoadsEveryTypeAtEveryOffsetAndTouchesNothingElse) {
  Random random(2);
  for (unsigned width = 1; width <= 64; width++) {
    for (bool is_signed : {true, false}) {
      if (!is_signed && width == 64) continue;
      FieldType type{is_signed, width};
      for (uint64_t offset = 0; offset < 20; offset++) {
        std::string bytes(12, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random.next());
        std::string before = bytes;
        auto value = *fit_field(type, static_cast<int64_t>(random.next()), Overflow::kWrap);
        store_field(bytes.data(), offset, type, value);
        ASSERT_EQ(load_field(bytes, offset, type), value) << width << " at " << offset;
        for (uint64_t at = 0; at < bytes.size() * 8; at++) {
          bool inside = at >= offset && at < offset + width;
          bool expected =
              inside ? (static_cast<uint64_t>(value) >> (offset + width - 1 - at) & 1) != 0 : bit_at(before, at);
          ASSERT_EQ(bit_at(bytes, at), expected) << "bit " << at << " of a field of " << width << " at " << offset;
        }
      }
    }
  }
}

TEST(BitFieldTest, BitsBehindTheEndAreZero) {
  EXPECT_EQ(load_field("\xff", 4, {false, 8}), 0xf0);
  EXPECT_EQ(load_field("\xff", 8, {true, 64}), 0);
  EXPECT_EQ(load_field("", 0, {true, 5}), 0);
  EXPECT_EQ(load_field("\xff", 1ull << 32, {false, 63}), 0);
}

TEST(BitFieldTest, WhatDoesNotFitWrapsSaturatesOrFails) {
  struct Case {
    FieldType type;
    int128 exact;
    int64_t wrapped;
    int64_t saturated;
  };
  const int128 kTwo64 = int128{1} << 64;
  for (auto [type, exact, wrapped, saturated] : {
           Case{{false, 8}, 256, 0, 255},
           Case{{false, 8}, -1, 255, 0},
           Case{{true, 8}, 128, -128, 127},
           Case{{true, 8}, -129, 127, -128},
           Case{{true, 1}, 1, -1, 0},
           Case{{false, 63}, kTwo64 - 1, INT64_MAX, INT64_MAX},
           Case{{true, 64}, int128{INT64_MAX} + 1, INT64_MIN, INT64_MAX},
           Case{{true, 64}, int128{INT64_MIN} - 1, INT64_MAX, INT64_MIN},
       }) {
    EXPECT_EQ(fit_field(type, exact, Overflow::kWrap), wrapped) << type.width;
    EXPECT_EQ(fit_field(type, exact, Overflow::kSaturate), saturated) << type.width;
    EXPECT_EQ(fit_field(type, exact, Overflow::kFail), std::nullopt) << type.width;
  }
  for (Overflow overflow : {Overflow::kWrap, Overflow::kSaturate, Overflow::kFail}) {
    EXPECT_EQ(fit_field({true, 8}, -128, overflow), -128);
    EXPECT_EQ(fit_field({false, 1}, 1, overflow), 1);
  }
}

TEST(BitFieldTest, TypesAreALetterAndAWidth) {
  FieldType type;
  EXPECT_TRUE(parse_field_type("i64", &type) && type.is_signed && type.width == 64);
  EXPECT_TRUE(parse_field_type("u63", &type) && !type.is_signed && type.width == 63);
  for (const char* text : {"", "u", "u0", "u64", "i65", "i-1", "U8", "x8", "8", "u08", "u+8", "u8 "}) {
    EXPECT_FALSE(parse_field_type(text, &type)) << text;
  }
}

}  // namespace
}  // namespace strata::db
