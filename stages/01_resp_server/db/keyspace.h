// All databases, and what they share: types, events, effects of writes, the clock of accesses, expiry authority.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "01_resp_server/db/access_frequency.h"
#include "01_resp_server/db/database.h"
#include "01_resp_server/db/key_events.h"
#include "01_resp_server/db/types.h"
#include "01_resp_server/db/value_disposer.h"
#include "01_resp_server/db/write_effects.h"
#include "common/random.h"

namespace strata::db {

// maxmemory-policy: which keys go first when memory is short.
enum class EvictionPolicy : uint8_t {
  kNoEviction,
  kVolatileLru,
  kVolatileLfu,
  kVolatileRandom,
  kVolatileTtl,
  kAllKeysLru,
  kAllKeysLfu,
  kAllKeysRandom
};

class Keyspace {
 public:
  explicit Keyspace(size_t databases);

  // `index` must be below count().
  Database& db(int index) { return *databases_[static_cast<size_t>(index)]; }
  size_t count() const { return databases_.size(); }
  void resize(size_t databases);    // before the first key only: the `databases` option
  // How the keys of database 0 are spread over tables, asked once the configuration is known. Null, or a null answer: one
  // table, as the other databases have.
  std::function<const Partitioner*()> choose_partitioner;
  void swap(int a, int b);          // SWAPDB: the clients of each see the other's keys
  uint64_t size() const;            // keys of all databases
  void clear(bool lazily = false);  // all databases; nobody is told

  // A handler changed `key`: counts, tells. `klass` and `name` are those of the keyspace notification.
  void changed(Database& db, std::string_view key, std::string_view name, EventClass klass, uint64_t by = 1) {
    effects.dirty += by;
    if (events.anyone()) events.tell({KeyEvent::Kind::kModified, klass, db, key, name});
  }
  // Only a notification: the change was told already, or there was none.
  void notice(Database& db, std::string_view key, std::string_view name, EventClass klass) {
    if (events.anyone()) events.tell({KeyEvent::Kind::kNotice, klass, db, key, name});
  }

  // Unix time in ms, read at most once per moment: within one command no key expires between two looks at it. `moment`
  // is a count that its owner (the server) raises per command and per turn; null: read at every call.
  int64_t now_ms() const;
  void follow(const uint64_t* moment) { moment_ = moment; }
  // A script or transaction sees the time at which it began.
  void freeze_time(int64_t now_ms) { frozen_ms_ = now_ms; }
  void thaw_time() { frozen_ms_ = 0; }

  // Access clock for new and used entries, 24 bits: seconds, or (while accesses are counted) what access_frequency.h
  // describes. Refreshed by tick(), which the server calls per cron.
  uint32_t access_clock() const { return access_clock_; }
  void tick();
  // Starts or stops counting accesses, as `policy` asks: call after changing it. What entries hold from before means
  // little until they are used again.
  void follow_policy();
  bool counts_accesses() const { return touch != nullptr; }
  EvictionPolicy policy = EvictionPolicy::kNoEviction;
  FrequencySettings frequency;

  TypeTable types;
  KeyEvents events;
  WriteEffects effects;
  Random random;

  // Frees values later than at once; null: nobody does.
  ValueDisposer* disposer = nullptr;
  bool frees_lazily(Removal why) const { return disposer != nullptr && disposer->lazily(why); }

  // May this server delete a key that has expired? A replica may not: it hides the key and waits for its master's DEL.
  bool may_expire = true;
  // While a log is replayed nothing expires: the log itself says when a key goes.
  bool nothing_expires = false;
  // True while the data must not change by itself (CLIENT PAUSE): expired keys are hidden and stay. Null: never.
  std::function<bool()> held;
  bool deletes_expired() const { return may_expire && !(held && held()); }
  // What an access does to an entry's clock. Null: it becomes the present (LRU); an LFU policy counts instead.
  uint32_t (*touch)(Keyspace& keyspace, uint32_t old_clock) = nullptr;

  // Are there values so large that a lookup in one misses the cache? Null: no.
  bool (*large_values)() = nullptr;

  // For INFO stats.
  uint64_t hits = 0;
  uint64_t misses = 0;
  uint64_t expired_keys = 0;

 private:
  std::vector<std::unique_ptr<Database>> databases_;
  uint32_t access_clock_ = 0;
  int64_t frozen_ms_ = 0;
  const uint64_t* moment_ = nullptr;
  mutable uint64_t sampled_moment_ = 0;
  mutable int64_t sampled_ms_ = 0;
};

}  // namespace strata::db
