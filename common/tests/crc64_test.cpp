#include "common/crc64.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/random.h"

namespace strata {
namespace {

// The definition, bit by bit.
uint64_t reference(uint64_t crc, std::string_view bytes) {
  for (char c : bytes) {
    crc ^= static_cast<uint8_t>(c);
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x95ac9329ac4bc9b5 : 0);
  }
  return crc;
}

using Checksum = uint64_t (*)(uint64_t, std::string_view);

struct Way {
  const char* name;
  Checksum run;
};

std::vector<Way> ways() {
  std::vector<Way> all = {{"chosen", crc64}, {"tables", crc64_by_tables}};
  if (crc64_can_fold()) all.push_back({"folding", crc64_by_folding});
  return all;
}

std::string random_bytes(size_t n) {
  Random random(64);
  std::string bytes(n, '\0');
  for (char& c : bytes) c = static_cast<char>(random.next());
  return bytes;
}

TEST(Crc64, HasTheCheckValueOfItsDefinition) {
  for (const Way& way : ways()) {
    EXPECT_EQ(way.run(0, "123456789"), 0xe9c6d914c4b8d9caULL) << way.name;
    EXPECT_EQ(way.run(0, ""), 0u) << way.name;
    EXPECT_EQ(way.run(77, ""), 77u) << way.name;
  }
}

TEST(Crc64, EqualsTheReferenceForEachLengthAndAlignment) {
  std::string bytes = random_bytes(320);
  for (const Way& way : ways()) {
    for (size_t start = 0; start < 16; start++) {
      for (size_t length = 0; length <= 300; length++) {
        std::string_view part(bytes.data() + start, length);
        ASSERT_EQ(way.run(start * 0x123456789, part), reference(start * 0x123456789, part))
            << way.name << ", " << length << " bytes from " << start;
      }
    }
  }
}

TEST(Crc64, OfALongTextDoesNotDependOnHowItIsCut) {
  std::string bytes = random_bytes(100'003);
  uint64_t whole = reference(0, bytes);
  for (const Way& way : ways()) {
    for (size_t step : {1u, 7u, 64u, 1000u, 65'536u, 200'000u}) {
      uint64_t crc = 0;
      for (size_t at = 0; at < bytes.size(); at += step) crc = way.run(crc, std::string_view(bytes).substr(at, step));
      EXPECT_EQ(crc, whole) << way.name << ", steps of " << step;
    }
  }
}

TEST(Crc64, NoticesEachFlippedBit) {
  std::string bytes = random_bytes(200);
  for (const Way& way : ways()) {
    uint64_t whole = way.run(0, bytes);
    for (size_t bit = 0; bit < 8 * bytes.size(); bit++) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
      ASSERT_NE(way.run(0, flipped), whole) << way.name << ", bit " << bit;
    }
  }
}

}  // namespace
}  // namespace strata
