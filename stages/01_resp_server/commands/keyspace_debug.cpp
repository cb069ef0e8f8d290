// What DEBUG and MEMORY tell of keys: DEBUG OBJECT, POPULATE, HTSTATS, HTSTATS-KEY and MEMORY USAGE.
#include <fmt/format.h>

#include <climits>
#include <string>
#include <vector>

#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/subcommand_error.h"
#include "01_resp_server/commands/support.h"
#include "01_resp_server/db/string_value.h"

namespace strata::resp {

namespace {

using db::Database;
using db::Entry;
using db::Ref;

// MEMORY USAGE key [SAMPLES count]: bytes of the key, its value and its place in the table.
void memory_usage(Client& client, Args args) {
  constexpr int64_t kDefaultSamples = 5;
  int64_t samples = kDefaultSamples;
  for (size_t i = 3; i < args.size(); i += 2) {
    if (!equals_nocase(args[i], "samples") || i + 1 == args.size()) {
      client.reply.error(kSyntaxError);
      return;
    }
    if (!integer_argument(client, args[i + 1], &samples)) return;
    if (samples < 0) {
      client.reply.error(kSyntaxError);
      return;
    }
  }
  Database& database = database_of(client);
  Ref ref = database.peek(args[2]);
  if (!ref) {
    client.reply.null();
    return;
  }
  client.reply.integer(static_cast<int64_t>(database.entry_bytes(*ref, static_cast<size_t>(samples))));
}

// Bytes of a string in a snapshot, before compression. The stage that writes snapshots knows better.
size_t serialized_length(const Entry& entry) {
  if (entry.type() != db::ValueType::kString) return 0;
  size_t length = db::string_length(entry);
  if (entry.is_integer()) {
    int64_t number = entry.number();
    if (number >= INT8_MIN && number <= INT8_MAX) return 2;
    if (number >= INT16_MIN && number <= INT16_MAX) return 3;
    if (number >= INT32_MIN && number <= INT32_MAX) return 5;
  }
  size_t header = length < 64 ? 1 : length < 16384 ? 2 : 5;
  return header + length;
}

void debug_object(Client& client, Args args) {
  db::Keyspace& keyspace = keyspace_of(client);
  Ref ref = database_of(client).find_even_expired(args[2]);  // a look must not change anything
  if (!ref) {
    client.reply.error(kNoSuchKeyError);
    return;
  }
  const Entry& entry = *ref;
  uint32_t idle = (keyspace.access_clock() - entry.clock()) & static_cast<uint32_t>(Entry::kClockMask);
  bool shared = entry.is_integer() && entry.number() >= 0 && entry.number() < 10000;  // see OBJECT REFCOUNT
  const db::TypeRow& type = keyspace.types.of(entry);
  std::string more = type.debug_fields == nullptr ? "" : " " + type.debug_fields(entry);
  client.reply.simple(
      fmt::format("Value at:{} refcount:{} encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{}{}",
                  static_cast<const void*>(&entry), shared ? INT_MAX : 1, type.encoding_name(entry),
                  serialized_length(entry), entry.clock(), idle, more));
}

// DEBUG POPULATE count [prefix] [size]: keys prefix:0, prefix:1, ... that are not there yet, with the values
// value:0, value:1, ..., cut or filled with zero bytes to `size`.
void debug_populate(Client& client, Args args) {
  if (args.size() > 5) {
    reply_bad_subcommand(client, args);
    return;
  }
  int64_t count = 0;
  int64_t size = 0;
  constexpr std::string_view kPositive = "ERR value is out of range, must be positive";
  if (!integer_argument(client, args[2], &count, kPositive)) return;
  if (count < 0) {
    client.reply.error(kPositive);
    return;
  }
  if (args.size() == 5 && !integer_argument(client, args[4], &size, kPositive)) return;
  if (size < 0) {
    client.reply.error(kPositive);
    return;
  }
  std::string_view prefix = args.size() > 3 ? args[3] : "key";
  Database& database = database_of(client);
  for (int64_t i = 0; i < count; i++) {
    std::string key = fmt::format("{}:{}", prefix, i);
    if (database.peek(key)) continue;
    std::string value = fmt::format("value:{}", i);
    if (size > 0) value.resize(static_cast<size_t>(size));
    database.set_string(key, value);
  }
  client.reply.ok();
}

// How full the buckets of a database's tables are.
struct ChainStats {
  size_t buckets = 0;
  size_t items = 0;
  size_t used = 0;
  std::vector<size_t> of_length;

