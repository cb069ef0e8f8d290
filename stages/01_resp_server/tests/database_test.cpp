// db/database.h: an expired key is never visible, entries survive being rebuilt, counters match what is there.
#include "01_resp_server/db/database.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/db/string_value.h"

namespace strata::db {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  std::string get(std::string_view key) {
    Ref ref = db_.read(key);
    char scratch[24];
    return ref ? std::string(string_bytes(*ref, scratch)) : "(none)";
  }
  std::string_view encoding(std::string_view key) {
    Ref ref = db_.peek(key);
    return keyspace_.types.of(*ref).encoding_name(*ref);
  }
  Keyspace keyspace_{2};
  Database& db_ = keyspace_.db(0);
};

TEST_F(DatabaseTest, StringsOfEverySizeReadBack) {
  for (size_t length : {0, 1, 19, 20, 21, 44, 45, 192, 193, 100000}) {
    std::string value(length, 'a');
    db_.set_string("k", value);
    EXPECT_EQ(get("k"), value);
    EXPECT_EQ(encoding("k"), length <= 44 ? "embstr" : "raw");
  }
  EXPECT_EQ(db_.size(), 1u);
}

TEST_F(DatabaseTest, IntegersAreRecognisedOnlyInTheirOwnSpelling) {
  for (std::string_view text : {"0", "-1", "9223372036854775807", "-9223372036854775808"}) {
    db_.set_string("k", text);
    EXPECT_EQ(encoding("k"), "int") << text;
    EXPECT_EQ(get("k"), text);
  }
  for (std::string_view text : {"01", "+1", " 1", "1 ", "9223372036854775808", "-0", "", "1.0"}) {
    db_.set_string("k", text);
    EXPECT_EQ(encoding("k"), "embstr") << text;
    EXPECT_EQ(get("k"), text);
  }
}

TEST_F(DatabaseTest, AnExpiredKeyIsNeverVisible) {
  keyspace_.freeze_time(1000);
  db_.set_string("k", "v", 1500);
  EXPECT_EQ(get("k"), "v");
  EXPECT_EQ(db_.with_expiry(), 1u);
  keyspace_.freeze_time(1500);
  EXPECT_EQ(get("k"), "v") << "its last millisecond";
  keyspace_.freeze_time(1501);
  EXPECT_FALSE(db_.peek("k"));
  EXPECT_EQ(db_.size(), 0u) << "deleted as it was met";
  EXPECT_EQ(db_.with_expiry(), 0u);
  EXPECT_EQ(keyspace_.expired_keys, 1u);
}

TEST_F(DatabaseTest, WithoutTheAuthorityAnExpiredKeyIsHiddenButKept) {
  keyspace_.freeze_time(1000);
  db_.set_string("k", "v", 1500);
  keyspace_.may_expire = false;
  keyspace_.freeze_time(2000);
  EXPECT_FALSE(db_.read("k"));
  EXPECT_EQ(db_.size(), 1u);
  EXPECT_TRUE(db_.find_even_expired("k"));
}

TEST_F(DatabaseTest, WhileTheDataIsHeldAnExpiredKeyIsHiddenButKept) {
  keyspace_.freeze_time(1000);
  db_.set_string("k", "v", 1500);
  keyspace_.freeze_time(2000);
  bool held = true;
  keyspace_.held = [&] { return held; };
  EXPECT_FALSE(db_.read("k"));
  EXPECT_EQ(db_.size(), 1u);
  held = false;
  EXPECT_FALSE(db_.read("k"));
  EXPECT_EQ(db_.size(), 0u);
}

TEST_F(DatabaseTest, TheWatcherHearsOfEveryExpiryHoweverItIsGiven) {
  struct Watcher final : ExpiryWatcher {
    void given(size_t, Hash hash, int64_t expiry_ms) override {
      EXPECT_EQ(hash.bits, hash_of("k").bits);
      heard.push_back(expiry_ms);
    }
    void cleared() override { heard.push_back(-1); }
    void replaced() override { heard.push_back(-2); }
    std::vector<int64_t> heard;
  } watcher;
  keyspace_.freeze_time(1000);
  db_.watch_expiries(&watcher);
  db_.set_string("k", "v", 2000);                         // new
  db_.set_string("k", "w", 3000);                         // written over in place
  db_.set_string("k", std::string(100, 'x'), 4000);       // built anew
  db_.set_string("k", "v");                               // none
  db_.set_expiry(db_.peek("k"), 5000);                    // one more field
  db_.set_expiry(db_.peek("k"), 6000);                    // in place
  db_.set_string("k", "another", Database::kKeepExpiry);  // kept
  db_.set_expiry(db_.peek("k"), -1);                      // gone
  db_.clear();
  EXPECT_EQ(watcher.heard, (std::vector<int64_t>{2000, 3000, 4000, 5000, 6000, 6000, -1}));
  db_.watch_expiries(nullptr);
}

