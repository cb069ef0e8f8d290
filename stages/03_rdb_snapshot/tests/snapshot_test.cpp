// A snapshot gives back what was saved; a damaged one gives an error or a correct load, never anything else.
#include <gtest/gtest.h>

#include "03_rdb_snapshot/tests/whole_server.h"
#include "common/log.h"
#include "common/random.h"

namespace strata::rdb {
namespace {

class SnapshotTest : public testing::Test {
 protected:
  SnapshotTest() { set_log_file("/dev/null"); }
  ~SnapshotTest() override { set_log_file(""); }
  WholeServer host_;
};

TEST_F(SnapshotTest, GivesBackWhatWasSaved) {
  host_.fill();
  const std::string before = host_.digest();
  const std::string image = host_.save();
  host_.clear();
  ASSERT_NE(host_.digest(), before);
  ASSERT_TRUE(host_.load(image).ok());
  EXPECT_EQ(host_.digest(), before);
  EXPECT_EQ(host_.keyspace().db(3).with_expiry(), 1u);
}

TEST_F(SnapshotTest, OfNothingIsSmallAndLoads) {
  const std::string image = host_.save();
  EXPECT_EQ(image.substr(0, 9), "REDIS0010");
  EXPECT_LT(image.size(), 100u);
  EXPECT_TRUE(host_.load(image).ok());
}

TEST_F(SnapshotTest, AnErrorNamesKeyTypeAndOffset) {
  std::string image = "REDIS0003";
  image += std::string(
      "\x00\x01"
      "a\x01"
      "b",
      5);
  const size_t before_value = image.size() + 2;
  image += std::string(
      "\x13\x01"
      "s",
      3);
  const Status loaded = host_.load(image);
  EXPECT_NE(loaded.message().find("stream values are not supported"), std::string::npos) << loaded.message();
  EXPECT_NE(loaded.message().find("in key 's' of type 19"), std::string::npos) << loaded.message();
  EXPECT_NE(loaded.message().find("offset " + std::to_string(before_value + 1)), std::string::npos) << loaded.message();
}

TEST_F(SnapshotTest, CutAnywhereIsAnError) {
  host_.ask("RPUSH list a b 1 2");
  host_.ask("HSET hash f v");
  host_.ask("SADD set 1 2 3");
  host_.ask("ZADD zset 1 a");
  host_.ask("SET string " + std::string(300, 'x'));
  const std::string image = host_.save();
  for (size_t length = 0; length < image.size(); length++) {
    ASSERT_FALSE(host_.load(std::string_view(image).substr(0, length)).ok()) << length;
  }
}

// With the checksum in place every flip is found; without it the reader has to look for itself.
TEST_F(SnapshotTest, AFlippedBitIsAnErrorOrACorrectLoad) {
  host_.fill(20);
  const std::string before = host_.digest();
  std::string image = host_.save();
  Random random(20240203);
  for (int round = 0; round < 200; round++) {
    std::string damaged = image;
    damaged[random.below(image.size())] ^= static_cast<char>(1 << random.below(8));
    ASSERT_TRUE(!host_.load(damaged).ok() || host_.digest() == before);
  }
  image.replace(image.size() - 8, 8, std::string(8, '\0'));
  for (int round = 0; round < 10000; round++) {
    std::string damaged = image;
    damaged[random.below(image.size() - 8)] ^= static_cast<char>(1 << random.below(8));
    if (host_.load(damaged).ok()) (void)host_.digest();  // whatever was loaded can be walked
  }
}

}  // namespace
}  // namespace strata::rdb
