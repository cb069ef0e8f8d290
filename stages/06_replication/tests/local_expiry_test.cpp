// replica/local_expiry.h: keys that a writable replica's own clients gave a time to live go; the master's stay.
#include "06_replication/replica/local_expiry.h"

#include <gtest/gtest.h>

#include "03_rdb_snapshot/tests/whole_server.h"

namespace strata::repl {
namespace {

class LocalExpiryTest : public testing::Test {
 protected:
  LocalExpiryTest() {
    ask("SET of-the-master v PXAT 1500");
    host_.keyspace().may_expire = false;
    expiry_.follow(true);
  }
  ~LocalExpiryTest() override { expiry_.follow(false); }
  void ask(std::string_view command) { host_.ask(command); }
  void at(int64_t ms) { host_.keyspace().freeze_time(ms); }
  size_t keys() { return host_.keyspace().size(); }

  struct Started : rdb::WholeServer {
    Started() { keyspace().freeze_time(1000); }
  } host_;
  LocalExpiry expiry_{host_.server};
};

TEST_F(LocalExpiryTest, DeletesOnlyWhatItWasToldOf) {
  ask("SET own v PXAT 1500");
  ask("SET lasting v");
  EXPECT_EQ(expiry_.noted(), 1u);
  expiry_.periodic();
  EXPECT_EQ(keys(), 3u);
  at(2000);
  expiry_.periodic();
  EXPECT_EQ(keys(), 2u);
  EXPECT_EQ(expiry_.noted(), 0u);
  EXPECT_FALSE(host_.keyspace().may_expire);
}

TEST_F(LocalExpiryTest, AWriteHereDeletesWhatHasExpiredAReadHidesIt) {
  at(2000);
  ask("GET of-the-master");
  EXPECT_EQ(keys(), 1u);
  ask("APPEND of-the-master new");
  EXPECT_EQ(host_.keyspace().db(0).peek("of-the-master")->has_expiry(), false);
}

TEST_F(LocalExpiryTest, AKeyThatLostItsTimeToLiveIsForgotten) {
  ask("SET own v PXAT 1500");
  ask("PERSIST own");
  at(2000);
  expiry_.periodic();
  EXPECT_EQ(keys(), 2u);
  EXPECT_EQ(expiry_.noted(), 0u);
}

}  // namespace
}  // namespace strata::repl
