#include "01_resp_server/resp/request_encoder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <vector>

namespace strata::resp {
namespace {

std::string encoded(const std::vector<std::string_view>& words, std::string out = {}) {
  append_request(out, words);
  return out;
}

TEST(RequestEncoderTest, ShortRequests) {
  EXPECT_EQ(encoded({"PING"}), "*1\r\n$4\r\nPING\r\n");
  EXPECT_EQ(encoded({"SET", "k", ""}), "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n");
  EXPECT_EQ(encoded({"GET", std::string_view()}), "*2\r\n$3\r\nGET\r\n$0\r\n\r\n");
  EXPECT_EQ(encoded({"GET", std::string_view("\r\0\n", 3)}), std::string("*2\r\n$3\r\nGET\r\n$3\r\n\r\0\n\r\n", 22));
}

TEST(RequestEncoderTest, GoesBehindWhatIsThere) {
  EXPECT_EQ(encoded({"PING"}, "+OK\r\n"), "+OK\r\n*1\r\n$4\r\nPING\r\n");
}

TEST(RequestEncoderTest, EverySizeOfAWord) {
  for (size_t size = 0; size < 1200; size++) {
    const std::string word(size, 'x');
    EXPECT_EQ(encoded({"SET", "k", word}), fmt::format("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${}\r\n{}\r\n", size, word));
  }
}

TEST(RequestEncoderTest, EveryNumberOfWords) {
  std::string expected;
  std::vector<std::string_view> words;
  for (size_t count = 1; count < 120; count++) {
    words.push_back("ab");
    expected += "$2\r\nab\r\n";
    EXPECT_EQ(encoded(words), fmt::format("*{}\r\n{}", count, expected));
  }
}

}  // namespace
}  // namespace strata::resp
