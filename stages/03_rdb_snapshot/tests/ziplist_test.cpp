#include "03_rdb_snapshot/legacy/ziplist.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/random.h"

namespace strata::rdb {
namespace {

using Bytes = std::vector<uint8_t>;
using Texts = std::vector<std::string>;

Texts texts_of(const Ziplist& list) {
  Texts texts;
  list.each([&](const db::Element& element) {
    db::Element::Digits digits;
    texts.emplace_back(element.as_text(digits));
  });
  return texts;
}

void put_u32(Bytes& bytes, size_t at, size_t value) {
  for (size_t i = 0; i < 4; i++) bytes[at + i] = static_cast<uint8_t>(value >> (8 * i));
}

// A ziplist around encoded entries, each with a byte (or more) of its own for the one before.
Bytes around(const std::vector<Bytes>& entries) {
  Bytes bytes(10);
  size_t last = 10;
  for (const Bytes& entry : entries) {
    last = bytes.size();
    bytes.insert(bytes.end(), entry.begin(), entry.end());
  }
  bytes.push_back(0xff);
  put_u32(bytes, 0, bytes.size());
  put_u32(bytes, 4, last);
  bytes[8] = static_cast<uint8_t>(entries.size());
  bytes[9] = static_cast<uint8_t>(entries.size() >> 8);
  return bytes;
}

Bytes text_of_300() {
  Bytes entry = {0x04, 0x41, 0x2c};
  entry.insert(entry.end(), 300, 'y');
  return entry;
}

// Numbers of each width, and an entry so long that the one after it needs five bytes to say so.
Bytes all_kinds() {
  return around({{0x00, 0x01, '2'},
                 {0x03, 0xf6},
                 {0x02, 0xfe, 0xff},
                 {0x03, 0xc0, 0xe8, 0x03},
                 {0x04, 0xf0, 0x70, 0x11, 0x01},
                 {0x05, 0xd0, 0x00, 0xe1, 0xf5, 0x05},
                 {0x06, 0xe0, 0x00, 0x5e, 0xd0, 0xb2, 0x00, 0x00, 0x00, 0x00},
                 {0x0a, 0x02, 'h', 'i'},
                 text_of_300(),
                 {0xfe, 0x2f, 0x01, 0x00, 0x00, 0x03, 'e', 'n', 'd'}});
}

TEST(Ziplist, ReadsEachKindOfEntry) {
  Bytes bytes = all_kinds();
  ASSERT_EQ(bytes.size(), 360u);
  ASSERT_TRUE(Ziplist::validate(bytes));
  Ziplist list(bytes);
  EXPECT_EQ(list.count(), 10u);
  EXPECT_EQ(texts_of(list),
            Texts({"2", "5", "-1", "1000", "70000", "100000000", "3000000000", "hi", std::string(300, 'y'), "end"}));
}

TEST(Ziplist, ReadsTheLimitsOfEachNumber) {
  Bytes bytes = around({{0, 0xf1},
                        {2, 0xfd},
                        {2, 0xfe, 0x80},
                        {3, 0xc0, 0x00, 0x80},
                        {4, 0xf0, 0x00, 0x00, 0x80},
                        {5, 0xd0, 0x00, 0x00, 0x00, 0x80},
                        {6, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x80},
                        {10, 0xe0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}});
  ASSERT_TRUE(Ziplist::validate(bytes));
  EXPECT_EQ(texts_of(Ziplist(bytes)), Texts({"0", "12", "-128", "-32768", "-8388608", "-2147483648",
                                             "-9223372036854775808", "9223372036854775807"}));
}

TEST(Ziplist, ReadsFormsThatNoWriterNeedsToUse) {
  // A short length in five bytes, with stray low bits in its first; a short predecessor in five bytes; an empty string.
  Bytes bytes = around({{0x00, 0xbf, 0, 0, 0, 2, 'a', 'b'}, {0xfe, 8, 0, 0, 0, 0x40, 1, 'c'}, {8, 0x00}});
  ASSERT_TRUE(Ziplist::validate(bytes));
  EXPECT_EQ(texts_of(Ziplist(bytes)), Texts({"ab", "c", ""}));
}

TEST(Ziplist, MayBeEmpty) {
  Bytes bytes = around({});
  ASSERT_TRUE(Ziplist::validate(bytes));
  EXPECT_EQ(Ziplist(bytes).count(), 0u);
  EXPECT_TRUE(texts_of(Ziplist(bytes)).empty());
}

TEST(Ziplist, CountsByWalkingWhenTheHeaderDoesNotKnow) {
  Bytes bytes = all_kinds();
  bytes[8] = bytes[9] = 0xff;
  ASSERT_TRUE(Ziplist::validate(bytes));
  EXPECT_EQ(Ziplist(bytes).count(), 10u);
}

TEST(Ziplist, RefusesAHeaderThatDisagreesWithTheEntries) {
  Bytes good = around({{0x00, 0x01, 'a'}, {0x03, 0xf2}});
  ASSERT_TRUE(Ziplist::validate(good));
  for (size_t at : {0u, 1u, 3u, 4u, 5u, 7u, 8u, 9u}) {
    for (int change : {1, 0x80}) {
      Bytes bad = good;
      bad[at] = static_cast<uint8_t>(bad[at] ^ change);
      EXPECT_FALSE(Ziplist::validate(bad)) << "byte " << at;
    }
  }
  Bytes empty = around({});
  empty[4] = 0;
  EXPECT_FALSE(Ziplist::validate(empty)) << "the last entry of none";
}

TEST(Ziplist, RefusesEntriesThatDoNotHoldTogether) {
  EXPECT_FALSE(Ziplist::validate(around({{0x01, 0x01, 'a'}}))) << "the first follows something";
  EXPECT_FALSE(Ziplist::validate(around({{0x00, 0x01, 'a'}, {0x02, 0xf2}}))) << "wrong length of the one before";
  EXPECT_FALSE(Ziplist::validate(around({{0x00, 0x01, 'a'}, {0xfe, 4, 0, 0, 0, 0xf2}}))) << "the same in five bytes";
  EXPECT_FALSE(Ziplist::validate(around({{0x00, 0x01, 'a'}, {0xff, 0xf2}}))) << "a terminator in the middle";
  EXPECT_FALSE(Ziplist::validate(around({{0x00, 0x02, 'a'}}))) << "one byte too long";
  EXPECT_FALSE(Ziplist::validate(around({{0x00, 0x80, 0xff, 0xff, 0xff, 0xff, 'a'}}))) << "4 GiB too long";
  for (uint8_t encoding : Bytes{0xc1, 0xcf, 0xd1, 0xe1, 0xef, 0xff}) {
    EXPECT_FALSE(Ziplist::validate(around({{0x00, encoding}}))) << "no such encoding: " << int{encoding};
  }
  for (const Bytes& cut : {Bytes{0x00}, Bytes{0xfe, 0, 0}, Bytes{0xfe, 0, 0, 0, 0}, Bytes{0x00, 0x41},
                           Bytes{0x00, 0x80, 0, 0, 0}, Bytes{0x00, 0xc0, 0}, Bytes{0x00, 0xe0, 0, 0, 0, 0, 0, 0, 0}}) {
    EXPECT_FALSE(Ziplist::validate(around({cut}))) << "an entry of " << cut.size() << " bytes";
  }
}

// The copies have exactly the size of what they hold, so that a sanitizer sees a read beyond.
TEST(Ziplist, NeverReadsOutsideWhateverTheBytesAre) {
  Bytes good = all_kinds();
  for (size_t length = 0; length < good.size(); length++) {
    Bytes cut(good.begin(), good.begin() + static_cast<ptrdiff_t>(length));
    EXPECT_FALSE(Ziplist::validate(cut)) << length;
    if (length < 11) continue;
    put_u32(cut, 0, length);
    cut.back() = 0xff;
    EXPECT_FALSE(Ziplist::validate(cut)) << length << ", with a header to match";
  }
  Random random(20);
  for (int round = 0; round < 20'000; round++) {
    Bytes mutated = good;
    for (uint64_t changes = 1 + random.below(4); changes > 0; changes--) {
      mutated[random.below(mutated.size())] = static_cast<uint8_t>(random.next());
    }
    if (!Ziplist::validate(mutated)) continue;
    EXPECT_EQ(texts_of(Ziplist(mutated)).size(), Ziplist(mutated).count());
  }
}

}  // namespace
}  // namespace strata::rdb
