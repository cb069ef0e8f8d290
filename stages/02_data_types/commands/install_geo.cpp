// Geo commands: sorted sets whose scores are places (geo/geohash.h).
#include "01_resp_server/server/server.h"
#include "02_data_types/commands/geo_commands.h"
#include "02_data_types/families.h"

namespace strata::db {

using namespace resp;  // flags of commands and keys

void install_geo(Server& server) {
  auto read_at = [](int index) { return key_at(index, kKeyRO | kKeyAccess); };
  auto target_after = [](std::string_view word, int from) {
    return KeySpec{.flags = kKeyOW | kKeyUpdate, .begin = KeySpec::Begin::kKeyword, .index = from, .keyword = word};
  };
  auto& commands = server.commands;
  commands.add({.name = "geoadd",
                .arity = -5,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kKeyRW | kKeyUpdate)},
                .run = geoadd_command});
  commands.add({.name = "geodist", .arity = -4, .flags = kReadOnly, .keys = {read_at(1)}, .run = geodist_command});
  commands.add({.name = "geohash", .arity = -2, .flags = kReadOnly, .keys = {read_at(1)}, .run = geohash_command});
  commands.add({.name = "geopos", .arity = -2, .flags = kReadOnly, .keys = {read_at(1)}, .run = geopos_command});
  commands.add({.name = "georadius",
                .arity = -6,
                .flags = kWrite | kDenyOom,
                .keys = {read_at(1), target_after("STORE", 6), target_after("STOREDIST", 6)},
                .run = georadius_command,
                .find_keys = find_georadius_keys});
  commands.add(
      {.name = "georadius_ro", .arity = -6, .flags = kReadOnly, .keys = {read_at(1)}, .run = georadius_ro_command});
  commands.add({.name = "georadiusbymember",
                .arity = -5,
                .flags = kWrite | kDenyOom,
                .keys = {read_at(1), target_after("STORE", 5), target_after("STOREDIST", 5)},
                .run = georadiusbymember_command,
                .find_keys = find_georadiusbymember_keys});
  commands.add({.name = "georadiusbymember_ro",
                .arity = -5,
                .flags = kReadOnly,
                .keys = {read_at(1)},
                .run = georadiusbymember_ro_command});
  commands.add({.name = "geosearch", .arity = -7, .flags = kReadOnly, .keys = {read_at(1)}, .run = geosearch_command});
  commands.add({.name = "geosearchstore",
                .arity = -8,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(1, kKeyOW | kKeyUpdate), read_at(2)},
                .run = geosearchstore_command});
}

}  // namespace strata::db
