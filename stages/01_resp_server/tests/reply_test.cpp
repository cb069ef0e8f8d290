// resp/reply.h and resp/output_buffer.h: the bytes of each reply in both protocols, gaps, muting, writing in pieces.
#include "01_resp_server/resp/reply.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "common/files.h"

namespace strata::resp {
namespace {

std::string taken(OutputBuffer& out) {
  std::string bytes;
  out.each_piece([&](std::string_view piece) { bytes += piece; });
  out.clear();
  return bytes;
}

class ReplyTest : public testing::Test {
 protected:
  template <class Write>
  std::string written(int protocol, Write write) {
    Reply reply(out_, nullptr);
    reply.set_protocol(protocol);
    write(reply);
    EXPECT_EQ(out_.pending_bytes(), [&] {
      size_t n = 0;
      out_.each_piece([&](std::string_view piece) { n += piece.size(); });
      return n;
    }());
    return taken(out_);
  }
  OutputBuffer out_;
};

TEST_F(ReplyTest, EveryTypeInBothProtocols) {
  struct Row {
    std::function<void(Reply&)> write;
    std::string resp2, resp3;
  };
  const Row rows[] = {
      {[](Reply& r) { r.ok(); }, "+OK\r\n", "+OK\r\n"},
      {[](Reply& r) { r.error("ERR a\r\nb"); }, "-ERR a  b\r\n", "-ERR a  b\r\n"},
      {[](Reply& r) { r.integer(-5); }, ":-5\r\n", ":-5\r\n"},
      {[](Reply& r) { r.integer(9); }, ":9\r\n", ":9\r\n"},
      {[](Reply& r) { r.integer(INT64_MIN); }, ":-9223372036854775808\r\n", ":-9223372036854775808\r\n"},
      {[](Reply& r) { r.bulk("abc"); }, "$3\r\nabc\r\n", "$3\r\nabc\r\n"},
      {[](Reply& r) { r.bulk(""); }, "$0\r\n\r\n", "$0\r\n\r\n"},
      {[](Reply& r) { r.null(); }, "$-1\r\n", "_\r\n"},
      {[](Reply& r) { r.null_array(); }, "*-1\r\n", "_\r\n"},
      {[](Reply& r) { r.array(2); }, "*2\r\n", "*2\r\n"},
      {[](Reply& r) { r.map(2); }, "*4\r\n", "%2\r\n"},
      {[](Reply& r) { r.set(2); }, "*2\r\n", "~2\r\n"},
      {[](Reply& r) { r.push(3); }, "*3\r\n", ">3\r\n"},
      {[](Reply& r) { r.real(1.5); }, "$3\r\n1.5\r\n", ",1.5\r\n"},
      {[](Reply& r) { r.boolean(true); }, ":1\r\n", "#t\r\n"},
      {[](Reply& r) { r.verbatim("hi"); }, "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n"},
      {[](Reply& r) { r.big_number("123"); }, "$3\r\n123\r\n", "(123\r\n"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(written(2, row.write), row.resp2);
    EXPECT_EQ(written(3, row.write), row.resp3);
  }
}

TEST_F(ReplyTest, AGapTakesTheLengthThatIsKnownLater) {
  EXPECT_EQ(written(2,
                    [](Reply& r) {
                      r.simple("before");
                      Chunk* gap = r.open();
                      r.integer(1);
                      Chunk* inner = r.open();
                      r.close_array(inner, 0);
                      r.close_map(gap, 1);
                    }),
            "+before\r\n*2\r\n:1\r\n*0\r\n");
}

TEST_F(ReplyTest, AMutedWriterLetsOnlyPushesPass) {
  EXPECT_EQ(written(3,
                    [](Reply& r) {
                      r.set_muted(true);
                      r.ok();
                      r.bulk("x");
                      r.array(3);
                      r.close_array(r.open(), 2);
                      r.push(0);
                    }),
            ">0\r\n");
}

TEST_F(ReplyTest, LargeRepliesLeaveInPiecesAndInOrder) {
  int fds[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
  UniqueFd ours(fds[0]), theirs(fds[1]);
  std::string wanted;
  for (int i = 0; i < 300; i++) {
    std::string piece(static_cast<size_t>(i) * 97, static_cast<char>('a' + i % 26));
    out_.append(piece);
    wanted += piece;
    if (i % 50 == 0) {
      out_.fill(out_.reserve_gap(), "gap");
      wanted += "gap";
    }
  }
  std::string received;
  char buffer[70000];
  while (received.size() < wanted.size()) {
    ASSERT_GE(out_.write_to(ours.get(), 100000), 0);
    ssize_t n = ::read(theirs.get(), buffer, sizeof buffer);
    ASSERT_GT(n, 0);
    received.append(buffer, static_cast<size_t>(n));
  }
  EXPECT_TRUE(received == wanted);
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(out_.memory_bytes(), 0u);
}

TEST_F(ReplyTest, OneBufferMovesBehindAnother) {
  OutputBuffer other;
  out_.append("first ");
  other.append("second");
  out_.take(other);
  EXPECT_TRUE(other.empty());
  EXPECT_EQ(taken(out_), "first second");
}

}  // namespace
}  // namespace strata::resp
