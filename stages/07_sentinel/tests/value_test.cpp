// link/value.h: replies come out whole, wherever the bytes are cut; what is no reply breaks the parser.
#include "07_sentinel/link/value.h"

#include <gtest/gtest.h>

namespace strata::sentinel {
namespace {

using Result = ReplyParser::Result;

TEST(ReplyParser, ReadsOneReplyAfterTheOther) {
  ReplyParser parser;
  parser.feed("+OK\r\n-ERR no\r\n:-7\r\n$4\r\na\r\nb\r\n");
  Value value;
  ASSERT_EQ(parser.next(&value), Result::kReply);
  EXPECT_TRUE(value.is(Value::Kind::kStatus));
  EXPECT_EQ(value.text, "OK");
  ASSERT_EQ(parser.next(&value), Result::kReply);
  EXPECT_TRUE(value.is(Value::Kind::kError));
  EXPECT_EQ(value.text, "ERR no");
  ASSERT_EQ(parser.next(&value), Result::kReply);
  EXPECT_EQ(value.integer, -7);
  ASSERT_EQ(parser.next(&value), Result::kReply);
  EXPECT_EQ(value.text, "a\r\nb");
  EXPECT_EQ(parser.next(&value), Result::kIncomplete);
}

TEST(ReplyParser, GivesNestedArraysAndNulls) {
  ReplyParser parser;
  parser.feed("*3\r\n$7\r\nmessage\r\n*2\r\n:1\r\n$-1\r\n$0\r\n\r\n*-1\r\n*0\r\n");
  Value value;
  ASSERT_EQ(parser.next(&value), Result::kReply);
  ASSERT_EQ(value.items.size(), 3u);
  EXPECT_EQ(value.items[0].text, "message");
  EXPECT_EQ(value.items[1].items.size(), 2u);
  EXPECT_TRUE(value.items[1].items[1].is(Value::Kind::kNull));
  EXPECT_TRUE(value.items[2].is(Value::Kind::kString));
  ASSERT_EQ(parser.next(&value), Result::kReply);
  EXPECT_TRUE(value.is(Value::Kind::kNull));
  ASSERT_EQ(parser.next(&value), Result::kReply);
  EXPECT_TRUE(value.is(Value::Kind::kArray));
  EXPECT_TRUE(value.items.empty());
  EXPECT_EQ(parser.next(&value), Result::kIncomplete);
}

TEST(ReplyParser, WaitsForTheRestAtEveryCut) {
  const std::string reply = "*2\r\n$5\r\nhello\r\n:12\r\n";
  for (size_t cut = 0; cut < reply.size(); cut++) {
    ReplyParser parser;
    Value value;
    parser.feed(std::string_view(reply).substr(0, cut));
    EXPECT_EQ(parser.next(&value), Result::kIncomplete) << cut;
    parser.feed(std::string_view(reply).substr(cut));
    ASSERT_EQ(parser.next(&value), Result::kReply) << cut;
    EXPECT_EQ(value.items[0].text, "hello");
    EXPECT_EQ(value.items[1].integer, 12);
  }
}

TEST(ReplyParser, BreaksAtWhatIsNoReply) {
  for (const char* nonsense : {"hello\r\n", "\r\n", ":x\r\n", "$-2\r\n", "$99999999999\r\n", "*x\r\n", "$1\r\nabc\r\n",
                               "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"}) {
    ReplyParser parser;
    Value value;
    parser.feed(nonsense);
    EXPECT_EQ(parser.next(&value), Result::kBroken) << nonsense;
  }
}

TEST(ReplyParser, DoesNotWaitForEverForAReplyWithoutEnd) {
  ReplyParser parser;
  Value value;
  parser.feed(std::string(ReplyParser::kMaxBytes + 1, '+'));
  EXPECT_EQ(parser.next(&value), Result::kBroken);
}

}  // namespace
}  // namespace strata::sentinel
