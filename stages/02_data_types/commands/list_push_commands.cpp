// List commands that add, replace and remove where they say: LPUSH RPUSH LPUSHX RPUSHX, LSET LINSERT LREM LTRIM.
#include "02_data_types/commands/list_commands.h"

namespace strata::db {

namespace {

using namespace resp;

// --- at an end ---

// [task 2.3] Push elements, making the list when there is none.
void push(Client& client, Args args, ListEnd end, bool only_existing) {
  Keyspace& keyspace = keyspace_of(client);
  Database& database = keyspace.db(client.db);
  Ref ref = database.write(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  if (!ref) {
    if (only_existing) {
      client.reply.integer(0);
      return;
    }
    ref = database.add(empty_list(args[1], client.server.get<ListLimits>()));
  }
  QuickList& list = list_of(*ref);
  for (std::string_view element : args.subspan(2)) list.push(end, element);
  client.reply.integer(static_cast<int64_t>(list.size()));
  keyspace.changed(database, args[1], end == ListEnd::kHead ? "lpush" : "rpush", EventClass::kList, args.size() - 2);
}

void lpush_command(Client& client, Args args) { push(client, args, ListEnd::kHead, false); }
void rpush_command(Client& client, Args args) { push(client, args, ListEnd::kTail, false); }
void lpushx_command(Client& client, Args args) { push(client, args, ListEnd::kHead, true); }
void rpushx_command(Client& client, Args args) { push(client, args, ListEnd::kTail, true); }

// --- inside ---

// LSET key index element
void lset_command(Client& client, Args args) {
  Database& database = database_of(client);
  Ref ref = database.write(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  if (!ref) {
    client.reply.error(kNoSuchKeyError);
    return;
  }
  int64_t index = 0;
  if (!integer_argument(client, args[2], &index)) return;
  if (!list_of(*ref).set(index, args[3])) {
    client.reply.error("ERR index out of range");
    return;
  }
  client.reply.ok();
  keyspace_of(client).changed(database, args[1], "lset", EventClass::kList);
}

// LINSERT key BEFORE|AFTER pivot element
void linsert_command(Client& client, Args args) {
  const bool after = equals_nocase(args[2], "after");
  if (!after && !equals_nocase(args[2], "before")) {
    client.reply.error(kSyntaxError);
    return;
  }
  Database& database = database_of(client);
  Ref ref = database.write(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  if (!ref) {
    client.reply.integer(0);
    return;
  }
  QuickList& list = list_of(*ref);
  if (!list.insert(args[3], after, args[4])) {
    client.reply.integer(-1);
    return;
  }
  client.reply.integer(static_cast<int64_t>(list.size()));
  keyspace_of(client).changed(database, args[1], "linsert", EventClass::kList);
}

// LREM key count element: a count below zero searches from the tail, zero removes all.
void lrem_command(Client& client, Args args) {
  int64_t count = 0;
  if (!integer_argument(client, args[2], &count)) return;
  Ref ref = database_of(client).write(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  size_t removed = 0;
  if (ref) {
    auto limit = static_cast<size_t>(count);
    if (count < 0) limit = 0 - limit;
    if (count == 0) limit = SIZE_MAX;
    removed = list_of(*ref).remove(args[3], limit, count < 0 ? ListEnd::kTail : ListEnd::kHead);
  }
  client.reply.integer(static_cast<int64_t>(removed));
  if (removed > 0) tell_removed(client, args[1], ref, "lrem", removed);
}

// LTRIM key start stop
void ltrim_command(Client& client, Args args) {
  int64_t start = 0;
  int64_t stop = 0;
  if (!integer_argument(client, args[2], &start) || !integer_argument(client, args[3], &stop)) return;
  Ref ref = database_of(client).write(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  client.reply.ok();
  if (!ref) return;
  QuickList& list = list_of(*ref);
  const size_t size = list.size();
  const ListRange kept = ListRange::between(start, stop, size);
  list.erase(kept.first + kept.count, size - kept.first - kept.count);
  list.erase(0, kept.first);
  tell_removed(client, args[1], ref, "ltrim", size - kept.count);
}

}  // namespace

void install_list_writers(Server& server) {
  auto& commands = server.commands;
  const KeySpec inserted = key_at(1, kKeyRW | kKeyInsert);
  const KeySpec removed = key_at(1, kKeyRW | kKeyDelete);
  constexpr uint64_t kPush = kWrite | kDenyOom | kFast;
  commands.add({.name = "lpush", .arity = -3, .flags = kPush, .keys = {inserted}, .run = lpush_command});
  commands.add({.name = "rpush", .arity = -3, .flags = kPush, .keys = {inserted}, .run = rpush_command});
  commands.add({.name = "lpushx", .arity = -3, .flags = kPush, .keys = {inserted}, .run = lpushx_command});
  commands.add({.name = "rpushx", .arity = -3, .flags = kPush, .keys = {inserted}, .run = rpushx_command});
  commands.add({.name = "lset",
                .arity = 4,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kKeyRW | kKeyUpdate)},
                .run = lset_command});
  commands.add({.name = "linsert", .arity = 5, .flags = kWrite | kDenyOom, .keys = {inserted}, .run = linsert_command});
  commands.add({.name = "lrem", .arity = 4, .flags = kWrite, .keys = {removed}, .run = lrem_command});
  commands.add({.name = "ltrim", .arity = 4, .flags = kWrite, .keys = {removed}, .run = ltrim_command});
}

}  // namespace strata::db
