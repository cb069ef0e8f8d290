// monitor/hello.h: eight fields, in both directions.
#include "07_sentinel/monitor/hello.h"

#include <gtest/gtest.h>

namespace strata::sentinel {
namespace {

constexpr const char* kText = "127.0.0.1,5052,d2bd5a904c7a0fbc4374b3c03c7a3624e5a71b16,1,mymaster,127.0.0.1,6503,7";

TEST(Hello, IsReadAndWrittenAlike) {
  const auto hello = parse_hello(kText);
  ASSERT_TRUE(hello);
  EXPECT_EQ(hello->ip, "127.0.0.1");
  EXPECT_EQ(hello->port, 5052);
  EXPECT_EQ(hello->current_epoch, 1u);
  EXPECT_EQ(hello->master_name, "mymaster");
  EXPECT_EQ(hello->master_port, 6503);
  EXPECT_EQ(hello->config_epoch, 7u);
  EXPECT_EQ(format_hello(*hello), kText);
}

TEST(Hello, HasEightFieldsAndNumbersWhereNumbersBelong) {
  for (const char* text : {"", ",,,,,,,", "a,1,b,1,c,d,1", "a,1,b,1,c,d,1,1,1", "a,x,b,1,c,d,1,1", "a,1,b,x,c,d,1,1",
                           "a,1,b,1,c,d,x,1", "a,1,b,1,c,d,1,x", "a,1,b,-1,c,d,1,1", "a,1,b,1,c,d,1,"}) {
    EXPECT_FALSE(parse_hello(text)) << text;
  }
  EXPECT_TRUE(parse_hello("a,1,b,18446744073709551615,c,d,1,1"));
}

}  // namespace
}  // namespace strata::sentinel
