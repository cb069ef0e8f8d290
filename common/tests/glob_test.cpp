#include "common/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace strata {
namespace {

TEST(Glob, Stars) {
  EXPECT_TRUE(glob_match("*", "a"));
  EXPECT_TRUE(glob_match("a*", "a"));
  EXPECT_TRUE(glob_match("a**", "a"));
  EXPECT_TRUE(glob_match("*a*b*", "xxaxxb"));
  EXPECT_FALSE(glob_match("*a*b*", "xxbxxa"));
  EXPECT_TRUE(glob_match("a*c", "abcbc"));
  EXPECT_FALSE(glob_match("a*c", "abcd"));
  EXPECT_TRUE(glob_match("*ab", "aab"));
}

TEST(Glob, EmptyTextIsMatchedByTheEmptyPatternOnly) {
  EXPECT_TRUE(glob_match("", ""));
  EXPECT_FALSE(glob_match("*", ""));
  EXPECT_FALSE(glob_match("?", ""));
  EXPECT_FALSE(glob_match("", "a"));
}

TEST(Glob, QuestionMarkTakesOneByte) {
  EXPECT_TRUE(glob_match("h?llo", "hello"));
  EXPECT_FALSE(glob_match("h?llo", "hllo"));
  EXPECT_TRUE(glob_match("?", std::string(1, '\0')));
  EXPECT_FALSE(glob_match("?", "\xc3\xa9")) << "bytes, not characters";
}

TEST(Glob, Sets) {
  EXPECT_TRUE(glob_match("h[ae]llo", "hallo"));
  EXPECT_FALSE(glob_match("h[ae]llo", "hillo"));
  EXPECT_TRUE(glob_match("h[^e]llo", "hallo"));
  EXPECT_FALSE(glob_match("h[^e]llo", "hello"));
  EXPECT_TRUE(glob_match("[a-c]", "b"));
  EXPECT_TRUE(glob_match("[c-a]", "b")) << "a range written backwards";
  EXPECT_FALSE(glob_match("[a-c]", "d"));
  EXPECT_TRUE(glob_match("[\\]]", "]"));
  EXPECT_TRUE(glob_match("[a-]", "^")) << "']' is the upper bound here, and the set is unterminated";
  EXPECT_FALSE(glob_match("[]", "]")) << "an empty set matches nothing";
  EXPECT_TRUE(glob_match("[^]", "x")) << "and its negation everything";
}

TEST(Glob, UnterminatedSetEndsWithThePattern) {
  EXPECT_TRUE(glob_match("[ab", "a"));
  EXPECT_FALSE(glob_match("[ab", "c"));
  EXPECT_FALSE(glob_match("[ab", "ax"));
  EXPECT_FALSE(glob_match("[", "["));
  EXPECT_TRUE(glob_match("[^", "x"));
  EXPECT_TRUE(glob_match("[\\", "\\"));
}

TEST(Glob, Escapes) {
  EXPECT_TRUE(glob_match("\\*", "*"));
  EXPECT_FALSE(glob_match("\\*", "a"));
  EXPECT_TRUE(glob_match("\\?x", "?x"));
  EXPECT_TRUE(glob_match("a\\", "a\\")) << "a last backslash stands for itself";
  EXPECT_TRUE(glob_match("\\\\", "\\"));
}

TEST(Glob, CaseIsIgnoredOnRequest) {
  EXPECT_FALSE(glob_match("MAX*", "maxmemory"));
  EXPECT_TRUE(glob_match("MAX*", "maxmemory", true));
  EXPECT_TRUE(glob_match("[M]ax", "max", true));
  EXPECT_TRUE(glob_match("[L-N]ax", "max", true));
  EXPECT_FALSE(glob_match("[\\M]ax", "max", true)) << "an escaped member of a set is compared as it is";
  EXPECT_TRUE(glob_match("\\Max", "max", true));
}

// Recursive matchers take exponential time here; a test that hangs has found one.
TEST(Glob, HostilePatternsStayCheap) {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "a*";
  pattern += "b";
  EXPECT_FALSE(glob_match(pattern, std::string(20'000, 'a')));
  EXPECT_TRUE(glob_match(pattern, std::string(20'000, 'a') + "b"));
  EXPECT_TRUE(glob_match(std::string(1'000'000, '*'), "x"));
}

}  // namespace
}  // namespace strata
