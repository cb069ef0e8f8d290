#include "common/text.h"

#include <gtest/gtest.h>

#include "common/random.h"

namespace strata {
namespace {

using Words = std::vector<std::string>;

TEST(Case, IsAsciiOnly) {
  EXPECT_TRUE(equals_nocase("GeT", "gEt"));
  EXPECT_TRUE(equals_nocase("", ""));
  EXPECT_FALSE(equals_nocase("get", "gets"));
  EXPECT_FALSE(equals_nocase("@", "`")) << "these differ only in the bit that tells cases apart";
  EXPECT_FALSE(equals_nocase("\xc4", "\xe4"));
  EXPECT_EQ(to_lower("AbC-\xc4"), "abc-\xc4");
}

TEST(Trim, BothEnds) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("   "), "");
  EXPECT_EQ(trim("xxaxx", "x"), "a");
}

TEST(Quote, EscapesEverythingUnprintable) {
  EXPECT_EQ(quote(""), "\"\"");
  EXPECT_EQ(quote("a b"), "\"a b\"");
  EXPECT_EQ(quote("\"\\"), "\"\\\"\\\\\"");
  EXPECT_EQ(quote("\n\r\t\a\b"), "\"\\n\\r\\t\\a\\b\"");
  EXPECT_EQ(quote(std::string_view("\0\x1b\x7f\xff", 4)), "\"\\x00\\x1b\\x7f\\xff\"");
  std::string out = "x=";
  append_quoted(out, "y");
  EXPECT_EQ(out, "x=\"y\"");
}

TEST(SplitArgs, PlainWords) {
  EXPECT_EQ(split_args(""), Words{});
  EXPECT_EQ(split_args(" \t\r\n"), Words{});
  EXPECT_EQ(split_args("  set  k\tv \n"), (Words{"set", "k", "v"}));
  EXPECT_EQ(split_args(std::string_view("a b\0c", 5)), (Words{"a", "b"}));
}

TEST(SplitArgs, Quotes) {
  EXPECT_EQ(split_args("\"\" ''"), (Words{"", ""}));
  EXPECT_EQ(split_args("\"a b\" 'c d'"), (Words{"a b", "c d"}));
  EXPECT_EQ(split_args("\"\\n\\r\\t\\b\\a\\\"\\\\\\q\""), Words{"\n\r\t\b\a\"\\q"});
  EXPECT_EQ(split_args("\"\\x41\\xfF\\x00\""), Words{std::string("A\xff\0", 3)});
  EXPECT_EQ(split_args("\"\\x4g\\x\""), (Words{"x4gx"})) << "no hex digits: the escape of a plain x";
  EXPECT_EQ(split_args("'\\n\\' \\x41'"), Words{"\\n' \\x41"});
  EXPECT_EQ(split_args("a\"b c\" d"), (Words{"ab c", "d"})) << "a quote may open inside a word";
  EXPECT_EQ(split_args("a\\n"), Words{"a\\n"}) << "no escapes outside quotes";
}

TEST(SplitArgs, RefusesUnbalancedQuotes) {
  for (const char* bad : {"\"", "'", "\"abc", "'abc", "\"abc\\\"", "'abc\\'", "\"a\"b", "'a'b", "\"a\"\"b\"", "ok \"",
                          "\"\\", "\"\\x4"}) {
    EXPECT_EQ(split_args(bad), std::nullopt) << bad;
  }
}

TEST(SplitArgs, UndoesQuote) {
  Random random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes(random.below(30), '\0');
    for (char& c : bytes) c = static_cast<char>(random.next());
    EXPECT_EQ(split_args(quote(bytes)), Words{bytes});
  }
}

TEST(Hex, TwoDigitsAByte) {
  EXPECT_EQ(hex(std::string_view("\0\x0f\xff", 3)), "000fff");
  EXPECT_EQ(hex(""), "");
}

}  // namespace
}  // namespace strata
