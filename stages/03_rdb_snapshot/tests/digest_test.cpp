#include "03_rdb_snapshot/digest/digest.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>

namespace strata::rdb {
namespace {

std::string added(std::initializer_list<std::string_view> parts) {
  Digest digest;
  for (std::string_view part : parts) digest.add(part);
  return digest.text();
}

std::string mixed(std::initializer_list<std::string_view> parts) {
  Digest digest;
  for (std::string_view part : parts) digest.mix(part);
  return digest.text();
}

TEST(Digest, OfNothingIsZeros) { EXPECT_EQ(Digest().text(), std::string(40, '0')); }

TEST(Digest, OfOnePartIsItsSha1) {
  EXPECT_EQ(added({"abc"}), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(added({""}), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(Digest, AddsInAnyOrder) {
  EXPECT_EQ(added({"a", "b", "c"}), added({"c", "a", "b"}));
  EXPECT_NE(added({"a", "b"}), added({"a", "b", "b"}));
  EXPECT_EQ(added({"a", "b", "b"}), added({"a"})) << "the same twice cancels out";
}

TEST(Digest, MixesInOneOrderOnly) {
  EXPECT_NE(mixed({"a", "b"}), mixed({"b", "a"}));
  EXPECT_NE(mixed({"a", "b", "b"}), mixed({"a"}));
  EXPECT_NE(mixed({"ab"}), mixed({"a", "b"}));
}

TEST(Digest, OfOneMixedPartIsTheSha1OfItsSha1) {
  std::string_view sha1_of_abc = "\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e\x25\x71\x78\x50\xc2\x6c\x9c\xd0\xd8\x9d";
  EXPECT_EQ(mixed({"abc"}), added({sha1_of_abc}));
}

TEST(Digest, TakesNumbersAsFourBytesFromTheHighest) {
  Digest digest;
  digest.mix(uint32_t{0x61626364});
  EXPECT_EQ(digest.text(), mixed({"abcd"}));
}

TEST(Digest, TakesAnotherOneAsItsBytes) {
  Digest part;
  part.add("abc");
  Digest whole;
  whole.add(part);
  EXPECT_EQ(whole.text(), mixed({"abc"}));
}

}  // namespace
}  // namespace strata::rdb
