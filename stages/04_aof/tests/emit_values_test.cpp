// A value becomes the fewest commands, of 64 elements at most, and these make it again.
#include "04_aof/rewrite/emit_values.h"

#include <gtest/gtest.h>

#include "03_rdb_snapshot/tests/whole_server.h"
#include "04_aof/load/replay.h"
#include "04_aof/rewrite/base_format.h"
#include "04_aof/tests/log_samples.h"
#include "common/log.h"

namespace strata::aof {
namespace {

struct EmitValuesTest : ::testing::Test {
  EmitValuesTest() { set_log_file("/dev/null"); }
  ~EmitValuesTest() override { set_log_file(""); }

  std::string emit(bool timestamp = false) {
    rdb::MemorySink sink;
    EXPECT_TRUE(write_commands(host.server, sink, timestamp, {}).ok());
    return sink.bytes();
  }
  // How many words each command of the log has, SELECT left out.
  std::vector<size_t> words(std::string_view log, std::string_view command) {
    std::vector<size_t> counts;
    TrickleSource source(log, SIZE_MAX);
    CommandReader reader(source);
    while (reader.next() == CommandReader::Result::kCommand) {
      if (reader.words()[0] == "SELECT") continue;
      EXPECT_EQ(reader.words()[0], command);
      counts.push_back(reader.words().size());
    }
    return counts;
  }
  // "1 a 2 a 3 a" for pairs(3, " a").
  static std::string numbers(int count, std::string_view behind = "") {
    std::string out;
    for (int i = 1; i <= count; i++) out += " " + std::to_string(i) + std::string(behind);
    return out;
  }

  rdb::WholeServer host;
};

using Counts = std::vector<size_t>;

TEST_F(EmitValuesTest, NothingIsNothing) { EXPECT_EQ(emit(), ""); }

TEST_F(EmitValuesTest, OneCommandForASmallValue) {
  host.ask("SET s text");
  EXPECT_EQ(emit(), log_of({"SELECT 0", "SET s text"}));
  host.clear();
  host.ask("SET n -42");
  EXPECT_EQ(emit(), log_of({"SELECT 0", "SET n -42"}));
  host.clear();
  host.ask("RPUSH l a 1 b");
  EXPECT_EQ(emit(), log_of({"SELECT 0", "RPUSH l a 1 b"}));
  host.clear();
  host.ask("SADD s 3 1 2");
  EXPECT_EQ(emit(), log_of({"SELECT 0", "SADD s 1 2 3"}));
  host.clear();
  host.ask("HSET h f v g 1");
  EXPECT_EQ(emit(), log_of({"SELECT 0", "HMSET h f v g 1"}));
}

TEST_F(EmitValuesTest, ScoresKeepEveryBit) {
  host.ask("ZADD z 0.1 a 1e20 b inf c -inf d 3 e");
  EXPECT_EQ(emit(), log_of({"SELECT 0", "ZADD z -inf d 0.10000000000000001 a 3 e 1e+20 b inf c"}));
}

TEST_F(EmitValuesTest, AnExpiryFollowsItsValue) {
  host.ask("SET s text PXAT 4102444800123");
  EXPECT_EQ(emit(), log_of({"SELECT 0", "SET s text", "PEXPIREAT s 4102444800123"}));
}

TEST_F(EmitValuesTest, DatabasesWithoutKeysAreLeftOut) {
  host.db = 7;
  host.ask("SET s text");
  EXPECT_EQ(emit(), log_of({"SELECT 7", "SET s text"}));
}

TEST_F(EmitValuesTest, ATimestampStandsInFront) {
  EXPECT_TRUE(emit(true).starts_with("#TS:"));
  EXPECT_TRUE(emit(true).ends_with("\r\n"));
}

TEST_F(EmitValuesTest, SixtyFourElementsACommand) {
  for (const auto& [count, expected] :
       {std::pair{63, Counts{65}}, {64, Counts{66}}, {65, Counts{66, 3}}, {130, Counts{66, 66, 4}}}) {
    host.clear();
    host.ask("RPUSH k" + numbers(count));
    EXPECT_EQ(words(emit(), "RPUSH"), expected);
    host.clear();
    host.ask("SADD k" + numbers(count));
    EXPECT_EQ(words(emit(), "SADD"), expected);
  }
}

TEST_F(EmitValuesTest, SixtyFourPairsACommand) {
  for (const auto& [count, expected] : {std::pair{64, Counts{130}}, {65, Counts{130, 4}}, {1000, Counts(16, 130)}}) {
    Counts counts = expected;
    if (count == 1000) counts.back() = 2 + 2 * (1000 - 15 * 64);
    host.clear();
    host.ask("ZADD k" + numbers(count, " member"));  // the same member: one is left
    EXPECT_EQ(words(emit(), "ZADD"), Counts{4});
    host.clear();
    host.ask("HSET k" + numbers(count, " value"));
    EXPECT_EQ(words(emit(), "HMSET"), counts);
  }
}

TEST_F(EmitValuesTest, EverythingIsMadeAgain) {
  host.fill();
  const std::string digest = host.digest();
  const std::string log = emit();
  host.clear();
  TrickleSource source(log, 4096);
  CommandReader reader(source);
  EXPECT_EQ(Replay(host.server, [](uint64_t) { return true; }).run(reader).how, ReplayEnd::How::kWhole);
  EXPECT_EQ(host.digest(), digest);
}

class BrokenSink final : public rdb::ByteSink {
 public:
  Status write(std::string_view) override { return Status::error("no space"); }
};

TEST_F(EmitValuesTest, AnErrorOfTheSinkIsTold) {
  host.fill();
  BrokenSink sink;
  EXPECT_EQ(write_commands(host.server, sink, false, {}).message(), "no space");
}

}  // namespace
}  // namespace strata::aof
