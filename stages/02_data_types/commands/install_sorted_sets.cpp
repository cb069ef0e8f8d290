// Sorted sets: the type's row, its options, its commands.
#include "01_resp_server/server/server.h"
#include "02_data_types/commands/sorted_set_commands.h"
#include "02_data_types/families.h"
#include "02_data_types/lazyfree/lazy_free.h"

namespace strata::db {

namespace {

using namespace resp;  // flags of commands and keys

constexpr uint32_t kStored = kKeyOW | kKeyUpdate;
constexpr uint32_t kTaken = kKeyRW | kKeyAccess | kKeyDelete;

// "numkeys key [key ...]" at `index`.
constexpr KeySpec counted(int index, uint32_t flags = kKeyRO | kKeyAccess) {
  return KeySpec{.flags = flags, .index = index, .find = KeySpec::Find::kKeyNum};
}

void install_readers(CommandTable& commands) {
  const std::vector<KeySpec> kOfOne = {key_at(1, kKeyRO | kKeyAccess)};
  commands.add(
      {.name = "zcard", .arity = 2, .flags = kReadOnly | kFast, .keys = {key_at(1, kKeyRO)}, .run = zcard_command});
  commands.add({.name = "zcount", .arity = 4, .flags = kReadOnly | kFast, .keys = kOfOne, .run = zcount_command});
  commands.add({.name = "zlexcount", .arity = 4, .flags = kReadOnly | kFast, .keys = kOfOne, .run = zlexcount_command});
  commands.add({.name = "zmscore", .arity = -3, .flags = kReadOnly | kFast, .keys = kOfOne, .run = zmscore_command});
  commands.add({.name = "zrandmember",
                .arity = -2,
                .flags = kReadOnly,
                .keys = kOfOne,
                .tips = {"nondeterministic_output"},
                .run = zrandmember_command});
  commands.add({.name = "zrange", .arity = -4, .flags = kReadOnly, .keys = kOfOne, .run = zrange_command});
  commands.add({.name = "zrangebylex", .arity = -4, .flags = kReadOnly, .keys = kOfOne, .run = zrangebylex_command});
  commands.add(
      {.name = "zrangebyscore", .arity = -4, .flags = kReadOnly, .keys = kOfOne, .run = zrangebyscore_command});
  commands.add(
      {.name = "zrank", .arity = 3, .flags = kReadOnly | kFast, .keys = kOfOne, .member = 2, .run = zrank_command});
  commands.add({.name = "zrevrange", .arity = -4, .flags = kReadOnly, .keys = kOfOne, .run = zrevrange_command});
  commands.add(
      {.name = "zrevrangebylex", .arity = -4, .flags = kReadOnly, .keys = kOfOne, .run = zrevrangebylex_command});
  commands.add(
      {.name = "zrevrangebyscore", .arity = -4, .flags = kReadOnly, .keys = kOfOne, .run = zrevrangebyscore_command});
  commands.add({.name = "zrevrank",
                .arity = 3,
                .flags = kReadOnly | kFast,
                .keys = kOfOne,
                .member = 2,
                .run = zrevrank_command});
  commands.add({.name = "zscan",
                .arity = -3,
                .flags = kReadOnly,
                .keys = kOfOne,
                .tips = {"nondeterministic_output"},
                .run = zscan_command});
  commands.add(
      {.name = "zscore", .arity = 3, .flags = kReadOnly | kFast, .keys = kOfOne, .member = 2, .run = zscore_command});
}

void install_writers(CommandTable& commands) {
  commands.add({.name = "zadd",
                .arity = -4,
                .flags = kWrite | kDenyOom | kFast,
                .keys = {key_at(1, kKeyRW | kKeyUpdate)},
                .member = 3,
                .run = zadd_command});
  commands.add({.name = "zincrby",
                .arity = 4,
                .flags = kWrite | kDenyOom | kFast,
                .keys = {key_at(1, kKeyRW | kKeyAccess | kKeyUpdate)},
                .member = 3,
                .run = zincrby_command});
  commands.add(
      {.name = "zpopmax", .arity = -2, .flags = kWrite | kFast, .keys = {key_at(1, kTaken)}, .run = zpopmax_command});
  commands.add(
      {.name = "zpopmin", .arity = -2, .flags = kWrite | kFast, .keys = {key_at(1, kTaken)}, .run = zpopmin_command});
  commands.add({.name = "zrangestore",
                .arity = -5,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kStored), key_at(2, kKeyRO | kKeyAccess)},
                .run = zrangestore_command});
  commands.add({.name = "zrem",
                .arity = -3,
                .flags = kWrite | kFast,
                .keys = {key_at(1, kKeyRW | kKeyDelete)},
                .member = 2,
                .run = zrem_command});
  commands.add({.name = "zremrangebylex",
                .arity = 4,
                .flags = kWrite,
                .keys = {key_at(1, kKeyRW | kKeyDelete)},
                .run = zremrangebylex_command});
  commands.add({.name = "zremrangebyrank",
                .arity = 4,
                .flags = kWrite,
                .keys = {key_at(1, kKeyRW | kKeyDelete)},
                .run = zremrangebyrank_command});
  commands.add({.name = "zremrangebyscore",
                .arity = 4,
                .flags = kWrite,
                .keys = {key_at(1, kKeyRW | kKeyDelete)},
                .run = zremrangebyscore_command});
}

// Those that take several keys, as many as an argument says.
void install_combinations(CommandTable& commands) {
  commands.add({.name = "zdiff", .arity = -3, .flags = kReadOnly, .keys = {counted(1)}, .run = zdiff_command});
  commands.add({.name = "zdiffstore",
                .arity = -4,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kStored), counted(2)},
                .run = zdiffstore_command});
  commands.add({.name = "zinter", .arity = -3, .flags = kReadOnly, .keys = {counted(1)}, .run = zinter_command});
  commands.add(
      {.name = "zintercard", .arity = -3, .flags = kReadOnly, .keys = {counted(1)}, .run = zintercard_command});
  commands.add({.name = "zinterstore",
                .arity = -4,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kStored), counted(2)},
                .run = zinterstore_command});
  commands.add({.name = "zmpop", .arity = -4, .flags = kWrite, .keys = {counted(1, kTaken)}, .run = zmpop_command});
  commands.add({.name = "zunion", .arity = -3, .flags = kReadOnly, .keys = {counted(1)}, .run = zunion_command});
  commands.add({.name = "zunionstore",
                .arity = -4,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kStored), counted(2)},
                .run = zunionstore_command});
}

}  // namespace

void install_sorted_sets(Server& server) {
  server.get<Keyspace>().types[ValueType::kSortedSet] = sorted_set_type();
  server.get<LazyFree>().row(ValueType::kSortedSet) = lazy_free_row<SortedSetValue>();

  auto& limits = server.own<SortedSetLimits>();
  server.config.integer("zset-max-listpack-entries", &limits.max_listpack_entries, 128, 0, Config::kNoMaximum,
                        "members up to which a sorted set is a listpack", {.alias = "zset-max-ziplist-entries"});
  server.config.memory("zset-max-listpack-value", &limits.max_listpack_value, 64, 0, Config::kNoMaximum,
                       "bytes of a member up to which a sorted set is a listpack", {.alias = "zset-max-ziplist-value"});

  install_readers(server.commands);
  install_writers(server.commands);
  install_combinations(server.commands);
}

}  // namespace strata::db
