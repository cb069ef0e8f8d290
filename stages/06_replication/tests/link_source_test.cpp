// replica/link_source.h: bytes that came before, then those of the socket, up to the end that was announced.
#include "06_replication/replica/link_source.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "common/files.h"

namespace strata::repl {
namespace {

class LinkSourceTest : public testing::Test {
 protected:
  LinkSourceTest() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    ours_.reset(ends[0]);
    masters_.reset(ends[1]);
  }
  void send(std::string_view bytes) {
    EXPECT_EQ(::write(masters_.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  static std::string all_of(LinkSource& source) {
    std::string all;
    char room[3];
    for (;;) {
      const Expected<size_t> n = source.read(room);
      if (!n || *n == 0) return all;
      all.append(room, *n);
    }
  }
  UniqueFd ours_;
  UniqueFd masters_;
};

TEST_F(LinkSourceTest, GivesWhatCameBeforeAndThenTheSocket) {
  send(" and after");
  LinkSource source(ours_.get(), "before", 16, 1000);
  EXPECT_EQ(source.remaining(), 16u);
  EXPECT_EQ(all_of(source), "before and after");
  EXPECT_EQ(source.taken(), 16u);
  EXPECT_FALSE(source.broken());
}

TEST_F(LinkSourceTest, LeavesWhatIsBehindTheImage) {
  LinkSource source(ours_.get(), "imagestream", 5, 1000);
  EXPECT_EQ(all_of(source), "image");
  EXPECT_EQ(source.unused(), "stream");
}

TEST_F(LinkSourceTest, WaitsAndLetsOthersGoOnMeanwhile) {
  LinkSource source(ours_.get(), "", 4, 1000);
  int idle = 0;
  source.idle = [&] {
    if (++idle == 3) send("late");
    return true;
  };
  EXPECT_EQ(all_of(source), "late");
  EXPECT_EQ(idle, 3);
}

TEST_F(LinkSourceTest, BreaksWhenTheLinkEndsOrIsSilentOrIsGivenUp) {
  LinkSource silent(ours_.get(), "", {}, 20);
  EXPECT_EQ(all_of(silent), "");
  EXPECT_TRUE(silent.broken());
  LinkSource given_up(ours_.get(), "", {}, 60'000);
  given_up.idle = [] { return false; };
  EXPECT_EQ(all_of(given_up), "");
  EXPECT_TRUE(given_up.broken());
  masters_.reset();
  LinkSource ended(ours_.get(), "", {}, 60'000);
  EXPECT_EQ(all_of(ended), "");
  EXPECT_TRUE(ended.broken());
}

}  // namespace
}  // namespace strata::repl
