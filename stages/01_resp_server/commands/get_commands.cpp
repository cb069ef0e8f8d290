// Reading strings: GET and its relatives, ranges, lengths.
#include "01_resp_server/commands/string_support.h"

namespace strata::resp {

namespace {

using db::EventClass;
using db::Ref;
using db::ValueType;

void get_command(Client& client, Args args) { reply_string_at(client, args[1]); }

void mget_command(Client& client, Args args) {
  client.reply.array(args.size() - 1);
  for (std::string_view key : args.subspan(1)) {
    Ref ref = database_of(client).read(key);
    if (ref && ref->type() == ValueType::kString) {
      reply_string(client, *ref);
    } else {
      client.reply.null();
    }
  }
}

void delete_and_tell(Client& client, Ref ref, std::string_view key, db::Removal why) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  database.remove(ref, why);
  keyspace.changed(database, key, "del", EventClass::kGeneric);
  if (keyspace.effects.wanted) keyspace.effects.replay_as({keyspace.frees_lazily(why) ? "UNLINK" : "DEL", key});
}

void getdel_command(Client& client, Args args) {
  Ref ref;
  if (reply_string_at(client, args[1], &ref) && ref) delete_and_tell(client, ref, args[1], db::Removal::kDeleted);
}

// GETEX key [EX s|PX ms|EXAT s|PXAT ms|PERSIST]
void getex_command(Client& client, Args args) {
  using Expire = StringOptions::Expire;
  StringOptions options;
  if (!read_string_options(client, args, 2, true, &options)) return;
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = database.read(key);
  if (!ref) {
    client.reply.null();
    return;
  }
  if (!of_type(client, ref, ValueType::kString)) return;
  int64_t expiry_ms = -1;
  bool seconds = options.expire == Expire::kEx || options.expire == Expire::kExAt;
  if (options.has_amount() && !expiry_time(client, options.amount, seconds, options.absolute(), &expiry_ms)) return;
  reply_string(client, *ref);
  if (options.absolute() && keyspace.may_expire && expiry_ms <= keyspace.now_ms()) {
    delete_and_tell(client, ref, key, db::Removal::kExpired);
  } else if (options.has_amount()) {
    database.set_expiry(ref, expiry_ms);
    keyspace.changed(database, key, "expire", EventClass::kGeneric);
    if (keyspace.effects.wanted) keyspace.effects.replay_as({"PEXPIREAT", key, std::to_string(expiry_ms)});
  } else if (options.expire == Expire::kPersist && ref->has_expiry()) {
    database.set_expiry(ref, -1);
    keyspace.changed(database, key, "persist", EventClass::kGeneric);
    if (keyspace.effects.wanted) keyspace.effects.replay_as({"PERSIST", key});
  }
}

void strlen_command(Client& client, Args args) {
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kString)) return;
  client.reply.integer(ref ? static_cast<int64_t>(db::string_length(*ref)) : 0);
}

// GETRANGE key start end: both ends inclusive, negative ones count from the end.
void getrange_command(Client& client, Args args) {
  int64_t start = 0;
  int64_t end = 0;
  if (!integer_argument(client, args[2], &start) || !integer_argument(client, args[3], &end)) return;
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kString)) return;
  char scratch[kInt64Chars];
  std::string_view bytes = ref ? db::string_bytes(*ref, scratch) : std::string_view();
  int64_t length = static_cast<int64_t>(bytes.size());
  bool reversed = start < 0 && end < 0 && start > end;
  if (start < 0) start = std::max<int64_t>(length + start, 0);
  if (end < 0) end = std::max<int64_t>(length + end, 0);
  end = std::min(end, length - 1);
  if (reversed || start > end || length == 0) {
    client.reply.bulk("");
    return;
  }
  client.reply.bulk(bytes.substr(static_cast<size_t>(start), static_cast<size_t>(end - start + 1)));
}

}  // namespace

void install_get_commands(Server& server) {
  constexpr uint32_t kRead = kKeyRO | kKeyAccess;
  auto& commands = server.commands;
  commands.add({.name = "get", .arity = 2, .flags = kReadOnly | kFast, .keys = {key_at(1, kRead)}, .run = get_command});
  commands.add({.name = "mget",
                .arity = -2,
                .flags = kReadOnly | kFast,
                .keys = {keys_in_range(1, -1, 1, kRead)},
                .tips = {"request_policy:multi_shard"},
                .run = mget_command});
  commands.add({.name = "getdel",
                .arity = 2,
                .flags = kWrite | kFast,
                .keys = {key_at(1, kKeyRW | kKeyAccess | kKeyDelete)},
                .run = getdel_command});
  commands.add(
      {.name = "getex",
       .arity = -2,
       .flags = kWrite | kFast,
       .keys = {KeySpec{
           .flags = kKeyRW | kKeyAccess | kKeyUpdate, .index = 1, .notes = "a write, since the TTL may change"}},
       .run = getex_command});
  commands.add(
      {.name = "strlen", .arity = 2, .flags = kReadOnly | kFast, .keys = {key_at(1, kKeyRO)}, .run = strlen_command});
  commands.add(
      {.name = "getrange", .arity = 4, .flags = kReadOnly, .keys = {key_at(1, kRead)}, .run = getrange_command});
  commands.add({.name = "substr", .arity = 4, .flags = kReadOnly, .keys = {key_at(1, kRead)}, .run = getrange_command});
  commands.add(
      {.name = "lcs", .arity = -3, .flags = kReadOnly, .keys = {keys_in_range(1, 1, 1, kRead)}, .run = lcs_command});
}

}  // namespace strata::resp
