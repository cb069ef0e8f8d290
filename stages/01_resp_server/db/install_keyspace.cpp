#include "01_resp_server/db/install_keyspace.h"

#include <fmt/format.h>

#include "01_resp_server/commands/client_pause.h"
#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/db/slab.h"
#include "01_resp_server/server/info_sections.h"
#include "01_resp_server/server/memory_report.h"
#include "01_resp_server/server/server.h"
#include "common/clock.h"
#include "common/memory.h"

namespace strata::db {

namespace {

struct KeyspaceOptions {
  int64_t databases = 16;
  bool rehash_when_idle = true;
};

// In a small keyspace everything is in the cache anyway.
class Prefetcher final : public resp::KeyPrefetcher {
 public:
  explicit Prefetcher(Keyspace& keyspace) : keyspace_(keyspace) {}
  bool worthwhile(const resp::Client& client) const override {
    return keyspace_.db(client.db).size() > kSmall || (keyspace_.large_values != nullptr && keyspace_.large_values());
  }
  void prefetch(const resp::Client& client, std::span<const resp::Lookup> lookups) override {
    keyspace_.db(client.db).prefetch(lookups);
  }

 private:
  static constexpr size_t kSmall = 10000;
  Keyspace& keyspace_;
};

// Goes on with rehashes for at most a millisecond, so that a table which nobody writes to gives its old half back.
void rehash_idle_tables(Keyspace& keyspace) {
  if (!TableResizing::allowed()) return;
  const int64_t end = mono_us() + 1000;
  for (size_t i = 0; i < keyspace.count(); i++) keyspace.db(static_cast<int>(i)).rehash_until(end);
}

void keyspace_info(Keyspace& keyspace, resp::InfoWriter& out) {
  for (size_t i = 0; i < keyspace.count(); i++) {
    Database& database = keyspace.db(static_cast<int>(i));
    if (database.size() == 0) continue;
    out.line("db{}:keys={},expires={},avg_ttl={}", i, database.size(), database.with_expiry(),
             database.average_ttl_ms());
  }
}

// The keyspace's part of `stats`, in the places that stage 1's server left for it.
void stats_info(const Keyspace& keyspace, resp::InfoWriter& out) {
  out.field("expired_keys", keyspace.expired_keys);
  out.field("keyspace_hits", keyspace.hits);
  out.field("keyspace_misses", keyspace.misses);
}

std::vector<resp::DatabaseMemory> database_memory(Keyspace& keyspace) {
  std::vector<resp::DatabaseMemory> out;
  for (size_t i = 0; i < keyspace.count(); i++) {
    Database& database = keyspace.db(static_cast<int>(i));
    if (database.size() == 0) continue;
    out.push_back({static_cast<int>(i), database.size(), database.memory_bytes(), 0});
  }
  return out;
}

}  // namespace

void install_keyspace_object(resp::Server& server) {
  auto& options = server.own<KeyspaceOptions>();
  auto& keyspace = server.own<Keyspace>(static_cast<size_t>(options.databases));
  keyspace.follow(&server.moment);
  server.clients.prefetcher = &server.own<Prefetcher>(keyspace);
  keyspace.held = [&server] {
    auto* pause = server.find<resp::ClientPause>();
    return pause != nullptr && pause->mode() != resp::ClientPause::Mode::kNone;
  };
  add_adjustment(SlabAllocator::used_memory_adjustment());

  server.config.integer("databases", &options.databases, 16, 1, INT32_MAX, "number of databases", {.immutable = true});
  server.config.flag("activerehashing", &options.rehash_when_idle, true,
                     "finish rehashes while there is nothing to do");

  // Nothing is evicted here yet, but the policy says what OBJECT IDLETIME and FREQ can tell.
  using Policy = EvictionPolicy;
  server.config.choice<Policy>(
      "maxmemory-policy", &keyspace.policy, Policy::kNoEviction,
      {{"volatile-lru", Policy::kVolatileLru},
       {"volatile-lfu", Policy::kVolatileLfu},
       {"volatile-random", Policy::kVolatileRandom},
       {"volatile-ttl", Policy::kVolatileTtl},
       {"allkeys-lru", Policy::kAllKeysLru},
       {"allkeys-lfu", Policy::kAllKeysLfu},
       {"allkeys-random", Policy::kAllKeysRandom},
       {"noeviction", Policy::kNoEviction}},
      "how keys are chosen for eviction: the LFU policies count accesses instead of noting their time",
      {.on_change = [&] {
        keyspace.follow_policy();
        return Status();
      }});
  server.config.integer("lfu-log-factor", &keyspace.frequency.log_factor, 10, 0, INT32_MAX,
                        "how slowly the access counter of the LFU policies grows");
  server.config.integer("lfu-decay-time", &keyspace.frequency.decay_minutes, 1, 0, INT32_MAX,
                        "minutes without an access that lower the counter by one; 0: never");

  server.on_start([&] {
    keyspace.follow_policy();
    keyspace.resize(static_cast<size_t>(options.databases));
    if (keyspace.choose_partitioner) keyspace.db(0).partition(keyspace.choose_partitioner());
    return Status();
  });
  server.every(100, [&] {
    keyspace.tick();
    if (options.rehash_when_idle) rehash_idle_tables(keyspace);
  });
  server.info.section("keyspace", 900).add([&](resp::InfoWriter& out) { keyspace_info(keyspace, out); });
  server.info.section("stats").add([&](resp::InfoWriter& out) { stats_info(keyspace, out); });
  server.info.section("persistence").add([&](resp::InfoWriter& out) {
    out.field("rdb_changes_since_last_save", keyspace.effects.dirty);  // nothing is ever saved in this stage
  });
  resp::MemoryAccounts::of(server).set_databases([&] { return database_memory(keyspace); });
  resp::on_reset_statistics(server, [&] { keyspace.hits = keyspace.misses = keyspace.expired_keys = 0; });
}

}  // namespace strata::db
