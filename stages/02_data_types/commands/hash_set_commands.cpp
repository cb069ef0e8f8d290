// Hash commands that write: HSET HMSET HSETNX HDEL, and the counters HINCRBY HINCRBYFLOAT.
#include <fmt/format.h>

#include <cmath>

#include "01_resp_server/commands/string_support.h"
#include "02_data_types/commands/hash_commands.h"
#include "common/numbers.h"

namespace strata::db {

namespace {

using namespace resp;

// The hash at `ref`, made when there is none.
HashValue hash_or_new(Client& client, Ref ref, std::string_view key) {
  if (!ref) ref = database_of(client).add(HashValue::empty_shape(key));
  return HashValue(*ref);
}

bool set_field(Client& client, HashValue& hash, Args args, size_t field_at) {
  const HashLimits& limits = client.server.get<HashLimits>();
  std::string_view value = args[field_at + 1];
  // Only a table keeps the received buffer of a big value; a listpack would copy and free it too early.
  bool goes_to_table = !hash.is_listpack() || value.size() > static_cast<size_t>(limits.max_listpack_value);
  return hash.set(args[field_at], value, limits, goes_to_table ? buffer_of_pair(client, args, field_at) : nullptr);
}

// Sets all pairs of a command line. False after an error, `created` counts the new fields.
// [task 2.1] Set all fields that a command line brings.
bool set_pairs(Client& client, Args args, int64_t* created) {
  if (args.size() % 2 != 0) {
    client.reply.error(fmt::format("ERR wrong number of arguments for '{}' command", client.current->full_name));
    return false;
  }
  Database& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = database.write(key);
  if (!of_type(client, ref, ValueType::kHash)) return false;
  HashValue hash = hash_or_new(client, ref, key);
  for (size_t i = 2; i < args.size(); i += 2) *created += set_field(client, hash, args, i) ? 1 : 0;
  keyspace_of(client).changed(database, key, "hset", EventClass::kHash, (args.size() - 2) / 2);
  return true;
}

void hset_command(Client& client, Args args) {
  int64_t created = 0;
  if (set_pairs(client, args, &created)) client.reply.integer(created);
}

void hmset_command(Client& client, Args args) {
  int64_t created = 0;
  if (set_pairs(client, args, &created)) client.reply.ok();
}

// [task 2.1] Set a field that must not be there yet.
void hsetnx_command(Client& client, Args args) {
  Database& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = database.write(key);
  if (!of_type(client, ref, ValueType::kHash)) return;
  if (ref && HashValue(*ref).get(args[2])) {
    client.reply.integer(0);
    return;
  }
  HashValue hash = hash_or_new(client, ref, key);
  set_field(client, hash, args, 2);
  keyspace_of(client).changed(database, key, "hset", EventClass::kHash);
  client.reply.integer(1);
}

// [task 2.1] Delete fields, and the key with the last of them.
void hdel_command(Client& client, Args args) {
  Keyspace& keyspace = keyspace_of(client);
  Database& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = database.write(key);
  if (!of_type(client, ref, ValueType::kHash)) return;
  size_t deleted = 0;
  bool emptied = false;
  if (ref) {
    HashValue hash(*ref);
    for (size_t i = 2; i < args.size() && !emptied; i++) {
      if (!hash.erase(args[i])) continue;
      deleted++;
      emptied = hash.size() == 0;
    }
  }
  if (emptied) database.remove(ref);
  if (deleted > 0) keyspace.changed(database, key, "hdel", EventClass::kHash, deleted);
  if (emptied) keyspace.notice(database, key, "del", EventClass::kGeneric);
  client.reply.integer(static_cast<int64_t>(deleted));
}

// HINCRBY key field increment
// [task 2.1] Add to the whole number in a field.
void hincrby_command(Client& client, Args args) {
  int64_t by = 0;
  if (!integer_argument(client, args[3], &by)) return;
  Database& database = database_of(client);
  std::string_view key = args[1];
  std::string_view field = args[2];
  Ref ref = database.write(key);
  if (!of_type(client, ref, ValueType::kHash)) return;
  int64_t value = 0;
  if (std::optional<Element> old = ref ? HashValue(*ref).get(field) : std::nullopt) {
    value = old->number;
    if (!old->is_number && !parse_int64(old->text, &value)) {
      client.reply.error("ERR hash value is not an integer");
      return;
    }
  }
  if (__builtin_add_overflow(value, by, &value)) {
    client.reply.error("ERR increment or decrement would overflow");
    return;
  }
  Element::Digits digits;
  hash_or_new(client, ref, key).set(field, Element::of(value).as_text(digits), client.server.get<HashLimits>());
  keyspace_of(client).changed(database, key, "hincrby", EventClass::kHash);
  client.reply.integer(value);
}

// HINCRBYFLOAT key field increment
// [task 2.1] Add to the number in a field.
void hincrbyfloat_command(Client& client, Args args) {
  long double increment = 0;
  if (!parse_long_double(args[3], &increment)) {
    client.reply.error(kNotFloatError);
    return;
  }
  if (std::isinf(increment)) {
    client.reply.error("ERR value is NaN or Infinity");
    return;
  }
  Keyspace& keyspace = keyspace_of(client);
  Database& database = database_of(client);
  std::string_view key = args[1];
  std::string_view field = args[2];
  Ref ref = database.write(key);
  if (!of_type(client, ref, ValueType::kHash)) return;
  long double sum = 0;
  if (std::optional<Element> old = ref ? HashValue(*ref).get(field) : std::nullopt) {
    sum = static_cast<long double>(old->number);
    if (!old->is_number && !parse_long_double(old->text, &sum)) {
      client.reply.error("ERR hash value is not a float");
      return;
    }
  }
  sum += increment;
  if (std::isnan(sum) || std::isinf(sum)) {
    client.reply.error("ERR increment would produce NaN or Infinity");
    return;
  }
  std::string text = format_long_double_human(sum);
  hash_or_new(client, ref, key).set(field, text, client.server.get<HashLimits>());
  keyspace.changed(database, key, "hincrbyfloat", EventClass::kHash);
  // What other copies get is the sum: theirs might come out differently.
  if (keyspace.effects.wanted) keyspace.effects.replay_as({"HSET", key, field, text});
  client.reply.bulk(text);
}

}  // namespace

void install_hash_writers(Server& server) {
  constexpr uint64_t kChange = kWrite | kDenyOom | kFast;
  const std::vector<KeySpec> kUpdated = {key_at(1, kKeyRW | kKeyUpdate)};
  const std::vector<KeySpec> kCounted = {key_at(1, kKeyRW | kKeyAccess | kKeyUpdate)};
  CommandTable& commands = server.commands;
  commands.add({.name = "hset", .arity = -4, .flags = kChange, .keys = kUpdated, .member = 2, .run = hset_command});
  commands.add({.name = "hmset", .arity = -4, .flags = kChange, .keys = kUpdated, .run = hmset_command});
  commands.add({.name = "hsetnx",
                .arity = 4,
                .flags = kChange,
                .keys = {key_at(1, kKeyRW | kKeyInsert)},
                .member = 2,
                .run = hsetnx_command});
  commands.add({.name = "hdel",
                .arity = -3,
                .flags = kWrite | kFast,
                .keys = {key_at(1, kKeyRW | kKeyDelete)},
                .member = 2,
                .run = hdel_command});
  commands.add(
      {.name = "hincrby", .arity = 4, .flags = kChange, .keys = kCounted, .member = 2, .run = hincrby_command});
  commands.add({.name = "hincrbyfloat",
                .arity = 4,
                .flags = kChange,
                .keys = kCounted,
                .member = 2,
                .run = hincrbyfloat_command});
}

}  // namespace strata::db