  void add(size_t length) {
    buckets++;
    items += length;
    used += length > 0 ? 1 : 0;
    if (of_length.size() <= length) of_length.resize(length + 1);
    of_length[length]++;
  }
};

std::string describe(const ChainStats& stats) {
  std::string out = "Hash table 0 stats (main hash table):\n";
  if (stats.items == 0) return out + "No stats available for empty dictionaries\n";
  double average = static_cast<double>(stats.items) / static_cast<double>(stats.used);
  out += fmt::format(
      " table size: {}\n number of elements: {}\n different slots: {}\n max chain length: {}\n"
      " avg chain length (counted): {:.2f}\n avg chain length (computed): {:.2f}\n Chain length "
      "distribution:\n",
      stats.buckets, stats.items, stats.used, stats.of_length.size() - 1, average, average);
  for (size_t length = 0; length < stats.of_length.size(); length++) {
    if (stats.of_length[length] == 0) continue;
    out += fmt::format("   {}: {} ({:.2f}%)\n", length, stats.of_length[length],
                       100.0 * static_cast<double>(stats.of_length[length]) / static_cast<double>(stats.buckets));
  }
  return out;
}

// DEBUG HTSTATS dbid. A bucket holds seven entries, so chains are longer here than in a table of single
// entries.
void debug_htstats(Client& client, Args args) {
  int64_t index = 0;
  if (!integer_argument(client, args[2], &index)) return;
  db::Keyspace& keyspace = keyspace_of(client);
  if (index < 0 || index >= static_cast<int64_t>(keyspace.count())) {
    client.reply.error("ERR Out of range database");
    return;
  }
  Database& database = keyspace.db(static_cast<int>(index));
  ChainStats stats;
  for (size_t i = 0; i < database.tables(); i++) {
    database.table(i).each_chain_length([&stats](size_t length) { stats.add(length); });
  }
  std::string out = "[Dictionary HT]\n" + describe(stats) + "[Expires HT]\n" + describe(ChainStats());
  if (database.with_expiry() > 0) {
    out += fmt::format("Expiries stand in the entries: {} of {} keys have one\n", database.with_expiry(), stats.items);
  }
  client.reply.verbatim(out);
}

// No type of this stage has a table of its own. A stage with such types replaces the word.
void debug_htstats_key(Client& client, Args args) {
  client.reply.error(database_of(client).peek(args[2])
                         ? "ERR The value stored at the specified key is not represented using an hash table"
                         : kNoSuchKeyError);
}

}  // namespace

void install_keyspace_debug(Server& server) {
  auto& debug = server.get<DebugCommands>();
  debug.add("object", 3, debug_object, {"OBJECT <key>", "    Show low level info about `key` and associated value."});
  debug.add("populate", -3, debug_populate,
            {"POPULATE <count> [<prefix>] [<size>]",
             "    Create <count> string keys named key:<num>. If <prefix> is specified then",
             "    it is used instead of the 'key' prefix. These are not propagated to",
             "    replicas. Cluster slots are not respected so keys not belonging to the",
             "    current node can be created in cluster mode."});
  debug.add("htstats", 3, debug_htstats,
            {"HTSTATS <dbid>", "    Return hash table statistics of the specified Redis database."});
  debug.add("htstats-key", 3, debug_htstats_key,
            {"HTSTATS-KEY <key>", "    Like HTSTATS but for the hash table stored at <key>'s value."});
  server.commands.add_subcommand(
      "memory", {.name = "usage", .arity = -3, .flags = kReadOnly, .keys = {key_at(2, kKeyRO)}, .run = memory_usage});
}

}  // namespace strata::resp
