#include "01_resp_server/pubsub/message_frame.h"

#include <gtest/gtest.h>

#include <string>

namespace strata::resp {
namespace {

std::string bytes_of(const OutputBuffer& out) {
  std::string bytes;
  out.each_piece([&](std::string_view piece) { bytes += piece; });
  return bytes;
}

TEST(MessageFrame, DiffersBetweenProtocolsInItsFirstByteOnly) {
  MessageFrame frame;
  frame.encode("message", nullptr, "news", "hello");
  OutputBuffer out2, out3;
  frame.append_to(out3, true);
  frame.append_to(out2, false);
  EXPECT_EQ(bytes_of(out2), "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
  EXPECT_EQ(bytes_of(out3), ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
}

TEST(MessageFrame, NamesThePatternThatMatched) {
  MessageFrame frame;
  std::string_view pattern = "n*";
  frame.encode("pmessage", &pattern, "news", "");
  OutputBuffer out;
  frame.append_to(out, false);
  EXPECT_EQ(bytes_of(out), "*4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$0\r\n\r\n");
}

TEST(MessageFrame, CarriesLargeMessagesWhole) {
  for (size_t size : {8191u, 8192u, 8193u, 300000u}) {
    std::string message(size, 'x');
    message.front() = 'a';
    message.back() = 'z';
    MessageFrame frame;
    frame.encode("message", nullptr, "c", message);
    OutputBuffer out;
    frame.append_to(out, false);
    frame.append_to(out, true);
    std::string body = "3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$" + std::to_string(size) + "\r\n" + message + "\r\n";
    EXPECT_EQ(bytes_of(out), "*" + body + ">" + body) << size;
  }
}

TEST(MessageFrame, ForgetsTheMessageBefore) {
  std::string large(100000, 'x');
  MessageFrame frame;
  frame.encode("message", nullptr, "c", large);
  frame.encode("message", nullptr, "c", "y");
  OutputBuffer out;
  frame.append_to(out, false);
  EXPECT_EQ(bytes_of(out), "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\ny\r\n");
}

}  // namespace
}  // namespace strata::resp
