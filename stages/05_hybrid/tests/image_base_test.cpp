// An image is written so that it says what it is for, and is read to its last byte and no further.
#include "05_hybrid/image_base.h"

#include "03_rdb_snapshot/loading/loading.h"
#include "05_hybrid/tests/hybrid_server.h"

namespace strata::hybrid {
namespace {

struct ImageBaseTest : HybridTest {
  // Loads what stands at the start of `bytes`, which come `step` at a time.
  Expected<aof::AfterImage> load(
      std::string_view bytes, size_t step, std::function<bool(uint64_t)> progress = [](uint64_t) { return true; }) {
    host.clear();
    source.emplace(bytes, step);
    return load_image(host.server, *source, progress);
  }
  // What a reader of the rest gets to see.
  std::string rest(const aof::AfterImage& after) {
    std::string all = after.ahead;
    std::string room(1000, '\0');
    for (;;) {
      const Expected<size_t> n = source->read({room.data(), room.size()});
      if (!n || *n == 0) return all;
      all.append(room, 0, *n);
    }
  }

  std::optional<aof::TrickleSource> source;
};

TEST_F(ImageBaseTest, SaysThatItIsABaseAndGivesTheDataBack) {
  host.fill();
  const std::string before = host.digest();
  const std::string base = image();
  EXPECT_NE(base.find("aof-base"), std::string::npos);
  EXPECT_EQ(host.save().find("aof-base\xc0\x01"), std::string::npos) << "a snapshot is none";
  EXPECT_NE(base.find("aof-base\xc0\x01"), std::string::npos);

  const Expected<aof::AfterImage> after = load(base, base.size());
  ASSERT_TRUE(after);
  EXPECT_EQ(host.digest(), before);
  EXPECT_EQ(after->offset, base.size());
  EXPECT_EQ(after->ahead, "");
}

TEST_F(ImageBaseTest, TheRestBeginsBehindItsLastByteHoweverTheBytesCome) {
  host.fill(50);
  const std::string base = image(), commands = aof::log_of({"SET a 1", "SET b 2"});
  for (const size_t step : {1u, 7u, 100u, 1u << 20}) {
    const Expected<aof::AfterImage> after = load(base + commands, step);
    ASSERT_TRUE(after) << step;
    EXPECT_EQ(after->offset, base.size()) << step;
    EXPECT_EQ(rest(*after), commands) << step;
  }
}

TEST_F(ImageBaseTest, CutAnywhereItIsAnError) {
  host.fill(5);
  const std::string base = image();
  for (size_t size = 0; size < base.size(); size++) EXPECT_FALSE(load(base.substr(0, size), 1000)) << size;
}

TEST_F(ImageBaseTest, CommandsInThePlaceOfItsEndAreNone) {
  host.ask("SET a 1");
  const std::string base = image();
  EXPECT_FALSE(load(base.substr(0, base.size() - 4) + aof::log_of({"SET b 2"}), 1000));
}

TEST_F(ImageBaseTest, KeepsKeysWhoseTimeHasPassed) {
  host.keyspace().may_expire = false;
  host.ask("SET gone 1 PXAT 1000");
  host.ask("SET stays 1");
  const std::string base = image();
  ASSERT_TRUE(load(base, 1000));
  EXPECT_EQ(keys(), 2u) << "the commands behind it may say PERSIST";
  ASSERT_TRUE(host.load(base).ok());
  EXPECT_EQ(keys(), 1u) << "a snapshot has nothing behind it";
}

TEST_F(ImageBaseTest, TellsHowFarItIs) {
  for (int i = 0; i < 400; i++) host.ask("SET key:" + std::to_string(i) + " " + std::string(3000, 'x'));
  ASSERT_TRUE(host.server.config.apply("rdbcompression", {"no"}).ok());
  const std::string base = image();
  std::vector<uint64_t> seen;
  ASSERT_TRUE(load(base, 1 << 20, [&](uint64_t offset) {
    seen.push_back(offset);
    return true;
  }));
  ASSERT_GT(seen.size(), 2u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_LE(seen.back(), base.size());
}

TEST_F(ImageBaseTest, EndsWhenItIsToldTo) {
  for (int i = 0; i < 400; i++) host.ask("SET key:" + std::to_string(i) + " " + std::string(3000, 'x'));
  ASSERT_TRUE(host.server.config.apply("rdbcompression", {"no"}).ok());
  int asked = 0;
  EXPECT_FALSE(load(image(), 1 << 20, [&](uint64_t) { return ++asked < 2; }));
  EXPECT_EQ(asked, 2);
  EXPECT_LT(keys(), 400u);
}

TEST_F(ImageBaseTest, ChecksItsSumUnlessItMayNot) {
  host.ask("SET a 1");
  std::string base = image();
  base.back() = static_cast<char>(base.back() ^ 1);
  EXPECT_FALSE(load(base, 1000));
  ASSERT_TRUE(host.server.config.apply("rdbchecksum", {"no"}).ok());
  EXPECT_TRUE(load(base, 1000));
}

TEST_F(ImageBaseTest, InfoTellsOfIt) {
  host.ask("SET a 1");
  host.ask("SET b 1");
  ASSERT_TRUE(load(image(), 1000));
  const rdb::LoadReport& report = host.server.get<rdb::Loading>().report();
  EXPECT_EQ(report.keys_loaded, 2u);
  EXPECT_GE(report.image_us, 0);
}

}  // namespace
}  // namespace strata::hybrid
