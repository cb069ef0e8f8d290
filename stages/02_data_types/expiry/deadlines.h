// When the next key of each part of a database expires: how active expiry finds expired keys without looking at the
// others, and how eviction finds keys with an expiry where these are few.
//
// The places of the hash table (db/table.h) are cut into groups of equal width, with about kGroupKeys keys each. Of every
// group one moment is kept, before which none of its keys expires:
//
//   places   0 ............................................ 2^48
//   groups   |  0   |  1   |  2   |  3   |  4   |  5   | ...
//   soonest   never  12:05  11:59  never  12:31  11:58         now 12:00: groups 2 and 5 are looked through
//
// Invariant: soonest(group) <= expiry of every key in it. An expiry that is set lowers the moment; one that goes away
// leaves it too low until somebody looks through the group and puts the true one there. Thus setting an expiry costs
// one comparison, and a group is looked through at most once per expiry that was set in it. A database of ten million
// keys needs 0.06 bytes per key for this, and a look for expired keys that finds none costs one comparison.
//
// The groups belong to places, not to buckets, so that a rehash leaves them alone. As the keyspace grows each group is
// split into two that inherit its moment. Without keys that expire there are no groups.
// Not thread safe.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "01_resp_server/db/database.h"
#include "common/prefetch.h"

namespace strata::db {

class Deadlines final : public ExpiryWatcher {
 public:
  static constexpr size_t kGroupKeys = 128;
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  explicit Deadlines(Database& database);  // watches it from now on
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  Database& database() const { return database_; }

  // ExpiryWatcher
  void given(size_t table, Hash hash, int64_t expiry_ms) override;
  void cleared() override;
  void replaced() override;

  // May there be a key whose moment is before `now_ms`? False: certainly not.
  bool due(int64_t now_ms) const { return earliest_ < now_ms; }
  size_t groups() const { return soonest_.size(); }
  int64_t soonest(size_t group) const { return soonest_[group]; }

  // The first group from `from` on (without wrapping around) whose moment is before `now_ms`; groups() if none is.
  // Before kAnyTime is every moment that there is.
  static constexpr int64_t kAnyTime = kNever;
  size_t next_due(size_t from, int64_t now_ms) const;
  size_t count_due(int64_t now_ms) const;

  // Visits all keys of a group that expire, and some neighbours'. The group's moment becomes that of the soonest key
  // for which `visit(Entry*)` returns true; return false for keys that are about to go. `visit` must not change the
  // database.
  template <class Visit>
  void look_through(size_t group, Visit visit);

  // After a round over all groups: how soon the next one is worth it.
  void refresh_earliest();
  // Splits or joins groups, so that they keep their size while the number of keys changes. Renumbers them.
  void fit();

 private:
  // The end of time is a moment like any other: only kNever says that no key of the group expires.
  static int64_t moment(int64_t expiry_ms) { return std::min(expiry_ms, kNever - 1); }
  size_t group_of(size_t table, uint64_t place) const {
    return (table << bits_) + (place >> (Hash::kPlaceBits - bits_));
  }
  void lay_out();

  Database& database_;
  unsigned bits_ = 0;  // each table of the database has 2^bits_ groups
  std::vector<int64_t> soonest_;
  int64_t earliest_ = kNever;  // <= all of soonest_
};

template <class Visit>
void Deadlines::look_through(size_t group, Visit visit) {
  EntryTable& table = database_.table(group >> bits_);
  const unsigned width = Hash::kPlaceBits - bits_;
  const uint64_t first = static_cast<uint64_t>(group & ((size_t{1} << bits_) - 1)) << width;
  const uint64_t end = first + (uint64_t{1} << width);
  // The entries lie all over the memory: they are asked for together, so that the waits for them overlap.
  for (uint64_t at = first; at < end;) at = table.visit_bucket(at, [](Entry* entry) { prefetch(entry); });
  int64_t soonest = kNever;
  for (uint64_t at = first; at < end;) {
    at = table.visit_bucket(at, [&](Entry* entry) {
      if (entry->has_expiry() && visit(entry)) soonest = std::min(soonest, moment(entry->expiry_ms()));
    });
  }
  soonest_[group] = soonest;
}

}  // namespace strata::db
