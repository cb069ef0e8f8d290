// Hash commands that read: HGET HMGET HGETALL HKEYS HVALS HLEN HSTRLEN HEXISTS HSCAN.
#include <climits>
#include <vector>

#include "01_resp_server/commands/scan_support.h"
#include "02_data_types/commands/hash_commands.h"
#include "common/glob.h"

namespace strata::db {

namespace {

using namespace resp;

void reply_field(Client& client, const std::optional<HashValue>& hash, std::string_view field) {
  std::optional<Element> value = hash ? hash->get(field) : std::nullopt;
  if (value) {
    reply_element(client.reply, *value);
  } else {
    client.reply.null();
  }
}

void hget_command(Client& client, Args args) {
  std::optional<HashValue> hash;
  if (read_hash(client, args[1], hash)) reply_field(client, hash, args[2]);
}

void hmget_command(Client& client, Args args) {
  std::optional<HashValue> hash;
  if (!read_hash(client, args[1], hash)) return;
  client.reply.array(args.size() - 2);
  for (std::string_view field : args.subspan(2)) reply_field(client, hash, field);
}

void hgetall_command(Client& client, Args args) {
  std::optional<HashValue> hash;
  if (!read_hash(client, args[1], hash)) return;
  client.reply.map(hash ? hash->size() : 0);
  if (!hash) return;
  hash->each([&](const HashField& field) {
    reply_element(client.reply, field.name);
    reply_element(client.reply, field.value);
  });
}

// HKEYS and HVALS: one half of every field.
void reply_halves(Client& client, std::string_view key, Element HashField::*half) {
  std::optional<HashValue> hash;
  if (!read_hash(client, key, hash)) return;
  client.reply.array(hash ? hash->size() : 0);
  if (hash) hash->each([&](const HashField& field) { reply_element(client.reply, field.*half); });
}

void hkeys_command(Client& client, Args args) { reply_halves(client, args[1], &HashField::name); }
void hvals_command(Client& client, Args args) { reply_halves(client, args[1], &HashField::value); }

void hlen_command(Client& client, Args args) {
  std::optional<HashValue> hash;
  if (read_hash(client, args[1], hash)) client.reply.integer(hash ? static_cast<int64_t>(hash->size()) : 0);
}

void hexists_command(Client& client, Args args) {
  std::optional<HashValue> hash;
  if (read_hash(client, args[1], hash)) client.reply.integer(hash && hash->get(args[2]) ? 1 : 0);
}

void hstrlen_command(Client& client, Args args) {
  std::optional<HashValue> hash;
  if (!read_hash(client, args[1], hash)) return;
  std::optional<Element> value = hash ? hash->get(args[2]) : std::nullopt;
  Element::Digits digits;
  client.reply.integer(value ? static_cast<int64_t>(value->as_text(digits).size()) : 0);
}

// HSCAN key cursor [MATCH pattern] [COUNT count]
void hscan_command(Client& client, Args args) {
  uint64_t cursor = 0;
  if (!read_cursor(client, args[2], &cursor)) return;
  std::optional<HashValue> hash;
  if (!read_hash(client, args[1], hash)) return;
  std::vector<HashField> found;
  if (hash) {
    ScanOptions options;
    if (!read_scan_options(client, args, 3, false, &options)) return;
    int64_t wanted = options.count;
    // An upper bound on the work for a table that is nearly empty.
    int64_t visits_left = options.count > LLONG_MAX / 10 ? LLONG_MAX : options.count * 10;
    do {
      cursor = hash->scan(cursor, [&](const HashField& field) {
        wanted--;
        Element::Digits digits;
        if (options.match_all || glob_match(options.pattern, field.name.as_text(digits))) found.push_back(field);
      });
    } while (cursor != 0 && wanted > 0 && --visits_left > 0);
  } else {
    cursor = 0;
  }
  client.reply.array(2);
  client.reply.bulk(std::to_string(cursor));
  client.reply.array(found.size() * 2);
  for (const HashField& field : found) {
    reply_element(client.reply, field.name);
    reply_element(client.reply, field.value);
  }
}

}  // namespace

void install_hash_readers(Server& server) {
  const std::vector<KeySpec> kAsked = {key_at(1, kKeyRO)};
  const std::vector<KeySpec> kRead = {key_at(1, kKeyRO | kKeyAccess)};
  const std::vector<std::string_view> kAnyOrder = {"nondeterministic_output_order"};
  const std::vector<std::string_view> kRandom = {"nondeterministic_output"};
  constexpr uint64_t kQuick = kReadOnly | kFast;
  CommandTable& commands = server.commands;
  commands.add({.name = "hget", .arity = 3, .flags = kQuick, .keys = kRead, .member = 2, .run = hget_command});
  commands.add({.name = "hmget", .arity = -3, .flags = kQuick, .keys = kRead, .run = hmget_command});
  commands.add(
      {.name = "hgetall", .arity = 2, .flags = kReadOnly, .keys = kRead, .tips = kAnyOrder, .run = hgetall_command});
  commands.add(
      {.name = "hkeys", .arity = 2, .flags = kReadOnly, .keys = kRead, .tips = kAnyOrder, .run = hkeys_command});
  commands.add(
      {.name = "hvals", .arity = 2, .flags = kReadOnly, .keys = kRead, .tips = kAnyOrder, .run = hvals_command});
  commands.add({.name = "hlen", .arity = 2, .flags = kQuick, .keys = kAsked, .run = hlen_command});
  commands.add({.name = "hstrlen", .arity = 3, .flags = kQuick, .keys = kAsked, .member = 2, .run = hstrlen_command});
  commands.add({.name = "hexists", .arity = 3, .flags = kQuick, .keys = kAsked, .member = 2, .run = hexists_command});
  commands.add(
      {.name = "hscan", .arity = -3, .flags = kReadOnly, .keys = kRead, .tips = kRandom, .run = hscan_command});
  commands.add({.name = "hrandfield",
                .arity = -2,
                .flags = kReadOnly,
                .keys = kRead,
                .tips = kRandom,
                .run = hrandfield_command});
}

}  // namespace strata::db
