// Commands on keys of any type: deleting, asking, renaming, copying.
#include "01_resp_server/commands/support.h"

namespace strata::resp {

void install_scan_commands(Server& server);   // scan_commands.cpp
void install_object_command(Server& server);  // object_command.cpp

namespace {

using db::Database;
using db::Entry;
using db::EventClass;
using db::Ref;

void remove_keys(Client& client, Args args, db::Removal why) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  int64_t deleted = 0;
  for (std::string_view key : args.subspan(1)) {
    if (!database.remove(key, why)) continue;
    keyspace.changed(database, key, "del", EventClass::kGeneric);
    deleted++;
  }
  client.reply.integer(deleted);
}

void del_command(Client& client, Args args) { remove_keys(client, args, db::Removal::kDeleted); }
void unlink_command(Client& client, Args args) { remove_keys(client, args, db::Removal::kUnlinked); }

void exists_command(Client& client, Args args) {
  int64_t found = 0;
  for (std::string_view key : args.subspan(1)) found += database_of(client).look(key) ? 1 : 0;
  client.reply.integer(found);
}

void touch_command(Client& client, Args args) {
  int64_t found = 0;
  for (std::string_view key : args.subspan(1)) found += database_of(client).read(key) ? 1 : 0;
  client.reply.integer(found);
}

void type_command(Client& client, Args args) {
  Ref ref = database_of(client).look(args[1]);
  client.reply.simple(ref ? keyspace_of(client).types.of(*ref).name : "none");
}

void randomkey_command(Client& client, Args) {
  Ref ref = database_of(client).random();
  if (ref) {
    client.reply.bulk(ref->key());
  } else {
    client.reply.null();
  }
}

// Gives the value and expiry of `from` another name. The caller has checked that nothing is lost by it.
void move_value(Database& source, Ref from, Database& target, std::string_view name) {
  Entry::Shape shape = source.take_value(from);
  shape.key = name;
  target.add(shape);
}

void rename_key(Client& client, Args args, bool only_if_free) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  bool same = args[1] == args[2];
  if (!database.write(args[1])) {
    client.reply.error(kNoSuchKeyError);
    return;
  }
  if (!same) {
    if (Ref target = database.write(args[2])) {
      if (only_if_free) {
        client.reply.integer(0);
        return;
      }
      database.remove(target);
    }
    move_value(database, database.peek(args[1]), database, args[2]);
    keyspace.changed(database, args[1], "rename_from", EventClass::kGeneric, 0);
    keyspace.changed(database, args[2], "rename_to", EventClass::kGeneric);
  }
  if (only_if_free) {
    client.reply.integer(same ? 0 : 1);
  } else {
    client.reply.ok();
  }
}

void rename_command(Client& client, Args args) { rename_key(client, args, false); }
void renamenx_command(Client& client, Args args) { rename_key(client, args, true); }

// The database with this number, or null after the error.
Database* database_argument(Client& client, std::string_view text) {
  int index = 0;
  if (!int_argument(client, text, &index)) return nullptr;
  auto& keyspace = keyspace_of(client);
  if (index < 0 || static_cast<size_t>(index) >= keyspace.count()) {
    client.reply.error(kDbIndexError);
    return nullptr;
  }
  return &keyspace.db(index);
}

// MOVE key db
void move_command(Client& client, Args args) {
  auto& keyspace = keyspace_of(client);
  Database& source = database_of(client);
  Database* target = database_argument(client, args[2]);
  if (target == nullptr) return;
  if (target == &source) {
    client.reply.error(kSameObjectError);
    return;
  }
  Ref ref = source.write(args[1]);
  if (!ref || target->write(args[1])) {
    client.reply.integer(0);
    return;
  }
  move_value(source, ref, *target, args[1]);
  keyspace.changed(source, args[1], "move_from", EventClass::kGeneric);
  keyspace.changed(*target, args[1], "move_to", EventClass::kGeneric, 0);
  client.reply.integer(1);
}

// COPY source destination [DB n] [REPLACE]
void copy_command(Client& client, Args args) {
  auto& keyspace = keyspace_of(client);
  Database& source = database_of(client);
  Database* target = &source;
  bool replace = false;
  for (size_t i = 3; i < args.size(); i++) {
    if (equals_nocase(args[i], "REPLACE")) {
      replace = true;
    } else if (equals_nocase(args[i], "DB") && i + 1 < args.size()) {
      target = database_argument(client, args[++i]);
      if (target == nullptr) return;
    } else {
      client.reply.error(kSyntaxError);
      return;
    }
  }
  if (target == &source && args[1] == args[2]) {
    client.reply.error(kSameObjectError);
    return;
  }
  if (!source.read(args[1])) {
    client.reply.integer(0);
    return;
  }
  if (Ref old = target->write(args[2])) {
    if (!replace) {
      client.reply.integer(0);
      return;
    }
    target->remove(old);
  }
  Ref ref = source.peek(args[1]);
  Entry::Shape shape = keyspace.types.of(*ref).copy_value(*ref);
  shape.type = ref->type();
  shape.key = args[2];
  shape.expiry_ms = ref->expiry_ms();
  target->add(shape);
  keyspace.changed(*target, args[2], "copy_to", EventClass::kGeneric);
  client.reply.integer(1);
}

}  // namespace

void install_key_commands(Server& server) {
  constexpr uint32_t kMoved = kKeyRW | kKeyAccess | kKeyDelete;
  const std::vector<std::string_view> kSum = {"request_policy:multi_shard", "response_policy:agg_sum"};
  const std::vector<KeySpec> kRemoved = {keys_in_range(1, -1, 1, kKeyRM | kKeyDelete)};
  const std::vector<KeySpec> kAsked = {keys_in_range(1, -1, 1, kKeyRO)};
  auto& commands = server.commands;
  commands.add({.name = "del", .arity = -2, .flags = kWrite, .keys = kRemoved, .tips = kSum, .run = del_command});
  commands.add(
      {.name = "unlink", .arity = -2, .flags = kWrite | kFast, .keys = kRemoved, .tips = kSum, .run = unlink_command});
  commands.add(
      {.name = "exists", .arity = -2, .flags = kReadOnly | kFast, .keys = kAsked, .tips = kSum, .run = exists_command});
  commands.add(
      {.name = "touch", .arity = -2, .flags = kReadOnly | kFast, .keys = kAsked, .tips = kSum, .run = touch_command});
  commands.add(
      {.name = "type", .arity = 2, .flags = kReadOnly | kFast, .keys = {key_at(1, kKeyRO)}, .run = type_command});
  commands.add({.name = "randomkey",
                .arity = 1,
                .flags = kReadOnly,
                .tips = {"request_policy:all_shards", "nondeterministic_output"},
                .run = randomkey_command});
  commands.add({.name = "rename",
                .arity = 3,
                .flags = kWrite,
                .keys = {key_at(1, kMoved), key_at(2, kKeyOW | kKeyUpdate)},
                .run = rename_command});
  commands.add({.name = "renamenx",
                .arity = 3,
                .flags = kWrite | kFast,
                .keys = {key_at(1, kMoved), key_at(2, kKeyOW | kKeyInsert)},
                .run = renamenx_command});
  commands.add({.name = "copy",
                .arity = -3,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kKeyRO | kKeyAccess), key_at(2, kKeyOW | kKeyUpdate)},
                .run = copy_command});
  commands.add({.name = "move",
                .arity = 3,
                .flags = kWrite | kFast,
                .keys = {key_at(1, kKeyRW | kKeyAccess | kKeyUpdate)},
                .run = move_command});
  install_scan_commands(server);
  install_object_command(server);
}

}  // namespace strata::resp
