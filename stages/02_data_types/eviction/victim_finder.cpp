#include "02_data_types/eviction/victim_finder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "01_resp_server/db/access_frequency.h"
#include "common/prefetch.h"

namespace strata::db {

namespace {

using Policy = EvictionPolicy;

// Keys that are looked at for each one of maxmemory-samples: two buckets, on average, at its default of 5.
constexpr size_t kKeysPerSample = 3;
constexpr size_t kKeysPerBucket = 7;  // about
constexpr size_t kRare = 16;  // one key of more than so many is eligible: drawing buckets is too much of a lottery

// Is the entry still where the candidate says? Compares addresses, reads the bucket only.
bool still_there(const Candidate& candidate) {
  bool found = false;
  EntryTable& table = candidate.database->table(candidate.table);
  table.visit_bucket(candidate.hash.place(), [&](Entry* entry) { found = found || entry == candidate.entry; });
  return found;
}

}  // namespace

bool VictimFinder::volatile_only() const {
  switch (keyspace_.policy) {
    case Policy::kVolatileLru:
    case Policy::kVolatileLfu:
    case Policy::kVolatileRandom:
    case Policy::kVolatileTtl:
      return true;
    default:
      return false;
  }
}

bool VictimFinder::random_choice() const {
  return keyspace_.policy == Policy::kAllKeysRandom || keyspace_.policy == Policy::kVolatileRandom;
}

size_t VictimFinder::eligible_keys(const Database& database) const {
  return volatile_only() ? database.with_expiry() : database.size();
}

// [task 2.10] What is a key worth to the policy? Less goes first.
// How much is lost with an entry. Absolute times instead of idle times: candidates stay comparable as time goes by.
uint64_t VictimFinder::worth(const Entry& entry) const {
  const uint32_t now = keyspace_.access_clock();
  switch (keyspace_.policy) {
    case Policy::kVolatileTtl:
      return static_cast<uint64_t>(entry.expiry_ms());
    case Policy::kVolatileLfu:
    case Policy::kAllKeysLfu: {
      // Of two keys that were used equally often, the one that was used longer ago goes.
      constexpr uint32_t kMinutes = 0xffff;
      const uint32_t idle_minutes = ((now >> 8) - (entry.clock() >> 8)) & kMinutes;
      return uint64_t{decayed_frequency(entry.clock(), now, keyspace_.frequency)} << 16 | (kMinutes - idle_minutes);
    }
    default: {
      const uint64_t idle_seconds = (now - entry.clock()) & Entry::kClockMask;
      return static_cast<uint64_t>(keyspace_.now_ms()) / 1000 - idle_seconds;
    }
  }
}

Victim VictimFinder::find(size_t samples) {
  Database* database = draw_database();
  if (database == nullptr) return {};
  if (random_choice()) return any_key(*database);
  if (pool_policy_ != keyspace_.policy) {
    pool_.clear();
    pool_policy_ = keyspace_.policy;
  }
  sample(*database, samples * kKeysPerSample);
  return best_candidate();
}

// A database, with a probability in proportion to the keys that may go; null when there is no such key.
Database* VictimFinder::draw_database() {
  size_t keys = 0;
  for (size_t i = 0; i < keyspace_.count(); i++) keys += eligible_keys(keyspace_.db(static_cast<int>(i)));
  if (keys == 0) return nullptr;
  uint64_t wanted = keyspace_.random.below(keys);
  for (int i = 0;; i++) {
    Database& database = keyspace_.db(i);
    if (wanted < eligible_keys(database)) return &database;
    wanted -= eligible_keys(database);
  }
}

// [task 2.10] Choose a key at random.
Victim VictimFinder::any_key(Database& database) {
  Entry* chosen = nullptr;
  uint64_t seen = 0;
  visit_sample(database, 1, [&](Entry* entry) {
    if (keyspace_.random.below(++seen) == 0) chosen = entry;  // each of those seen with the same probability
  });
  if (chosen == nullptr) return {};
  return {&database, database.find_even_expired(chosen->key())};
}

void VictimFinder::sample(Database& database, size_t keys) {
  visit_sample(database, keys, [&](Entry* entry) {
    const uint64_t worth_of_it = worth(*entry);
    if (!pool_.wants(worth_of_it)) return;
    pool_.offer({worth_of_it, &database, entry, hash_of(entry->key()), database.table_index(entry->key())});
  });
}

// [task 2.10] Choose from the pool the first that is still there and still worth as little.
Victim VictimFinder::best_candidate() {
  while (!pool_.empty()) {
    Candidate candidate = pool_.take();
    if (!still_there(candidate)) continue;
    Victim victim{candidate.database, candidate.database->find_even_expired(candidate.entry->key())};
    if (!eligible(*victim.ref)) continue;
    const uint64_t worth_now = worth(*victim.ref);
    if (worth_now <= candidate.worth) return victim;
    candidate.worth = worth_now;
    pool_.offer(candidate);
  }
  return {};
}

// Visits about `keys` eligible keys, more when that costs nothing, fewer when there are not as many.
template <class Visit>
void VictimFinder::visit_sample(Database& database, size_t keys, Visit visit) {
  size_t seen = 0;
  auto visit_eligible = [&](Entry* entry) {
    if (!eligible(*entry)) return;
    seen++;
    visit(entry);
  };
  const size_t rarity = database.size() / eligible_keys(database);
  if (rarity <= kRare) {
    const size_t buckets = std::max<size_t>(keys * rarity / kKeysPerBucket, 1);
    do {
      visit_buckets(database, buckets, visit_eligible);
    } while (seen == 0 && !volatile_only());  // a table that has just lost most of its keys has empty buckets
  }
  if (seen == 0) visit_group(database, visit_eligible);
}

// `count` buckets drawn at random.
template <class Visit>
void VictimFinder::visit_buckets(Database& database, size_t count, Visit visit) {
  constexpr size_t kAtOnce = 16;
  while (count > 0) {
    const size_t drawn = std::min(count, kAtOnce);
    std::array<std::pair<EntryTable*, uint64_t>, kAtOnce> places;
    for (size_t i = 0; i < drawn; i++) {
      places[i] = {&database.table(database.random_table()), keyspace_.random.next() >> (64 - Hash::kPlaceBits)};
    }
    // The entries are asked for together, so that the waits for them overlap.
    for (size_t i = 0; i < drawn; i++) {
      places[i].first->visit_bucket(places[i].second, [](Entry* entry) { prefetch(entry); });
    }
    for (size_t i = 0; i < drawn; i++) places[i].first->visit_bucket(places[i].second, visit);
    count -= drawn;
  }
}

// The next group, from a random one on, in which keys expire.
template <class Visit>
void VictimFinder::visit_group(Database& database, Visit visit) {
  Deadlines& deadlines = expiry_.deadlines(database);
  bool found = false;
  while (!found && deadlines.groups() > 0) {
    size_t group = deadlines.next_due(keyspace_.random.below(deadlines.groups()), Deadlines::kAnyTime);
    if (group == deadlines.groups()) group = deadlines.next_due(0, Deadlines::kAnyTime);
    if (group == deadlines.groups()) return;
    // A group whose keys have lost their expiry learns of it here, and is not found again.
    deadlines.look_through(group, [&](Entry* entry) {
      found = true;
      visit(entry);
      return true;
    });
  }
}

}  // namespace strata::db
