// PFADD PFCOUNT PFMERGE.
#include "02_data_types/hyperloglog/hyperloglog_commands.h"

#include <optional>

#include "01_resp_server/db/string_value.h"
#include "02_data_types/families.h"

namespace strata::db {

using namespace resp;
using hll::StoredHyperLogLog;

bool is_hyperloglog(Client& client, const Ref& ref) {
  if (!of_type(client, ref, ValueType::kString)) return false;
  char scratch[kInt64Chars];
  if (!ref || hll::is_hyperloglog(string_bytes(*ref, scratch))) return true;
  client.reply.error("WRONGTYPE Key is not a valid HyperLogLog string value.");
  return false;
}

namespace {

struct HllLimits {
  int64_t sparse_max_bytes = 0;
};

size_t sparse_max_bytes(Client& client) { return static_cast<size_t>(client.server.get<HllLimits>().sparse_max_bytes); }

// The bytes of a key that is_hyperloglog() accepted, which are no number.
std::string_view hll_bytes(const Ref& ref) { return string_bytes(*ref, nullptr); }

// PFADD key [element ...]
// [task 2.7] Add elements, making the counter when there is none.
void pfadd_command(Client& client, Args args) {
  Database& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = database.write(key);
  if (!is_hyperloglog(client, ref)) return;
  uint64_t changes = ref ? 0 : 1;
  StoredHyperLogLog counter = ref ? StoredHyperLogLog(database, ref) : StoredHyperLogLog::create(database, key);
  for (std::string_view element : args.subspan(2)) {
    auto outcome = counter.raise(hll::place_of(element), sparse_max_bytes(client));
    if (outcome == StoredHyperLogLog::Outcome::kCorrupt) {
      client.reply.error(kCorruptHllError);
      return;
    }
    if (outcome == StoredHyperLogLog::Outcome::kRaised) changes++;
  }
  if (changes > 0) {
    counter.forget_count();
    keyspace_of(client).changed(database, key, "pfadd", EventClass::kString, changes);
  }
  client.reply.integer(changes > 0 ? 1 : 0);
}

// Raises registers to those of each key. False after an error. `any_dense`: was one of them dense?
// [task 2.7] Merge the registers of several keys.
bool merge_keys(Client& client, Args keys, hll::Registers& registers, bool* any_dense) {
  *any_dense = false;
  for (std::string_view key : keys) {
    Ref ref = database_of(client).read(key);
    if (!is_hyperloglog(client, ref)) return false;
    if (!ref) continue;
    *any_dense |= hll::is_dense(hll_bytes(ref));
    if (!hll::merge(hll_bytes(ref), registers)) {
      client.reply.error(kCorruptHllError);
      return false;
    }
  }
  return true;
}

// Of one key: its estimate is kept in it.
void count_key(Client& client, std::string_view key) {
  Database& database = database_of(client);
  Ref ref = database.read(key);
  if (!is_hyperloglog(client, ref)) return;
  if (!ref) {
    client.reply.integer(0);
    return;
  }
  StoredHyperLogLog counter(database, ref);
  std::optional<uint64_t> count = hll::cached_count(counter.bytes());
  if (!count) {
    hll::Registers registers{};
    if (!hll::merge(counter.bytes(), registers)) {
      client.reply.error(kCorruptHllError);
      return;
    }
    count = hll::estimate(hll::histogram_of(registers));
    counter.cache_count(*count);
    // The string is another one now, though no notification tells.
    keyspace_of(client).changed(database, key, "pfcount", EventClass::kSilent);
  }
  client.reply.integer(static_cast<int64_t>(*count));
}

// PFCOUNT key [key ...]
void pfcount_command(Client& client, Args args) {
  if (args.size() == 2) {
    count_key(client, args[1]);
    return;
  }
  hll::Registers registers{};
  bool any_dense = false;
  if (!merge_keys(client, args.subspan(1), registers, &any_dense)) return;
  client.reply.integer(static_cast<int64_t>(hll::estimate(hll::histogram_of(registers))));
}

// PFMERGE destination [source ...]
void pfmerge_command(Client& client, Args args) {
  Database& database = database_of(client);
  std::string_view key = args[1];
  hll::Registers registers{};
  bool any_dense = false;
  if (!merge_keys(client, args.subspan(1), registers, &any_dense)) return;
  Ref ref = database.write(key);
  StoredHyperLogLog merged = ref ? StoredHyperLogLog(database, ref) : StoredHyperLogLog::create(database, key);
  // One by one into a sparse one, as if they had been added; it may become dense on the way.
  unsigned index = 0;
  if (!any_dense) {
    for (; index < hll::kRegisters && !hll::is_dense(merged.bytes()); index++) {
      if (registers[index] > 0) merged.raise({index, registers[index]}, sparse_max_bytes(client));
    }
  }
  if (index < hll::kRegisters) {
    merged.make_dense();
    merged.set_registers(registers);
  }
  merged.forget_count();
  keyspace_of(client).changed(database, key, "pfadd", EventClass::kString);
  client.reply.ok();
}

}  // namespace

void install_hyperloglog(Server& server) {
  auto& limits = server.own<HllLimits>();
  server.config.memory("hll-sparse-max-bytes", &limits.sparse_max_bytes, 3000, 0, Config::kNoMaximum,
                       "bytes up to which a HyperLogLog is sparse");
  CommandTable& commands = server.commands;
  commands.add({.name = "pfadd",
                .arity = -2,
                .flags = kWrite | kDenyOom | kFast,
                .keys = {key_at(1, kKeyRW | kKeyInsert)},
                .run = pfadd_command});
  commands.add(
      {.name = "pfcount",
       .arity = -2,
       .flags = kReadOnly | kMayReplicate,
       .keys = {KeySpec{
           .flags = kKeyRW | kKeyAccess, .index = 1, .last = -1, .notes = "a cached cardinality may be written back"}},
       .run = pfcount_command});
  commands.add({.name = "pfmerge",
                .arity = -2,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kKeyRW | kKeyAccess | kKeyInsert), keys_in_range(2, -1, 1, kKeyRO | kKeyAccess)},
                .run = pfmerge_command});
  commands.add({.name = "pfdebug",
                .arity = 3,
                .flags = kWrite | kDenyOom | kAdmin,
                .keys = {key_at(2, kKeyRW | kKeyAccess)},
                .run = pfdebug_command});
  commands.add({.name = "pfselftest", .arity = 1, .flags = kAdmin, .run = pfselftest_command});
}

}  // namespace strata::db