TEST_F(DatabaseTest, ATwinsContentsTakeThePlaceOfTheOldOnes) {
  keyspace_.freeze_time(1000);
  db_.set_string("old", std::string(100, 'x'));
  auto twin = db_.twin();
  twin->set_string("new", std::string(200, 'y'), 2000);
  db_.exchange_contents(*twin);
  EXPECT_EQ(get("new"), std::string(200, 'y'));
  EXPECT_FALSE(db_.peek("old"));
  EXPECT_EQ(db_.with_expiry(), 1u);
  EXPECT_TRUE(twin->peek("old"));
  EXPECT_EQ(twin->with_expiry(), 0u);
}

TEST_F(DatabaseTest, TheCountOfAccessesOutlivesTheValue) {
  keyspace_.policy = EvictionPolicy::kAllKeysLfu;
  keyspace_.follow_policy();
  keyspace_.frequency.log_factor = 0;  // each access counts
  for (std::string value : {"1", "2", "300", "a", "b", "text of another length"}) db_.set_string("k", value);
  EXPECT_EQ(db_.peek("k")->clock() & 0xff, kInitialFrequency + 5);
}

TEST_F(DatabaseTest, NoAccessIsNotedWhileAChildReadsTheSameMemory) {
  keyspace_.policy = EvictionPolicy::kAllKeysLfu;
  keyspace_.follow_policy();
  keyspace_.frequency.log_factor = 0;
  db_.set_string("k", "v");
  const uint32_t before = db_.peek("k")->clock();
  TableResizing::allow(false);
  EXPECT_EQ(get("k"), "v");
  EXPECT_EQ(db_.peek("k")->clock(), before);
  TableResizing::allow(true);
  EXPECT_EQ(get("k"), "v");
  EXPECT_NE(db_.peek("k")->clock(), before);
}

TEST_F(DatabaseTest, ExpiryComesAndGoesWithoutTouchingTheValue) {
  for (std::string value : {std::string("12345"), std::string("short"), std::string(5000, 'x')}) {
    db_.set_string("k", value);
    db_.set_expiry(db_.peek("k"), INT64_MAX);
    EXPECT_EQ(get("k"), value);
    EXPECT_EQ(db_.with_expiry(), 1u);
    db_.set_expiry(db_.peek("k"), -1);
    EXPECT_EQ(get("k"), value);
    EXPECT_EQ(db_.with_expiry(), 0u);
  }
}

TEST_F(DatabaseTest, SetKeepsOrDropsTheExpiryAsAsked) {
  db_.set_string("k", "v", INT64_MAX);
  db_.set_string("k", "w", Database::kKeepExpiry);
  EXPECT_EQ(db_.peek("k")->expiry_ms(), INT64_MAX);
  db_.set_integer(db_.peek("k"), "k", 70000);
  EXPECT_EQ(db_.peek("k")->expiry_ms(), INT64_MAX);
  db_.set_string("k", "v");
  EXPECT_FALSE(db_.peek("k")->has_expiry());
  EXPECT_EQ(db_.with_expiry(), 0u);
}

TEST_F(DatabaseTest, GrowingInPlaceKeepsWhatWasThere) {
  db_.set_string("k", "12");
  Ref ref = make_raw(db_, db_.peek("k"), 5);
  EXPECT_EQ(get("k"), std::string("12\0\0\0", 5));
  for (size_t length = 6; length < 2000; length += 7) {
    ref = make_raw(db_, ref, length);
    ASSERT_EQ(get("k").substr(0, 2), "12");
    ASSERT_EQ(get("k").size(), length);
  }
  EXPECT_EQ(encoding("k"), "raw");
}

