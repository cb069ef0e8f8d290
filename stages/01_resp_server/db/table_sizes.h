// How many keys the tables of a partitioned database hold, summed over neighbours, so that the table of the n-th key is
// found without a look at every table. With 16384 tables:
//
//   blocks of 512 tables      32 sums    walked first
//   groups of 16 tables     1024 sums    those of one block are walked next
//   the tables themselves                those of one group: their own sizes
//
// A key that comes or goes costs two additions in 8 KiB that stay in the cache. (A Fenwick tree finds in fewer steps, but
// pays for every key with as many as it has levels, and keys come and go far more often than one is drawn.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace strata::db {

class TableSizes {
 public:
  static constexpr size_t kGroup = 16;
  static constexpr size_t kBlock = 512;

  explicit TableSizes(size_t tables)
      : groups_((tables + kBlock - 1) / kBlock * (kBlock / kGroup)), blocks_((tables + kBlock - 1) / kBlock) {}

  void add(size_t table) {
    groups_[table / kGroup]++;
    blocks_[table / kBlock]++;
  }
  void remove(size_t table) {
    groups_[table / kGroup]--;
    blocks_[table / kBlock]--;
  }
  void clear() { *this = TableSizes(blocks_.size() * kBlock); }

  // The first table of the group that holds the key number `*rank`, which must exist, keys being numbered table by table;
  // `*rank` is counted from that table on when it returns.
  size_t group_of(uint64_t* rank) const {
    size_t block = 0;
    for (; *rank >= blocks_[block]; block++) *rank -= blocks_[block];
    size_t group = block * (kBlock / kGroup);
    for (; *rank >= groups_[group]; group++) *rank -= groups_[group];
    return group * kGroup;
  }

 private:
  std::vector<uint64_t> groups_;
  std::vector<uint64_t> blocks_;
};

}  // namespace strata::db
