// Scripts: what is read of their first line, what their writes are replayed as, what a set of libraries refuses.
#include <gtest/gtest.h>

#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/install.h"
#include "02_data_types/scripting/functions/function_engine.h"
#include "02_data_types/scripting/running/script_flags.h"
#include "02_data_types/scripting/running/script_runner.h"
#include "02_data_types/scripting/running/sha1.h"
#include "02_data_types/tests/recorded_stream.h"

namespace strata::script {
namespace {

TEST(ScriptFlagsTest, TheFirstLineIsCutOffAndItsEndStays) {
  std::string_view code;
  auto flags = read_script_flags("#!lua flags=no-writes,allow-oom\nreturn 1", &code);
  ASSERT_TRUE(flags.ok()) << flags.message();
  EXPECT_EQ(*flags, kNoWrites | kAllowOom);
  EXPECT_EQ(code, "\nreturn 1");
  flags = read_script_flags("return 1", &code);
  EXPECT_EQ(*flags, kNoShebang);
  EXPECT_EQ(code, "return 1");
}

TEST(ScriptFlagsTest, ALineWithoutAnEndIsRefused) {
  std::string_view code;
  EXPECT_EQ(read_script_flags("#!lua", &code).message(), "Invalid script shebang");
  EXPECT_EQ(read_script_flags("#!lua \"\n", &code).message(), "Invalid script shebang");
}

TEST(Sha1Test, KnownSums) {
  EXPECT_EQ(sha1_hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(sha1_hex("return 1"), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
}

class ScriptsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    resp::install(host.server);
    db::install(host.server);
    host.start();
    stream().add_sink(file);
  }
  void TearDown() override { stream().remove_sink(file); }

  db::WriteStream& stream() { return host.server.get<db::WriteStream>(); }

  resp::ConnectedServer host;
  db::RecordedStream file{db::WriteEffects::kFiles};
};

TEST_F(ScriptsTest, WritesArePassedOnAsOneUnit) {
  auto peer = host.connect();
  peer.ask("EVAL \"redis.call('SET','a',1) redis.call('INCR','a') return redis.call('GET','a')\" 0");
  EXPECT_EQ(file.take(), "SELECT 0; MULTI; SET a 1; INCR a; EXEC");
  EXPECT_EQ(file.units, 1u);
  peer.ask("EVAL \"return redis.call('SET','a',1)\" 0");
  EXPECT_EQ(file.take(), "SET a 1") << "one command needs no transaction";
  peer.ask("EVAL \"redis.call('SET','t','v','EX',100) redis.call('GET','a') redis.pcall('nope') error('x')\" 0");
  EXPECT_EQ(file.take(), "SET t v PXAT <ms>") << "what was written before an error was written";
  peer.ask("EVAL \"redis.call('SELECT',1) redis.call('SET','b',1)\" 0");
  EXPECT_EQ(file.take(), "SELECT 1; SET b 1");
  peer.ask("EVAL \"return redis.call('GET','a')\" 0");
  EXPECT_EQ(file.take(), "");
}

TEST_F(ScriptsTest, InATransactionTheyArePartOfIt) {
  auto peer = host.connect();
  peer.ask("MULTI\r\nSET a 1\r\nEVAL \"redis.call('INCR','a') redis.call('INCR','a')\" 0\r\nEXEC");
  EXPECT_EQ(file.take(), "SELECT 0; MULTI; SET a 1; INCR a; INCR a; EXEC");
}

TEST_F(ScriptsTest, LibrariesAreReplayedAsTheyWereLoaded) {
  auto peer = host.connect();
  const std::string load = "FUNCTION LOAD \"#!lua name=l\\nredis.register_function('f', function() return 7 end)\"";
  EXPECT_EQ(peer.ask(load), "$1\r\nl\r\n");
  EXPECT_NE(file.take().find("FUNCTION LOAD #!lua name=l"), std::string::npos);
  EXPECT_EQ(peer.ask("FCALL f 0"), ":7\r\n");
  peer.ask("FUNCTION DELETE l");
  EXPECT_EQ(file.take(), "FUNCTION DELETE l");
}

TEST_F(ScriptsTest, ALibraryIsCompiledAsideAndTakenInWhole) {
  auto& engine = host.server.get<FunctionEngine>();
  auto compiled = [&](std::string_view name, std::string_view function) {
    auto library =
        engine.compile(fmt::format("#!lua name={}\nredis.register_function('{}', function() end)", name, function));
    EXPECT_TRUE(library.ok()) << library.message();
    return std::move(*library);
  };
  LibrarySet set;
  EXPECT_TRUE(set.add(compiled("one", "f"), false).ok());
  EXPECT_EQ(set.add(compiled("two", "F"), false).message(), "Function F already exists");
  EXPECT_FALSE(set.has("two"));
  EXPECT_TRUE(set.add(compiled("one", "g"), true).ok());
  EXPECT_EQ(set.find("f"), nullptr);
  EXPECT_NE(set.find("G"), nullptr);

  LibrarySet more;
  EXPECT_TRUE(more.add(compiled("one", "h"), false).ok());
  EXPECT_FALSE(set.join(std::move(more), false).ok());
  EXPECT_NE(set.find("g"), nullptr);
  LibrarySet other;
  EXPECT_TRUE(other.add(compiled("one", "h"), false).ok());
  EXPECT_TRUE(set.join(std::move(other), true).ok());
  EXPECT_EQ(set.find("g"), nullptr);
  EXPECT_NE(set.find("h"), nullptr);
  EXPECT_EQ(engine.set.functions(), 0u);
}

}  // namespace
}  // namespace strata::script
