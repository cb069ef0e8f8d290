// Strings that change in place: counters, APPEND, SETRANGE.
#include <climits>
#include <cmath>

#include "01_resp_server/commands/string_support.h"

namespace strata::resp {

namespace {

using db::Database;
using db::EventClass;
using db::Ref;
using db::ValueType;

// The number that a string holds; answers the error when it holds none.
// [task 1.11] Read the number that a string holds.
bool number_in(Client& client, const Ref& ref, int64_t* out) {
  if (!ref) {
    *out = 0;
    return true;
  }
  if (ref->type() != ValueType::kString) {
    client.reply.error(kWrongTypeError);
    return false;
  }
  if (ref->is_integer()) {
    *out = ref->number();
    return true;
  }
  char scratch[kInt64Chars];
  return integer_argument(client, db::string_bytes(*ref, scratch), out);
}

// [task 1.11] Add to a counter, but never past the range of 64 bits.
void increment(Client& client, std::string_view key, int64_t by) {
  auto& database = database_of(client);
  Ref ref = database.write(key);
  int64_t value = 0;
  if (!number_in(client, ref, &value)) return;
  if (__builtin_add_overflow(value, by, &value)) {
    client.reply.error("ERR increment or decrement would overflow");
    return;
  }
  database.set_integer(ref, key, value);
  keyspace_of(client).changed(database, key, "incrby", EventClass::kString);
  client.reply.integer(value);
}

void incr_command(Client& client, Args args) { increment(client, args[1], 1); }
void decr_command(Client& client, Args args) { increment(client, args[1], -1); }

void incrby_command(Client& client, Args args) {
  int64_t by = 0;
  if (integer_argument(client, args[2], &by)) increment(client, args[1], by);
}

// [task 1.11] Subtract, although one number has no negative.
void decrby_command(Client& client, Args args) {
  int64_t by = 0;
  if (!integer_argument(client, args[2], &by)) return;
  if (by == LLONG_MIN) {
    client.reply.error("ERR decrement would overflow");
    return;
  }
  increment(client, args[1], -by);
}

}  // namespace

// [task 1.11] Add a floating point number to a string.
void incrbyfloat_command(Client& client, Args args) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = database.write(key);
  if (!of_type(client, ref, ValueType::kString)) return;
  char scratch[kInt64Chars];
  long double value = 0;
  long double by = 0;
  if ((ref && !parse_long_double(db::string_bytes(*ref, scratch), &value)) || !parse_long_double(args[2], &by)) {
    client.reply.error(kNotFloatError);
    return;
  }
  value += by;
  if (std::isnan(value) || std::isinf(value)) {
    client.reply.error("ERR increment would produce NaN or Infinity");
    return;
  }
  std::string text = format_long_double_human(value);
  db::Entry::Shape shape;  // stays a string even where it reads like an integer
  shape.layout = db::Layout::kEmbedded;
  shape.bytes = text;
  if (text.size() > db::Entry::kMaxEmbedded) db::shape_raw(shape, text);
  shape.key = key;
  if (ref) {
    shape.expiry_ms = ref->expiry_ms();
    database.replace(ref, shape);
  } else {
    database.add(shape);
  }
  keyspace.changed(database, key, "incrbyfloat", EventClass::kString);
  // Replayed as its result: floating point may come out differently elsewhere.
  if (keyspace.effects.wanted) keyspace.effects.replay_as({"SET", key, text, "KEEPTTL"});
  client.reply.bulk(text);
}

namespace {

// APPEND key value
void append_command(Client& client, Args args) {
  auto& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = database.write(key);
  size_t length = args[2].size();
  if (!ref) {
    database.set_string(ref, key, args[2], -1, client.parser().take_big_bulk(2));
  } else {
    if (!of_type(client, ref, ValueType::kString)) return;
    size_t old_length = db::string_length(*ref);
    length += old_length;
    if (!length_allowed(client, old_length, args[2].size())) return;
    ref = db::make_raw(database, ref, length);
    std::memcpy(db::raw_bytes(*ref) + old_length, args[2].data(), args[2].size());
  }
  keyspace_of(client).changed(database, key, "append", EventClass::kString);
  client.reply.integer(static_cast<int64_t>(length));
}

// SETRANGE key offset value
void setrange_command(Client& client, Args args) {
  auto& database = database_of(client);
  std::string_view key = args[1];
  std::string_view value = args[3];
  int64_t offset = 0;
  if (!integer_argument(client, args[2], &offset)) return;
  if (offset < 0) {
    client.reply.error("ERR offset is out of range");
    return;
  }
  Ref ref = database.write(key);
  if (!of_type(client, ref, ValueType::kString)) return;
  size_t old_length = ref ? db::string_length(*ref) : 0;
  if (value.empty()) {
    client.reply.integer(static_cast<int64_t>(old_length));
    return;
  }
  if (!length_allowed(client, static_cast<uint64_t>(offset), value.size())) return;
  size_t end = static_cast<size_t>(offset) + value.size();
  if (!ref) ref = database.set_string(ref, key, "", -1);
  ref = db::make_raw(database, ref, std::max(old_length, end));
  std::memcpy(db::raw_bytes(*ref) + offset, value.data(), value.size());
  keyspace_of(client).changed(database, key, "setrange", EventClass::kString);
  client.reply.integer(static_cast<int64_t>(std::max(old_length, end)));
}

}  // namespace

void install_counter_commands(Server& server) {
  constexpr uint64_t kChange = kWrite | kDenyOom | kFast;
  const std::vector<KeySpec> key = {key_at(1, kKeyRW | kKeyAccess | kKeyUpdate)};
  auto& commands = server.commands;
  commands.add({.name = "incr", .arity = 2, .flags = kChange, .keys = key, .run = incr_command});
  commands.add({.name = "decr", .arity = 2, .flags = kChange, .keys = key, .run = decr_command});
  commands.add({.name = "incrby", .arity = 3, .flags = kChange, .keys = key, .run = incrby_command});
  commands.add({.name = "decrby", .arity = 3, .flags = kChange, .keys = key, .run = decrby_command});
  commands.add({.name = "incrbyfloat", .arity = 3, .flags = kChange, .keys = key, .run = incrbyfloat_command});
  commands.add({.name = "append",
                .arity = 3,
                .flags = kChange,
                .keys = {key_at(1, kKeyRW | kKeyInsert)},
                .run = append_command});
  commands.add({.name = "setrange",
                .arity = 4,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kKeyRW | kKeyUpdate)},
                .run = setrange_command});
}

}  // namespace strata::resp
