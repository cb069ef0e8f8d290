// Sets: the type's row, its options, its commands.
#include "02_data_types/commands/set_commands.h"
#include "02_data_types/families.h"
#include "02_data_types/lazyfree/lazy_free.h"

namespace strata::db {

void install_sets(Server& server) {
  using namespace strata::resp;
  server.get<Keyspace>().types[ValueType::kSet] = set_type();
  server.get<LazyFree>().row(ValueType::kSet) = lazy_free_row<SetValue>();
  auto& limits = server.own<SetLimits>();
  server.config.integer("set-max-intset-entries", &limits.max_intset_entries, limits.max_intset_entries, 0,
                        Config::kNoMaximum, "largest set of whole numbers that is kept as a sorted array");

  auto& commands = server.commands;
  commands.add({.name = "sadd",
                .arity = -3,
                .flags = kWrite | kDenyOom | kFast,
                .keys = {key_at(1, kKeyRW | kKeyInsert)},
                .member = 2,
                .run = sadd_command});
  commands.add(
      {.name = "scard", .arity = 2, .flags = kReadOnly | kFast, .keys = {key_at(1, kKeyRO)}, .run = scard_command});
  commands.add({.name = "sdiff",
                .arity = -2,
                .flags = kReadOnly,
                .keys = {keys_in_range(1, -1, 1, kKeyRO | kKeyAccess)},
                .tips = {"nondeterministic_output_order"},
                .run = sdiff_command});
  commands.add({.name = "sdiffstore",
                .arity = -3,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kKeyOW | kKeyUpdate), keys_in_range(2, -1, 1, kKeyRO | kKeyAccess)},
                .run = sdiffstore_command});
  commands.add({.name = "sinter",
                .arity = -2,
                .flags = kReadOnly,
                .keys = {keys_in_range(1, -1, 1, kKeyRO | kKeyAccess)},
                .tips = {"nondeterministic_output_order"},
                .run = sinter_command});
  commands.add({.name = "sintercard",
                .arity = -3,
                .flags = kReadOnly,
                .keys = {KeySpec{.flags = kKeyRO | kKeyAccess, .index = 1, .find = KeySpec::Find::kKeyNum}},
                .run = sintercard_command});
  commands.add({.name = "sinterstore",
                .arity = -3,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kKeyRW | kKeyUpdate), keys_in_range(2, -1, 1, kKeyRO | kKeyAccess)},
                .run = sinterstore_command});
  commands.add({.name = "sismember",
                .arity = 3,
                .flags = kReadOnly | kFast,
                .keys = {key_at(1, kKeyRO)},
                .member = 2,
                .run = sismember_command});
  commands.add({.name = "smembers",
                .arity = 2,
                .flags = kReadOnly,
                .keys = {key_at(1, kKeyRO | kKeyAccess)},
                .tips = {"nondeterministic_output_order"},
                .run = smembers_command});
  commands.add({.name = "smismember",
                .arity = -3,
                .flags = kReadOnly | kFast,
                .keys = {key_at(1, kKeyRO | kKeyAccess)},
                .run = smismember_command});
  commands.add({.name = "smove",
                .arity = 4,
                .flags = kWrite | kFast,
                .keys = {key_at(1, kKeyRW | kKeyAccess | kKeyDelete), key_at(2, kKeyRW | kKeyInsert)},
                .run = smove_command});
  commands.add({.name = "spop",
                .arity = -2,
                .flags = kWrite | kFast,
                .keys = {key_at(1, kKeyRW | kKeyAccess | kKeyDelete)},
                .tips = {"nondeterministic_output"},
                .run = spop_command});
  commands.add({.name = "srandmember",
                .arity = -2,
                .flags = kReadOnly,
                .keys = {key_at(1, kKeyRO | kKeyAccess)},
                .tips = {"nondeterministic_output"},
                .run = srandmember_command});
  commands.add({.name = "srem",
                .arity = -3,
                .flags = kWrite | kFast,
                .keys = {key_at(1, kKeyRW | kKeyDelete)},
                .member = 2,
                .run = srem_command});
  commands.add({.name = "sscan",
                .arity = -3,
                .flags = kReadOnly,
                .keys = {key_at(1, kKeyRO | kKeyAccess)},
                .tips = {"nondeterministic_output"},
                .run = sscan_command});
  commands.add({.name = "sunion",
                .arity = -2,
                .flags = kReadOnly,
                .keys = {keys_in_range(1, -1, 1, kKeyRO | kKeyAccess)},
                .tips = {"nondeterministic_output_order"},
                .run = sunion_command});
  commands.add({.name = "sunionstore",
                .arity = -3,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kKeyOW | kKeyUpdate), keys_in_range(2, -1, 1, kKeyRO | kKeyAccess)},
                .run = sunionstore_command});
}

}  // namespace strata::db
