// Commands on whole databases: choosing, counting, swapping, emptying.
#include "01_resp_server/commands/support.h"

namespace strata::resp {

namespace {

void select_command(Client& client, Args args) {
  int index = 0;
  if (!int_argument(client, args[1], &index)) return;
  if (index < 0 || static_cast<size_t>(index) >= keyspace_of(client).count()) {
    client.reply.error(kDbIndexError);
    return;
  }
  client.db = index;
  client.reply.ok();
}

void dbsize_command(Client& client, Args) { client.reply.integer(static_cast<int64_t>(database_of(client).size())); }

void swapdb_command(Client& client, Args args) {
  int first = 0;
  int second = 0;
  if (!int_argument(client, args[1], &first, "ERR invalid first DB index")) return;
  if (!int_argument(client, args[2], &second, "ERR invalid second DB index")) return;
  auto& keyspace = keyspace_of(client);
  auto valid = [&](int index) { return index >= 0 && static_cast<size_t>(index) < keyspace.count(); };
  if (!valid(first) || !valid(second)) {
    client.reply.error(kDbIndexError);
    return;
  }
  if (first != second) keyspace.swap(first, second);
  keyspace.effects.dirty++;
  client.reply.ok();
}

// FLUSHDB and FLUSHALL take SYNC or ASYNC; without either, an option decides.
bool flush_option(Client& client, Args args, bool* lazily) {
  *lazily = keyspace_of(client).frees_lazily(db::Removal::kFlushed);
  if (args.size() == 1) return true;
  *lazily = equals_nocase(args[1], "ASYNC");
  if (args.size() == 2 && (*lazily || equals_nocase(args[1], "SYNC"))) return true;
  client.reply.error(kSyntaxError);
  return false;
}

// Replayed even if nothing was there, which is no change that counts: another copy may hold what this one lost.
void replay_flush(db::Keyspace& keyspace, Args args) {
  if (keyspace.effects.wanted) keyspace.effects.replay_as(args);
}

void flushdb_command(Client& client, Args args) {
  bool lazily = false;
  if (!flush_option(client, args, &lazily)) return;
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  keyspace.effects.dirty += database.size();
  replay_flush(keyspace, args);
  database.clear(lazily);
  keyspace.events.tell_reset(&database);
  client.reply.ok();
}

void flushall_command(Client& client, Args args) {
  bool lazily = false;
  if (!flush_option(client, args, &lazily)) return;
  auto& keyspace = keyspace_of(client);
  for (size_t i = 0; i < keyspace.count(); i++) {
    auto& database = keyspace.db(static_cast<int>(i));
    keyspace.effects.dirty += database.size();
    database.clear(lazily);
  }
  replay_flush(keyspace, args);
  keyspace.events.tell_reset(nullptr);
  keyspace.events.tell_flushall();
  client.reply.ok();
}

}  // namespace

void install_database_commands(Server& server) {
  constexpr uint64_t kWhole = kCatKeyspace | kCatDangerous;
  const std::vector<std::string_view> kEveryShard = {"request_policy:all_shards", "response_policy:all_succeeded"};
  auto& commands = server.commands;
  commands.add({.name = "select", .arity = 2, .flags = kLoading | kStale | kFast, .run = select_command});
  commands.add({.name = "dbsize",
                .arity = 1,
                .flags = kReadOnly | kFast,
                .categories = kCatKeyspace,
                .tips = {"request_policy:all_shards", "response_policy:agg_sum"},
                .run = dbsize_command});
  commands.add({.name = "swapdb", .arity = 3, .flags = kWrite | kFast, .categories = kWhole, .run = swapdb_command});
  commands.add({.name = "flushdb",
                .arity = -1,
                .flags = kWrite,
                .categories = kWhole,
                .tips = kEveryShard,
                .run = flushdb_command});
  commands.add({.name = "flushall",
                .arity = -1,
                .flags = kWrite,
                .categories = kWhole,
                .tips = kEveryShard,
                .run = flushall_command});
}

}  // namespace strata::resp
