#include "01_resp_server/commands/command_categories.h"

#include <gtest/gtest.h>

#include <string>

#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/server/command_table.h"

namespace strata::resp {
namespace {

// "read string fast" for a command of that group.
std::string categories_of(CommandSpec spec, std::string_view group) {
  CommandTable table;
  DocGroup(table, group)("test", {.summary = "A test"});
  spec.name = "test";
  const uint64_t bits = acl_categories(table.add(std::move(spec)));
  std::string text;
  for (const CategoryName& each : category_names()) {
    if ((bits & each.bit) != 0) text += (text.empty() ? "" : " ") + std::string(each.name);
  }
  return text;
}

TEST(CommandCategories, FollowFromFlags) {
  EXPECT_EQ(categories_of({}, "server"), "slow");
  EXPECT_EQ(categories_of({.flags = kFast}, "server"), "fast");
  EXPECT_EQ(categories_of({.flags = kWrite | kFast}, "server"), "write fast");
  EXPECT_EQ(categories_of({.flags = kAdmin}, "server"), "admin slow dangerous");
  EXPECT_EQ(categories_of({.flags = kPubsub}, "pubsub"), "pubsub slow");
  EXPECT_EQ(categories_of({.flags = kBlocking}, "server"), "slow blocking");
}

TEST(CommandCategories, FollowFromTheGroup) {
  EXPECT_EQ(categories_of({.flags = kReadOnly}, "string"), "read string slow");
  EXPECT_EQ(categories_of({.flags = kWrite}, "generic"), "keyspace write slow");
  EXPECT_EQ(categories_of({}, "connection"), "slow connection");
  EXPECT_EQ(categories_of({.flags = kReadOnly}, "scripting"), "slow scripting");
}

TEST(CommandCategories, NamedOnesComeOnTop) {
  EXPECT_EQ(categories_of({.flags = kReadOnly, .categories = kCatDangerous}, "generic"),
            "keyspace read slow dangerous");
  EXPECT_EQ(categories_of({.categories = kCatConnection}, "generic"), "slow connection");
}

TEST(CommandCategories, ContainersHaveNoGroup) {
  EXPECT_EQ(categories_of({.subcommands = {{.name = "sub"}}}, "generic"), "slow");
}

TEST(CommandCategories, ByName) {
  EXPECT_EQ(category_by_name("string"), kCatString);
  EXPECT_EQ(category_by_name("SortedSet"), kCatSortedSet);
  EXPECT_EQ(category_by_name("@string"), 0u);
  EXPECT_EQ(category_by_name(""), 0u);
}

}  // namespace
}  // namespace strata::resp
