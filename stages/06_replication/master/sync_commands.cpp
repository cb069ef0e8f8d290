// PSYNC, SYNC, REPLCONF: how a replica introduces itself and what it tells.
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/support.h"
#include "06_replication/families.h"
#include "06_replication/master/master.h"
#include "06_replication/replication.h"
#include "common/log.h"

namespace strata::repl {

using namespace resp;

namespace {

// Answers why a connection cannot become a replica now.
// [task 6.6] Say why this connection cannot become a replica now, if it cannot.
bool may_attach(Client& client, Args args) {
  auto& replication = client.server.get<Replication>();
  if (replica_of(client).is_replica()) return false;
  if (args.size() > 3 && equals_nocase(args[0], "psync") && equals_nocase(args[3], "FAILOVER")) {
    if (!replication.is_replica()) {
      client.reply.error("ERR PSYNC FAILOVER can't be sent to a master.");
      return false;
    }
    if (!equals_nocase(args[1], replication.stream().id())) {
      client.reply.error("ERR PSYNC FAILOVER replid must match my replid.");
      return false;
    }
    log_notice("Failover request received for replid {}.", args[1]);
    replication.promote();
    log_notice("MASTER MODE enabled (failover request from 'id={} addr={}')", client.id, client.peer_address());
  }
  if (replication.failover().running()) {
    client.reply.error("NOMASTERLINK Can't SYNC while failing over");
    return false;
  }
  if (replication.is_replica() && !replication.link_up()) {
    client.reply.error("NOMASTERLINK Can't SYNC while not connected with my master");
    return false;
  }
  if (!client.out.empty()) {
    client.reply.error("ERR SYNC and PSYNC are invalid with pending output");
    return false;
  }
  if (replica_of(client).filtered() && !replica_of(client).takes_eof) {
    client.reply.error("ERR Filtered replica requires EOF capability");
    return false;
  }
  return true;
}

void psync_command(Client& client, Args args) {
  if (!may_attach(client, args)) return;
  int64_t offset = 0;
  if (!integer_argument(client, args[2], &offset)) return;
  client.server.get<Replication>().master().attach(client, args[1], offset, false);
}

void sync_command(Client& client, Args args) {
  if (!may_attach(client, args)) return;
  client.server.get<Replication>().master().attach(client, "?", -1, true);
}

// The parts of the data that an image is to have: words out of those that can be left out and be asked for.
bool take_filter(Client& client, std::string_view words) {
  rdb::ImageParts parts{.keys = false, .functions = false};
  for (size_t at = 0; at < words.size();) {
    const size_t end = std::min(words.find(' ', at), words.size());
    const std::string_view word = words.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    if (!equals_nocase(word, "functions")) {
      client.reply.error(fmt::format("ERR Unsupported rdb-filter-only option: {}", word));
      return false;
    }
    parts.functions = true;
  }
  replica_of(client).parts = parts;
  return true;
}

// One pair of REPLCONF. False: nothing more is to be answered.
// [task 6.1] Take one pair.
bool configure(Client& client, std::string_view option, std::string_view value) {
  Replica& replica = replica_of(client);
  auto& replication = client.server.get<Replication>();
  if (equals_nocase(option, "listening-port")) {
    int port = 0;
    if (!int_argument(client, value, &port)) return false;
    replica.port = port;
  } else if (equals_nocase(option, "ip-address")) {
    if (value.size() >= 256) {
      client.reply.error(
          fmt::format("ERR REPLCONF ip-address provided by replica instance is too long: {} bytes", value.size()));
      return false;
    }
    replica.announced_ip = value;
  } else if (equals_nocase(option, "capa")) {
    replica.takes_eof |= equals_nocase(value, "eof");
    replica.takes_psync2 |= equals_nocase(value, "psync2");
  } else if (equals_nocase(option, "ack")) {
    int64_t offset = 0;
    if (replica.is_replica() && parse_int64(value, &offset) && offset >= 0) {
      replication.master().acknowledged(client, static_cast<uint64_t>(offset));
    }
    return false;
  } else if (equals_nocase(option, "getack")) {
    if (MasterLink* link = replication.link()) link->acknowledge();
    return false;
  } else if (equals_nocase(option, "rdb-only")) {
    int wanted = 0;
    if (!int_argument(client, value, &wanted)) return false;
    replica.rdb_only = wanted == 1;
  } else if (equals_nocase(option, "rdb-filter-only")) {
    return take_filter(client, value);
  } else {
    client.reply.error(fmt::format("ERR Unrecognized REPLCONF option: {}", option));
    return false;
  }
  return true;
}

// [task 6.1] Take what a replica says of itself, pair by pair.
void replconf_command(Client& client, Args args) {
  if (args.size() % 2 == 0) {
    client.reply.error(kSyntaxError);
    return;
  }
  for (size_t i = 1; i < args.size(); i += 2) {
    if (!configure(client, args[i], args[i + 1])) return;
  }
  if (replica_of(client).is_replica()) {
    client.server.get<Replication>().master().drop_talker(client, "replconf");
  } else {
    client.reply.ok();
  }
}

void document(CommandTable& commands) {
  const DocGroup doc(commands, "server");
  doc("psync", {.summary = "What a replica asks its master for: the rest of the stream, or everything",
                .since = "2.8.0",
                .syntax = "replicationid offset:integer"});
  doc("sync", {.summary = "What a replica of old asks its master for: everything", .since = "1.0.0"});
  doc("replconf", {.summary = "What a replica and its master tell each other of themselves",
                   .since = "3.0.0",
                   .complexity = "O(1)",
                   .syscmd = true});
}

}  // namespace

void install_sync_commands(Server& server) {
  document(server.commands);
  constexpr uint64_t kSync = kAdmin | kNoScript | kNoAsyncLoading | kNoMulti;
  server.commands.add({.name = "psync", .arity = -3, .flags = kSync, .run = psync_command});
  server.commands.add({.name = "sync", .arity = 1, .flags = kSync, .run = sync_command});
  server.commands.add({.name = "replconf",
                       .arity = -1,
                       .flags = kAdmin | kNoScript | kLoading | kStale | kAllowBusy,
                       .run = replconf_command});
}

}  // namespace strata::repl
