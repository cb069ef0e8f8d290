// stream/backlog.h: every byte is found by its offset, old ones go in whole blocks, and none that somebody still needs.
#include "06_replication/stream/backlog.h"

#include <gtest/gtest.h>

#include <string>

namespace strata::repl {
namespace {

std::string from(const Backlog& backlog, uint64_t offset) {
  std::string all;
  for (auto piece = backlog.piece(offset); !piece.empty(); piece = backlog.piece(offset)) {
    all += piece;
    offset += piece.size();
  }
  return all;
}

TEST(Backlog, FindsEveryByte) {
  Backlog backlog;
  backlog.start(101);
  EXPECT_TRUE(backlog.holds(101));
  EXPECT_FALSE(backlog.holds(100));
  EXPECT_FALSE(backlog.holds(102));
  std::string all;
  for (int i = 0; i < 5000; i++) {
    const std::string piece = std::to_string(i) + ";";
    all += piece;
    backlog.append(piece);
  }
  EXPECT_EQ(backlog.first(), 101u);
  EXPECT_EQ(backlog.end(), 101 + all.size());
  for (const uint64_t at : {0, 1, 16383, 16384, 16385, 20000}) EXPECT_EQ(from(backlog, 101 + at), all.substr(at));
  EXPECT_EQ(from(backlog, backlog.end()), "");
  EXPECT_TRUE(backlog.piece(100).empty());
}

TEST(Backlog, LetsGoOfOldBytesButOfNoneThatIsNeeded) {
  Backlog backlog;
  backlog.keep_bytes = 50000;
  uint64_t needed = 1;
  backlog.oldest_needed = [&] { return needed; };
  backlog.start(1);
  const std::string kilobyte(1024, 'x');
  for (int i = 0; i < 1000; i++) backlog.append(kilobyte);
  EXPECT_EQ(backlog.first(), 1u);
  needed = 500000;
  backlog.append(std::string(20000, 'y'));
  EXPECT_LE(backlog.first(), 500000u);
  EXPECT_GT(backlog.first(), 400000u);
  backlog.oldest_needed = [&] { return backlog.end(); };
  for (int i = 0; i < 100; i++) backlog.append(kilobyte);
  EXPECT_GE(backlog.size(), 50000u);
  EXPECT_LT(backlog.size(), 90000u);
}

}  // namespace
}  // namespace strata::repl
