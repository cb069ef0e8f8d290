// A log with an image in it: which base is written, what a start makes of it, and what a cut end takes.
#include "03_rdb_snapshot/loading/loading.h"
#include "05_hybrid/tests/hybrid_server.h"

namespace strata::hybrid {
namespace {

using aof::log_of;

TEST_F(HybridTest, TheOptionChoosesTheNextBase) {
  auto& formats = host.server.get<aof::BaseFormats>();
  EXPECT_EQ(formats.chosen().suffix, "rdb") << "by default";
  ASSERT_TRUE(host.server.config.apply("aof-use-rdb-preamble", {"no"}).ok());
  EXPECT_EQ(formats.chosen().suffix, "aof");
  ASSERT_TRUE(host.server.config.apply("aof-use-rdb-preamble", {"yes"}).ok());
  rdb::MemorySink sink;
  ASSERT_TRUE(formats.chosen().write(sink, {}).ok());
  EXPECT_TRUE(sink.bytes().starts_with("REDIS"));
}

TEST_F(HybridTest, TheFirstBytesTellWhatAFileIs) {
  auto& formats = host.server.get<aof::ImageFormats>();
  EXPECT_NE(formats.recognise("REDIS0010\xfa\tredis-"), nullptr);
  for (const std::string_view first : {"", "REDI", "*1\r\n$4\r\nPING\r\n", "#TS:1\r\n", " REDIS0010"}) {
    EXPECT_EQ(formats.recognise(first), nullptr) << first;
  }
}

TEST_F(HybridTest, TheIncrementGoesOnWhereTheImageEnds) {
  host.fill(20);
  host.ask("SET a 1");
  const std::string base = image();
  host.ask("APPEND a 2");
  host.ask("DEL hash");
  const std::string after = host.digest();
  ASSERT_TRUE(start_from(base, log_of({"SELECT 0", "APPEND a 2", "DEL hash"})).ok());
  EXPECT_EQ(host.digest(), after);
}

TEST_F(HybridTest, CommandsBehindTheImageBeginInTheFirstDatabase) {
  host.db = 5;
  host.ask("SET a 1");
  host.db = 0;
  ASSERT_TRUE(start_from(image() + log_of({"SET b 2"})).ok());
  EXPECT_EQ(keys(5), 1u);
  EXPECT_EQ(keys(0), 1u);
}

TEST_F(HybridTest, TheImageStaysWhenTheFirstCommandBehindItIsCut) {
  host.ask("SET a 1");
  const std::string base = image(), command = log_of({"SET b 2"});
  for (size_t size = 1; size < command.size(); size++) {
    ASSERT_TRUE(start_from(base + command.substr(0, size)).ok());
    EXPECT_EQ(keys(), 1u);
    EXPECT_EQ(folder.read("logs/b"), base) << "with " << size << " bytes behind it";
  }
}

TEST_F(HybridTest, ACutCommandFurtherBehindIsCutOffAlone) {
  host.ask("SET a 1");
  const std::string whole = image() + log_of({"SET b 2"});
  ASSERT_TRUE(start_from(whole + log_of({"MULTI", "SET c 3"})).ok());
  EXPECT_EQ(keys(), 2u);
  EXPECT_EQ(folder.read("logs/b"), whole);
}

TEST_F(HybridTest, ACutImageIsRefusedEvenAtTheEndOfTheLog) {
  host.ask("SET a 1");
  const std::string base = image(), cut = base.substr(0, base.size() - 1);
  const Status started = start_from(cut);
  EXPECT_NE(started.message().find("Error reading the RDB preamble of the AOF file b"), std::string::npos);
  EXPECT_EQ(folder.read("logs/b"), cut) << "and not cut any further";
}

TEST_F(HybridTest, AnImageBehindCommandsIsRefused) {
  host.ask("SET a 1");
  const std::string base = image();
  EXPECT_FALSE(start_from(log_of({"SET b 2"}) + base).ok());
  EXPECT_FALSE(start_from(base + base).ok());
}

// No server writes one; but what a file is its first bytes tell, whatever the manifest calls it.
TEST_F(HybridTest, AnIncrementMayBeginWithAnImage) {
  host.ask("SET a 1");
  const std::string increment = image() + log_of({"SET b 2"});
  ASSERT_TRUE(start_from(log_of({"SET c 3"}), increment).ok());
  EXPECT_EQ(keys(), 3u);
}

TEST_F(HybridTest, InfoTellsHowLongTheStartTook) {
  auto info = [this] { return host.server.info.render({"persistence"}); };
  EXPECT_NE(info().find("strata_last_load_time_ms:-1\r\n"), std::string::npos);
  ASSERT_TRUE(start_from(log_of({"SET a 1"})).ok());
  EXPECT_EQ(info().find("strata_last_load_time_ms:-1\r\n"), std::string::npos);
  EXPECT_NE(info().find("strata_last_load_image_time_ms:-1\r\n"), std::string::npos);
  ASSERT_TRUE(start_from(image()).ok());
  EXPECT_EQ(info().find("strata_last_load_image_time_ms:-1\r\n"), std::string::npos);
  EXPECT_NE(info().find("rdb_last_load_keys_loaded:1\r\n"), std::string::npos);
}

}  // namespace
}  // namespace strata::hybrid
