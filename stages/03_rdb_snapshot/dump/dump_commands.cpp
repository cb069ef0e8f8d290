// DUMP and RESTORE: one value as bytes that another server can take.
#include <vector>

#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/support.h"
#include "03_rdb_snapshot/dump/checksum_switch.h"
#include "03_rdb_snapshot/dump/dump_payload.h"
#include "03_rdb_snapshot/families.h"
#include "03_rdb_snapshot/rdb_options.h"

namespace strata::rdb {

using namespace resp;

namespace {

void dump_command(Client& client, Args args) {
  const db::Ref ref = database_of(client).read(args[1]);
  if (!ref) {
    client.reply.null();
    return;
  }
  const auto& server = client.server;
  client.reply.bulk(dump_value(server.get<ValueCodecs>(), *ref, server.get<RdbOptions>().compression));
}

struct RestoreOptions {
  bool replace = false;
  bool absolute = false;
  int64_t idle_seconds = -1;
  int64_t frequency = -1;
};

// `words`: behind key, ttl and payload.
// [task 3.4] Read the options of RESTORE.
bool read_options(Client& client, Args words, RestoreOptions* out) {
  for (size_t i = 0; i < words.size(); i++) {
    const bool more = i + 1 < words.size();
    if (equals_nocase(words[i], "REPLACE")) {
      out->replace = true;
    } else if (equals_nocase(words[i], "ABSTTL")) {
      out->absolute = true;
    } else if (equals_nocase(words[i], "IDLETIME") && more && out->frequency == -1) {
      if (!integer_argument(client, words[++i], &out->idle_seconds)) return false;
      if (out->idle_seconds < 0) {
        client.reply.error("ERR Invalid IDLETIME value, must be >= 0");
        return false;
      }
    } else if (equals_nocase(words[i], "FREQ") && more && out->idle_seconds == -1) {
      if (!integer_argument(client, words[++i], &out->frequency)) return false;
      if (out->frequency < 0 || out->frequency > db::kMostFrequent) {
        client.reply.error("ERR Invalid FREQ value, must be >= 0 and <= 255");
        return false;
      }
    } else {
      client.reply.error(kSyntaxError);
      return false;
    }
  }
  return true;
}

// 0 means none, which an entry spells -1.
bool read_expiry(Client& client, std::string_view text, bool absolute, int64_t* expiry_ms) {
  if (!integer_argument(client, text, expiry_ms)) return false;
  if (*expiry_ms < 0) {
    client.reply.error("ERR Invalid TTL value, must be >= 0");
    return false;
  }
  if (*expiry_ms == 0) {
    *expiry_ms = -1;
  } else if (!absolute) {
    *expiry_ms += keyspace_of(client).now_ms();
  }
  return true;
}

// Answers the error itself. The shape's bytes may lie in the reader.
bool read_value(Client& client, RdbReader& in, Entry::Shape* out) {
  uint8_t type = 0;
  const bool deep = client.server.get<RdbOptions>().sanitize != Sanitize::kNo;
  if (in.byte(&type)) {
    const Loaded loaded = client.server.get<ValueCodecs>().load(in, type, LoadRules::of(client.server, deep), out);
    if (loaded == Loaded::kValue) return true;
  }
  client.reply.error("ERR Bad data format");
  return false;
}

void set_clock(Client& client, db::Entry& entry, const RestoreOptions& options) {
  const auto& keyspace = keyspace_of(client);
  const uint32_t now = keyspace.access_clock();
  if (keyspace.counts_accesses()) {
    if (options.frequency >= 0) {
      entry.set_clock((now & ~db::kMostFrequent) | static_cast<uint32_t>(options.frequency));
    }
  } else if (options.idle_seconds >= 0) {
    entry.set_clock(static_cast<uint32_t>((now - options.idle_seconds) & static_cast<int64_t>(Entry::kClockMask)));
  }
}

// The time to live as a moment: whoever replays it does so later.
void replay(Client& client, Args args, int64_t expiry_ms, const RestoreOptions& options) {
  auto& effects = keyspace_of(client).effects;
  if (!effects.wanted) return;
  const std::string expiry = std::to_string(std::max<int64_t>(expiry_ms, 0));
  std::vector<std::string_view> words(args.begin(), args.end());
  words[2] = expiry;
  if (!options.absolute && expiry_ms >= 0) words.push_back("ABSTTL");
  effects.replay_as(words);
}

// [task 3.4] Make a key of what DUMP gave.
void restore_command(Client& client, Args args) {
  RestoreOptions options;
  if (!read_options(client, args.subspan(4), &options)) return;
  const std::string_view key = args[1];
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  if (!options.replace && database.write(key)) {
    client.reply.error("BUSYKEY Target key name already exists.");
    return;
  }
  int64_t expiry_ms = -1;
  if (!read_expiry(client, args[2], options.absolute, &expiry_ms)) return;
  std::string_view value;
  if (!check_payload(args[3], !client.server.get<ChecksumSwitch>().skip, &value)) {
    client.reply.error("ERR DUMP payload version or checksum are wrong");
    return;
  }
  RdbReader in(value, false);
  Entry::Shape shape;
  if (!read_value(client, in, &shape)) return;

  const bool replaced = options.replace && database.remove(key);
  shape.key = key;
  shape.expiry_ms = expiry_ms;
  const db::Ref ref = database.add(shape);
  if (expiry_ms >= 0 && keyspace.deletes_expired() && database.expired(*ref)) {
    // Its time is over already: all that happened is that the old key went.
    database.remove(ref);
    if (replaced) {
      keyspace.changed(database, key, "del", db::EventClass::kGeneric);
      keyspace.effects.replay_as({"DEL", key});
    }
    client.reply.ok();
    return;
  }
  set_clock(client, *ref, options);
  keyspace.changed(database, key, "restore", db::EventClass::kGeneric);
  replay(client, args, expiry_ms, options);
  client.reply.ok();
}

void document(CommandTable& commands) {
  const DocGroup doc(commands, "generic");
  doc("dump",
      {.summary = "Answers a value as bytes that RESTORE takes",
       .since = "2.6.0",
       .complexity = "O(1) to find the key and O(N*M) to write its value, N being the elements and M their size",
       .syntax = "key"});
  CommandDoc restore{
      .summary = "Makes a key of the bytes that DUMP gave",
      .since = "2.6.0",
      .complexity =
          "O(1) to make the key and O(N*M) to read its value, N being the elements and M their size; "
          "O(N*M*log(N)) for sorted sets",
      .syntax =
          "key ttl:integer serialized-value [REPLACE@3.0.0] [ABSTTL@5.0.0] [IDLETIME seconds:integer@5.0.0] "
          "[FREQ frequency:integer@5.0.0]",
      .history = {
          {"3.0.0", "Option `REPLACE`"}, {"5.0.0", "Option `ABSTTL`"}, {"5.0.0", "Options `IDLETIME` and `FREQ`"}}};
  doc("restore", restore);
  restore.summary = "Makes a key of the bytes that DUMP gave, for keys that move between nodes of a cluster";
  restore.since = "3.0.0";
  restore.syscmd = true;
  DocGroup(commands, "server")("restore-asking", restore);
}

}  // namespace

void install_dump_commands(Server& server) {
  server.own<ChecksumSwitch>();
  server.get<DebugCommands>().add("set-skip-checksum-validation", 3,
                                  [](Client& client, Args args) {
                                    client.server.get<ChecksumSwitch>().skip = args[2] != "0";
                                    client.reply.ok();
                                  },
                                  {"SET-SKIP-CHECKSUM-VALIDATION <0|1>",
                                   "    Enables or disables checksum checks for RDB files and RESTORE's payload."});
  server.commands.add({.name = "dump",
                       .arity = 2,
                       .flags = kReadOnly,
                       .categories = kCatKeyspace,
                       .keys = {key_at(1, kKeyRO | kKeyAccess)},
                       .tips = {"nondeterministic_output"},
                       .run = dump_command});
  for (const std::string_view name : {"restore", "restore-asking"}) {
    server.commands.add({.name = name,
                         .arity = -4,
                         .flags = kWrite | kDenyOom | (name == "restore" ? 0u : uint64_t{kAsking}),
                         .categories = kCatKeyspace | kCatDangerous,
                         .keys = {key_at(1, kKeyOW | kKeyUpdate)},
                         .run = restore_command});
  }
  document(server.commands);
}

}  // namespace strata::rdb
