// replica/request_scan.h: a request is found whole, or it is told how much is missing, wherever the bytes end.
#include "06_replication/replica/request_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace strata::repl {
namespace {

using Result = RequestScan::Result;

TEST(RequestScan, FindsTheWordsHoweverMuchFollows) {
  const std::string request = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nv\r\nal\r\n";
  std::vector<std::string_view> words;
  for (const std::string& behind : {std::string(), std::string("*1\r\n"), std::string("x")}) {
    const std::string input = request + behind;
    const RequestScan scan = scan_request(input, words);
    EXPECT_EQ(scan.result, Result::kWhole);
    EXPECT_EQ(scan.bytes, request.size());
    EXPECT_EQ(words.size(), 3u);
  }
}

TEST(RequestScan, AsksForMoreAtEveryCutAndForNotTooMuch) {
  const std::string request = "*2\r\n$4\r\nECHO\r\n$10\r\n0123456789\r\n";
  std::vector<std::string_view> words;
  for (size_t length = 0; length < request.size(); length++) {
    const RequestScan scan = scan_request(std::string_view(request).substr(0, length), words);
    EXPECT_EQ(scan.result, Result::kMore) << length;
    EXPECT_GT(scan.bytes, length);
    EXPECT_LE(scan.bytes, request.size());
  }
}

TEST(RequestScan, AnEmptyLineAsksForNothing) {
  std::vector<std::string_view> words;
  EXPECT_EQ(scan_request("\n*1", words).bytes, 1u);
  EXPECT_EQ(scan_request("\r\n*1", words).bytes, 2u);
  EXPECT_TRUE(words.empty());
}

TEST(RequestScan, AnythingElseIsBroken) {
  std::vector<std::string_view> words;
  for (const char* bytes : {"PING\r\n", "*x\r\n", "*-1\r\n", "*1\r\n+OK\r\n", "*1\r\n$-1\r\n", "*1\r\n$1x\r\n"}) {
    EXPECT_EQ(scan_request(bytes, words).result, Result::kBroken) << bytes;
  }
}

}  // namespace
}  // namespace strata::repl
