// Expiry: setting it in four units of time, asking for it, taking it away.
#include <fmt/format.h>

#include <climits>

#include "01_resp_server/commands/support.h"

namespace strata::resp {

namespace {

using db::EventClass;
using db::Ref;

struct ExpireConditions {
  bool nx = false;  // only when there is no expiry
  bool xx = false;  // only when there is one
  bool gt = false;  // only when the new one is later (no expiry counts as infinitely late)
  bool lt = false;  // only when the new one is earlier
};

bool read_conditions(Client& client, Args args, ExpireConditions* out) {
  for (std::string_view word : args.subspan(3)) {
    if (equals_nocase(word, "NX")) {
      out->nx = true;
    } else if (equals_nocase(word, "XX")) {
      out->xx = true;
    } else if (equals_nocase(word, "GT")) {
      out->gt = true;
    } else if (equals_nocase(word, "LT")) {
      out->lt = true;
    } else {
      client.reply.error(fmt::format("ERR Unsupported option {}", until_zero(word)));
      return false;
    }
  }
  if (out->nx && (out->xx || out->gt || out->lt)) {
    client.reply.error("ERR NX and XX, GT or LT options at the same time are not compatible");
    return false;
  }
  if (out->gt && out->lt) {
    client.reply.error("ERR GT and LT options at the same time are not compatible");
    return false;
  }
  return true;
}

// [task 1.9] Tell whether the conditions NX, XX, GT and LT allow a new time.
bool met(const ExpireConditions& conditions, int64_t current_ms, int64_t when_ms) {
  bool has = current_ms >= 0;
  if (conditions.nx && has) return false;
  if (conditions.xx && !has) return false;
  if (conditions.gt && (!has || when_ms <= current_ms)) return false;
  if (conditions.lt && has && when_ms >= current_ms) return false;
  return true;
}

// EXPIRE family. `base_ms` is added to the argument: the present for relative times, 0 for absolute ones.
// [task 1.9] Give a key a time at which it goes, or delete it when that has passed.
void expire(Client& client, Args args, bool relative, bool seconds) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  std::string_view key = args[1];
  ExpireConditions conditions;
  if (!read_conditions(client, args, &conditions)) return;
  int64_t when = 0;
  if (!integer_argument(client, args[2], &when)) return;
  int64_t base_ms = relative ? keyspace.now_ms() : 0;
  bool valid = !seconds || (when <= LLONG_MAX / 1000 && when >= LLONG_MIN / 1000);
  if (valid && seconds) when *= 1000;
  if (!valid || when > LLONG_MAX - base_ms) {
    client.reply.error(fmt::format("ERR invalid expire time in '{}' command", client.current->full_name));
    return;
  }
  when += base_ms;
  Ref ref = database.write(key);
  if (!ref || !met(conditions, ref->expiry_ms(), when)) {
    client.reply.integer(0);
    return;
  }
  if (when <= keyspace.now_ms() && keyspace.may_expire) {
    database.remove(ref, db::Removal::kExpired);
    keyspace.changed(database, key, "del", EventClass::kGeneric);
    if (keyspace.effects.wanted) {
      const char* verb = keyspace.frees_lazily(db::Removal::kExpired) ? "UNLINK" : "DEL";
      keyspace.effects.replay_as({verb, key});
    }
  } else {
    // A time before 1970 cannot be kept, and need not: it has passed as well as any other.
    database.set_expiry(ref, std::max<int64_t>(when, 0));
    keyspace.changed(database, key, "expire", EventClass::kGeneric);
    if (keyspace.effects.wanted && (relative || seconds)) {
      std::string text = std::to_string(when);
      std::vector<std::string_view> absolute(args.begin(), args.end());  // with its conditions
      absolute[0] = "PEXPIREAT";
      absolute[2] = text;
      keyspace.effects.replay_as(absolute);
    }
  }
  client.reply.integer(1);
}

void expire_command(Client& client, Args args) { expire(client, args, true, true); }
void pexpire_command(Client& client, Args args) { expire(client, args, true, false); }
void expireat_command(Client& client, Args args) { expire(client, args, false, true); }
void pexpireat_command(Client& client, Args args) { expire(client, args, false, false); }

// TTL family: -2 without the key, -1 without an expiry.
void time_left(Client& client, Args args, bool relative, bool seconds) {
  Ref ref = database_of(client).look(args[1]);
  if (!ref || !ref->has_expiry()) {
    client.reply.integer(ref ? -1 : -2);
    return;
  }
  int64_t ms = ref->expiry_ms();
  if (relative) ms = std::max<int64_t>(ms - keyspace_of(client).now_ms(), 0);
  // Unsigned, for the last half second before the end of time rounds up beyond it.
  client.reply.integer(seconds ? static_cast<int64_t>((static_cast<uint64_t>(ms) + 500) / 1000) : ms);
}

void ttl_command(Client& client, Args args) { time_left(client, args, true, true); }
void pttl_command(Client& client, Args args) { time_left(client, args, true, false); }
void expiretime_command(Client& client, Args args) { time_left(client, args, false, true); }
void pexpiretime_command(Client& client, Args args) { time_left(client, args, false, false); }

void persist_command(Client& client, Args args) {
  auto& database = database_of(client);
  Ref ref = database.write(args[1]);
  bool had = ref && ref->has_expiry();
  if (had) {
    database.set_expiry(ref, -1);
    keyspace_of(client).changed(database, args[1], "persist", EventClass::kGeneric);
  }
  client.reply.integer(had ? 1 : 0);
}

}  // namespace

void install_expire_commands(Server& server) {
  const std::vector<KeySpec> kChanged = {key_at(1, kKeyRW | kKeyUpdate)};
  const std::vector<KeySpec> kAsked = {key_at(1, kKeyRO | kKeyAccess)};
  const std::vector<std::string_view> kMoves = {"nondeterministic_output"};
  constexpr uint64_t kSets = kWrite | kFast;
  constexpr uint64_t kAsks = kReadOnly | kFast;
  auto& commands = server.commands;
  commands.add({.name = "expire", .arity = -3, .flags = kSets, .keys = kChanged, .run = expire_command});
  commands.add({.name = "pexpire", .arity = -3, .flags = kSets, .keys = kChanged, .run = pexpire_command});
  commands.add({.name = "expireat", .arity = -3, .flags = kSets, .keys = kChanged, .run = expireat_command});
  commands.add({.name = "pexpireat", .arity = -3, .flags = kSets, .keys = kChanged, .run = pexpireat_command});
  commands.add({.name = "ttl", .arity = 2, .flags = kAsks, .keys = kAsked, .tips = kMoves, .run = ttl_command});
  commands.add({.name = "pttl", .arity = 2, .flags = kAsks, .keys = kAsked, .tips = kMoves, .run = pttl_command});
  commands.add({.name = "expiretime", .arity = 2, .flags = kAsks, .keys = kAsked, .run = expiretime_command});
  commands.add({.name = "pexpiretime", .arity = 2, .flags = kAsks, .keys = kAsked, .run = pexpiretime_command});
  commands.add({.name = "persist", .arity = 2, .flags = kSets, .keys = kChanged, .run = persist_command});
}

}  // namespace strata::resp