TEST_F(DatabaseTest, AValueMovesToAnotherKeyWithItsExpiry) {
  for (std::string value : {std::string("12345"), std::string("short"), std::string(5000, 'x')}) {
    db_.set_string("from", value, INT64_MAX);
    Entry::Shape shape = db_.take_value(db_.peek("from"));
    shape.key = "to";
    keyspace_.db(1).add(shape);
    EXPECT_FALSE(db_.peek("from"));
    Ref moved = keyspace_.db(1).peek("to");
    char scratch[24];
    EXPECT_EQ(string_bytes(*moved, scratch), value);
    EXPECT_EQ(moved->expiry_ms(), INT64_MAX);
    keyspace_.db(1).clear();
  }
}

TEST_F(DatabaseTest, ClearLeavesNothing) {
  for (int i = 0; i < 10000; i++)
    db_.set_string("key:" + std::to_string(i), std::string(static_cast<size_t>(i % 500), 'v'));
  db_.set_string(std::string(1000, 'k'), "a long key");
  db_.clear();
  EXPECT_EQ(db_.size(), 0u);
  EXPECT_FALSE(db_.peek("key:1"));
  db_.set_string("key:1", "again");
  EXPECT_EQ(get("key:1"), "again");
}

TEST_F(DatabaseTest, EventsTellEveryChangeOfAKey) {
  std::multiset<std::string> told;
  keyspace_.events.listen(
      [&](const KeyEvent& event) { told.insert(std::string(event.name) + " " + std::string(event.key)); });
  keyspace_.freeze_time(1000);
  db_.set_string("k", "v", 1500);
  keyspace_.freeze_time(2000);
  db_.peek("k");
  EXPECT_EQ(told.count("new k"), 1u);
  EXPECT_EQ(told.count("expired k"), 1u);
  db_.read("k");
  EXPECT_EQ(told.count("keymiss k"), 1u);
}

TEST_F(DatabaseTest, AnExpiryIsReplayedAsADeletion) {
  keyspace_.effects.wanted = true;
  keyspace_.freeze_time(1000);
  db_.set_string("k", "v", 1500);
  keyspace_.freeze_time(2000);
  db_.peek("k");
  EXPECT_EQ(keyspace_.effects.bytes, "*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n");
  ASSERT_EQ(keyspace_.effects.replays.size(), 1u);
  EXPECT_EQ(keyspace_.effects.replays[0].db, 0);
  EXPECT_FALSE(keyspace_.effects.replaced) << "whatever else the command does is replayed too";
}

class TwoTables : public Partitioner {
 public:
  size_t tables() const override { return 2; }
  size_t table_of(std::string_view key) const override { return key.empty() ? 0 : static_cast<size_t>(key[0]) % 2; }
};

TEST_F(DatabaseTest, APartitionedDatabaseScansAllItsTables) {
  TwoTables partitioner;
  db_.partition(&partitioner);
  std::set<std::string> wanted;
  for (int i = 0; i < 1000; i++) wanted.insert(std::to_string(i));
  for (const auto& key : wanted) db_.set_string(key, "v");
  EXPECT_GT(db_.table(0).size(), 100u);
  EXPECT_GT(db_.table(1).size(), 100u);
  std::multiset<std::string> seen;
  uint64_t cursor = 0;
  do {
    cursor = db_.scan(cursor, [&](Entry& entry) { seen.emplace(entry.key()); });
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), wanted.size());
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), wanted);
  EXPECT_TRUE(db_.random());
  db_.clear();
}

TEST_F(DatabaseTest, ATableWithoutKeysIsNeverDrawn) {
  TwoTables partitioner;
  db_.partition(&partitioner);
  const auto drawn = [this] {
    std::set<size_t> tables;
    for (int i = 0; i < 200; i++) tables.insert(db_.random_table());
    return tables;
  };
  for (int i = 0; i < 100; i++) db_.set_string(std::to_string(i), "v");
  EXPECT_EQ(drawn(), (std::set<size_t>{0, 1}));
  for (int i = 0; i < 100; i++) {
    const std::string key = std::to_string(i);
    if (partitioner.table_of(key) == 0) db_.remove(key);
  }
  EXPECT_EQ(drawn(), std::set<size_t>{1});
  const auto twin = db_.twin();
  twin->set_string("0", "v");
  db_.exchange_contents(*twin);
  EXPECT_EQ(drawn(), std::set<size_t>{0});
  db_.clear();
  db_.set_string("1", "v");
  db_.take_value(db_.set_string("0", "v"));
  EXPECT_EQ(drawn(), std::set<size_t>{1});
  twin->clear();
  db_.clear();
}

}  // namespace
}  // namespace strata::db
