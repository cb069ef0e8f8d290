// Guards how INFO is put together: order and choice of sections, and fields that a later contributor replaces
// in place.
#include "01_resp_server/server/info.h"

#include <gtest/gtest.h>

#include "common/todo.h"

namespace strata::resp {
namespace {

TEST(Info, SectionsOfRedisStandInItsOrderWhateverTheOrderOfRegistration) {
  Info info;
  info.section("keyspace");
  info.section("cpu");
  info.section("server");
  EXPECT_EQ(info.render({}), "# Server\r\n\r\n# CPU\r\n\r\n# Keyspace\r\n");
}

TEST(Info, WordsChooseSections) {
  Info info;
  info.section("server");
  info.section("modules");
  info.section("commandstats");
  info.section("extra", 2000, false);
  EXPECT_EQ(info.render({}), "# Server\r\n\r\n# Modules\r\n");
  EXPECT_EQ(info.render({"default"}), info.render({}));
  EXPECT_EQ(info.render({"all"}), "# Server\r\n\r\n# Commandstats\r\n\r\n# Extra\r\n");
  EXPECT_EQ(info.render({"everything"}), "# Server\r\n\r\n# Modules\r\n\r\n# Commandstats\r\n\r\n# Extra\r\n");
  EXPECT_EQ(info.render({"extra", "server", "extra"}), "# Server\r\n\r\n# Extra\r\n");
  EXPECT_EQ(info.render({"nosuch"}), "");
}

TEST(Info, FieldsOfEveryKind) {
  Info info;
  info.section("server").add([](InfoWriter& out) {
    out.field("text", "a:b");
    out.field("number", -3);
    out.field("yes", true);
    out.line("pair:{}={}", 1, 2);
  });
  EXPECT_EQ(info.render({"server"}), "# Server\r\ntext:a:b\r\nnumber:-3\r\nyes:1\r\npair:1=2\r\n");
}

TEST(Info, AFieldWrittenAgainIsReplacedWhereItStands) {
  Info info;
  info.section("replication")
      .add([](InfoWriter& out) {
        out.field("role", "master");
        out.field("connected_slaves", 0);
        out.field("repl_backlog_size", 1);
      })
      .add([](InfoWriter& out) {
        out.field("role", "slave");
        out.field("master_host", "::1");
        out.field("master_port", 6379);
        out.field("connected_slaves", 2);
      });
  EXPECT_EQ(info.render({"replication"}),
            "# Replication\r\nrole:slave\r\nmaster_host:::1\r\nmaster_port:6379\r\nconnected_slaves:2\r\n"
            "repl_backlog_size:1\r\n");
}

TEST(Info, NewFieldsOfAFurtherContributorComeLast) {
  Info info;
  info.section("stats")
      .add([](InfoWriter& out) { out.field("a", 1); })
      .add([](InfoWriter& out) { out.field("b", 2); })
      .add([](InfoWriter& out) { out.field("c", 3); });
  EXPECT_EQ(info.render({"stats"}), "# Stats\r\na:1\r\nb:2\r\nc:3\r\n");
}

TEST(Info, AnUnwrittenSectionIsNoReasonToRefuseTheOthers) {
  static int heard = 0;
  set_todo_listener([](const char*) { ++heard; });
  Info info;
  info.section("server").add([](InfoWriter& out) { out.field("written", true); });
  info.section("stats").add([](InfoWriter&) { (void)todo("0.0"); });
  EXPECT_EQ(info.render({}), "# Server\r\nwritten:1\r\n\r\n# Stats\r\n");
  EXPECT_EQ(heard, 0);
  EXPECT_EQ(info.render({"stats"}), "# Stats\r\n");
  EXPECT_EQ(heard, 1);
  set_todo_listener(nullptr);
}

}  // namespace
}  // namespace strata::resp
