#include "01_resp_server/commands/syntax.h"

#include <gtest/gtest.h>

#include <string>

namespace strata::resp {
namespace {

std::string show(const std::vector<Argument>& arguments);

// The tree in an unambiguous notation: name(type ...) with what is set, so that a test compares one text.
std::string show(const Argument& argument) {
  std::string text = argument.name + "(" + std::string(argument_type_name(argument.type));
  if (argument.key_spec >= 0) text += " spec=" + std::to_string(argument.key_spec);
  if (!argument.token.empty()) text += " token=" + std::string(argument.token);
  if (!argument.since.empty()) text += " since=" + std::string(argument.since);
  if (!argument.deprecated_since.empty()) text += " until=" + std::string(argument.deprecated_since);
  if (argument.optional) text += " optional";
  if (argument.multiple) text += " multiple";
  if (argument.multiple_token) text += " multiple_token";
  if (!argument.arguments.empty()) text += " [" + show(argument.arguments) + "]";
  return text + ")";
}

std::string show(const std::vector<Argument>& arguments) {
  std::string text;
  for (const Argument& each : arguments) text += (text.empty() ? "" : " ") + show(each);
  return text;
}

std::string tree(std::string_view line) {
  const auto arguments = parse_syntax(line);
  return arguments.has_value() ? show(*arguments) : "no syntax line";
}

TEST(Syntax, EmptyLineMeansNoArguments) {
  ASSERT_TRUE(parse_syntax("").has_value());
  EXPECT_TRUE(parse_syntax("")->empty());
}

TEST(Syntax, WordsHaveTypes) {
  EXPECT_EQ(tree("message"), "message(string)");
  EXPECT_EQ(tree("index:integer when:unix-time by:double"), "index(integer) when(unix-time) by(double)");
  EXPECT_EQ(tree("key"), "key(key spec=0)");
  EXPECT_EQ(tree("key:string"), "key(string)");
  EXPECT_EQ(tree("key newkey#1"), "key(key spec=0) newkey(key spec=1)");
  EXPECT_EQ(tree("pattern"), "pattern(pattern)");
  EXPECT_EQ(tree("pattern:pattern#1"), "pattern(pattern spec=1)");
}

TEST(Syntax, ColonWithoutATypeBelongsToTheName) { EXPECT_EQ(tree("ip:port!2.8.12"), "ip:port(string until=2.8.12)"); }

TEST(Syntax, TokensStandAloneOrIntroduceAnArgument) {
  EXPECT_EQ(tree("[NX]"), "nx(pure-token token=NX optional)");
  EXPECT_EQ(tree("[NX] [XX]"), "nx(pure-token token=NX optional) xx(pure-token token=XX optional)");
  EXPECT_EQ(tree("NOW [SAVE]"), "now(pure-token token=NOW) save(pure-token token=SAVE optional)");
  EXPECT_EQ(tree("[change=CH@3.0.2]"), "change(pure-token token=CH since=3.0.2 optional)");
  EXPECT_EQ(tree("<equal==|approximately=~>"),
            "equal_approximately(oneof [equal(pure-token token==) approximately(pure-token token=~)])");
  EXPECT_EQ(tree("[COUNT count:integer@6.0.0]"), "count(integer token=COUNT since=6.0.0 optional)");
  EXPECT_EQ(tree("[LIMIT {offset:integer count:integer}]"),
            "offset_count(block token=LIMIT optional [offset(integer) count(integer)])");
}

TEST(Syntax, Repetition) {
  EXPECT_EQ(tree("key..."), "key(key spec=0 multiple)");
  EXPECT_EQ(tree("[section...]"), "section(string optional multiple)");
  EXPECT_EQ(tree("[WEIGHTS weight:integer...]"), "weight(integer token=WEIGHTS optional multiple)");
  EXPECT_EQ(tree("[PREFIX prefix]..."), "prefix(string token=PREFIX optional multiple multiple_token)");
  EXPECT_EQ(tree("{key value}..."), "key_value(block multiple [key(key spec=0) value(string)])");
}

TEST(Syntax, NestedGroups) {
  EXPECT_EQ(tree("[condition:<NX|XX>@2.6.12] [ID id:{client-id:integer...}@6.2.0]"),
            "condition(oneof since=2.6.12 optional [nx(pure-token token=NX) xx(pure-token token=XX)]) "
            "id(block token=ID since=6.2.0 optional [client-id(integer multiple)])");
  EXPECT_EQ(tree("filter:<old|new:<[ID id:integer@2.8.12]|[TYPE <A|B>]>...>"),
            "filter(oneof [old(string) new(oneof multiple [id(integer token=ID since=2.8.12 optional) "
            "a_b(oneof token=TYPE optional [a(pure-token token=A) b(pure-token token=B)])])])");
}

TEST(Syntax, RefusesWhatIsNoSyntaxLine) {
  for (std::string_view line :
       {" ",  "a ", " a", "a  b", "[a",  "a]",    "<a|b", "{a b",  "a|b", "<a b>", "{a|b}",
        "[]", "<>", "a@", "a!",   "a..", "a....", "key#", "key#x", "#1",  "[a b]", "a@1.0@2.0"}) {
    EXPECT_FALSE(parse_syntax(line).has_value()) << "'" << line << "' became " << tree(line);
  }
}

}  // namespace
}  // namespace strata::resp
