// Fills a database with many keys that come from elsewhere: a snapshot, a master.
//
// Nobody is told of the keys, and a key's place in the table is fetched into the cache while the next ones are read: a
// key is in the database a few keys later, at finish() at the latest. Until then nothing else may touch the database.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "01_resp_server/db/database.h"

namespace strata::db {

class BulkLoad {
 public:
  enum class Duplicates : uint8_t { kRefuse, kReplace };

  BulkLoad(Database& database, Duplicates duplicates) : database_(database), duplicates_(duplicates) {}
  ~BulkLoad() { (void)finish(); }
  BulkLoad(const BulkLoad&) = delete;
  BulkLoad& operator=(const BulkLoad&) = delete;

  // How many keys will come, if the database is empty so far. Only a hint, but one that memory is spent on.
  void expect(size_t keys);

  // Takes over the shape's value; its clock counts. False: a key that came before (not always this one) was there
  // already and duplicates are refused; duplicate() names it. No key may be added after that.
  [[nodiscard]] bool add(const Entry::Shape& shape);
  [[nodiscard]] bool finish();
  void discard(const Entry::Shape& shape);  // frees a value that is not wanted after all
  const std::string& duplicate() const { return duplicate_; }

 private:
  struct Arrival {
    Entry* entry;
    Hash hash{0};
    size_t table;
  };
  static constexpr size_t kOnTheWay = 16;

  bool settle(const Arrival& arrival);
  void drop(Entry& entry);

  Database& database_;
  Duplicates duplicates_;
  std::array<Arrival, kOnTheWay> arrivals_{};
  uint64_t added_ = 0;
  uint64_t settled_ = 0;
  std::string duplicate_;
};

}  // namespace strata::db
