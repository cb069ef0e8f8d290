// SET and its relatives: commands that store whole strings.
#include <fmt/format.h>

#include "01_resp_server/commands/set_keys.h"
#include "01_resp_server/commands/string_support.h"

namespace strata::resp {

namespace {

using db::Database;
using db::EventClass;
using db::Ref;

// Stores, tells, and says how to replay: relative expiries would mean another moment in another place.
Ref store(Client& client, Ref ref, size_t key_at, size_t value_at, Args args, int64_t expiry_ms) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  std::string_view key = args[key_at];
  ref = database.set_string(ref, key, args[value_at], expiry_ms, client.parser().take_big_bulk(value_at));
  keyspace.changed(database, key, "set", EventClass::kString);
  if (expiry_ms >= 0) {
    keyspace.notice(database, key, "expire", EventClass::kGeneric);
    if (keyspace.effects.wanted) {
      keyspace.effects.replay_as({"SET", key, args[value_at], "PXAT", std::to_string(expiry_ms)});
    }
  }
  return ref;
}

// SET key value [NX|XX] [GET] [EX s|PX ms|EXAT s|PXAT ms|KEEPTTL]
void set_command(Client& client, Args args) {
  StringOptions options;
  int64_t expiry_ms = -1;
  if (args.size() > 3) {
    using Expire = StringOptions::Expire;
    if (!read_string_options(client, args, 3, false, &options)) return;
    if (options.expire == Expire::kKeep) expiry_ms = Database::kKeepExpiry;
    bool seconds = options.expire == Expire::kEx || options.expire == Expire::kExAt;
    if (options.has_amount() && !expiry_time(client, options.amount, seconds, options.absolute(), &expiry_ms)) return;
    if (options.get && !reply_string_at(client, args[1])) return;
  }
  Ref ref = database_of(client).write(args[1]);
  if ((options.nx && ref) || (options.xx && !ref)) {
    if (!options.get) client.reply.null();
    return;
  }
  store(client, ref, 1, 2, args, expiry_ms);
  if (!options.get) client.reply.ok();
  auto& effects = keyspace_of(client).effects;
  if (options.get && expiry_ms < 0 && effects.wanted) {  // a replica must not answer
    std::vector<std::string_view> plain;
    for (size_t i = 0; i < args.size(); i++) {
      if (i < 3 || !equals_nocase(args[i], "GET")) plain.push_back(args[i]);
    }
    effects.replay_as(plain);
  }
}

void setnx_command(Client& client, Args args) {
  Ref ref = database_of(client).write(args[1]);
  if (!ref) store(client, ref, 1, 2, args, -1);
  client.reply.integer(ref ? 0 : 1);
}

void set_with_ttl(Client& client, Args args, bool seconds) {
  int64_t expiry_ms = 0;
  if (!expiry_time(client, args[2], seconds, false, &expiry_ms)) return;
  store(client, database_of(client).write(args[1]), 1, 3, args, expiry_ms);
  client.reply.ok();
}

void setex_command(Client& client, Args args) { set_with_ttl(client, args, true); }
void psetex_command(Client& client, Args args) { set_with_ttl(client, args, false); }

void getset_command(Client& client, Args args) {
  if (!reply_string_at(client, args[1])) return;
  store(client, database_of(client).write(args[1]), 1, 2, args, -1);
  auto& effects = keyspace_of(client).effects;
  if (effects.wanted) effects.replay_as({"SET", args[1], args[2]});
}

bool has_pairs(Client& client, Args args) {
  if (args.size() % 2 == 1) return true;
  client.reply.error(fmt::format("ERR wrong number of arguments for '{}' command", client.current->full_name));
  return false;
}

void store_pairs(Client& client, Args args) {
  auto& database = database_of(client);
  for (size_t i = 1; i < args.size(); i += 2) {
    database.set_string(database.write(args[i]), args[i], args[i + 1], -1, buffer_of_pair(client, args, i));
    keyspace_of(client).changed(database, args[i], "set", EventClass::kString);
  }
}

void mset_command(Client& client, Args args) {
  if (!has_pairs(client, args)) return;
  store_pairs(client, args);
  client.reply.ok();
}

void msetnx_command(Client& client, Args args) {
  if (!has_pairs(client, args)) return;
  for (size_t i = 1; i < args.size(); i += 2) {
    if (database_of(client).write(args[i])) {
      client.reply.integer(0);
      return;
    }
  }
  store_pairs(client, args);
  client.reply.integer(1);
}

}  // namespace

void install_set_commands(Server& server) {
  constexpr uint64_t kStore = kWrite | kDenyOom;
  constexpr uint32_t kOverwrite = kKeyOW | kKeyUpdate;
  auto& commands = server.commands;
  commands.add({.name = "set",
                .arity = -3,
                .flags = kStore,
                .keys = {KeySpec{.flags = kKeyRW | kKeyAccess | kKeyUpdate | kKeyVariableFlags,
                                 .index = 1,
                                 .notes = "GET reads the old value too"}},
                .run = set_command,
                .find_keys = find_set_keys});
  commands.add({.name = "setnx",
                .arity = 3,
                .flags = kStore | kFast,
                .keys = {key_at(1, kKeyOW | kKeyInsert)},
                .run = setnx_command});
  commands.add({.name = "setex", .arity = 4, .flags = kStore, .keys = {key_at(1, kOverwrite)}, .run = setex_command});
  commands.add({.name = "psetex", .arity = 4, .flags = kStore, .keys = {key_at(1, kOverwrite)}, .run = psetex_command});
  commands.add({.name = "getset",
                .arity = 3,
                .flags = kStore | kFast,
                .keys = {key_at(1, kKeyRW | kKeyAccess | kKeyUpdate)},
                .run = getset_command});
  commands.add({.name = "mset",
                .arity = -3,
                .flags = kStore,
                .keys = {keys_in_range(1, -1, 2, kOverwrite)},
                .tips = {"request_policy:multi_shard", "response_policy:all_succeeded"},
                .run = mset_command});
  commands.add({.name = "msetnx",
                .arity = -3,
                .flags = kStore,
                .keys = {keys_in_range(1, -1, 2, kKeyOW | kKeyInsert)},
                .tips = {"request_policy:multi_shard", "response_policy:agg_min"},
                .run = msetnx_command});
}

}  // namespace strata::resp
