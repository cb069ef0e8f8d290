// REPLICAOF (SLAVEOF), ROLE: which role this server has.
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/support.h"
#include "06_replication/families.h"
#include "06_replication/replication.h"
#include "common/log.h"

namespace strata::repl {

using namespace resp;

namespace {

// [task 6.2] Follow a master, another one, or none.
void replicaof_command(Client& client, Args args) {
  auto& replication = client.server.get<Replication>();
  if (replica_of(client).is_replica()) {
    client.reply.error("ERR Command is not valid when client is a replica.");
    return;
  }
  if (replication.failover().running()) {
    client.reply.error("ERR REPLICAOF not allowed while failing over.");
    return;
  }
  if (equals_nocase(args[1], "no") && equals_nocase(args[2], "one")) {
    if (replication.is_replica()) {
      replication.promote();
      log_notice("MASTER MODE enabled (user request from 'id={}')", client.id);
    }
    client.reply.ok();
    return;
  }
  int64_t port = 0;
  if (!parse_int64(args[2], &port) || port < 0 || port > 65535) {
    client.reply.error("ERR Invalid master port");
    return;
  }
  const MasterLink* link = replication.link();
  if (link != nullptr && equals_nocase(link->host(), args[1]) && link->port() == port) {
    client.reply.simple("OK Already connected to specified master");
    return;
  }
  replication.follow(std::string(args[1]), static_cast<int>(port));
  log_notice("REPLICAOF {}:{} enabled (user request from 'id={}')", args[1], port, client.id);
  client.reply.ok();
}

std::string_view link_state(const MasterLink& link) {
  using State = MasterLink::State;
  switch (link.state()) {
    case State::kConnect:
      return "connect";
    case State::kConnecting:
      return "connecting";
    case State::kWaiting:
    case State::kReceiving:
      return "sync";
    case State::kConnected:
      return "connected";
    default:
      return "handshake";
  }
}

void role_command(Client& client, Args) {
  auto& replication = client.server.get<Replication>();
  Reply& reply = client.reply;
  if (MasterLink* link = replication.link()) {
    reply.array(5);
    reply.bulk("slave");
    reply.bulk(link->host());
    reply.integer(link->port());
    reply.bulk(link_state(*link));
    reply.integer(link->up() ? static_cast<int64_t>(replication.stream().offset()) : -1);
    return;
  }
  reply.array(3);
  reply.bulk("master");
  reply.integer(static_cast<int64_t>(replication.stream().offset()));
  reply.array(replication.master().online());
  for (Client* each : replication.master().replicas()) {
    Replica& replica = replica_of(*each);
    if (!replica.online()) continue;
    reply.array(3);
    reply.bulk(replica.ip(*each));
    reply.bulk(std::to_string(replica.port));
    reply.bulk(std::to_string(replica.acked));
  }
}

}  // namespace

void install_role_commands(Server& server) {
  for (const std::string_view name : {"replicaof", "slaveof"}) {
    server.commands.add(
        {.name = name, .arity = 3, .flags = kAdmin | kNoScript | kStale | kNoAsyncLoading, .run = replicaof_command});
  }
  server.commands.add({.name = "role",
                       .arity = 1,
                       .flags = kNoScript | kLoading | kStale | kFast,
                       .categories = kCatAdmin | kCatDangerous,
                       .run = role_command});
  const DocGroup doc(server.commands, "server");
  const CommandDoc follow{.summary = "Makes this server a replica of another one, or a master again (NO ONE)",
                          .since = "5.0.0",
                          .complexity = "O(1)",
                          .syntax = "args:<host-port:{host port:integer}|no-one:{NO ONE}>"};
  doc("replicaof", follow);
  CommandDoc old = follow;
  old.since = "1.0.0";
  old.deprecated_since = "5.0.0";
  old.replaced_by = "`REPLICAOF`";
  doc("slaveof", old);
  doc("role", {.summary = "Tells whether this server is a master or a replica, and of whom",
               .since = "2.8.12",
               .complexity = "O(1)"});
}

}  // namespace strata::repl
