// FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/support.h"
#include "06_replication/families.h"
#include "06_replication/replication.h"

namespace strata::repl {

using namespace resp;

namespace {

struct Asked {
  Failover::Request request;
  bool abort = false;
  bool timeout = false;
};

// False: the error was answered.
bool parse(Client& client, Args args, Asked* asked) {
  Failover::Request& request = asked->request;
  for (size_t i = 1; i < args.size(); i++) {
    const size_t left = args.size() - i - 1;
    if (equals_nocase(args[i], "timeout") && left >= 1 && !asked->timeout) {
      if (!integer_argument(client, args[++i], &request.timeout_ms)) return false;
      if (request.timeout_ms <= 0) {
        client.reply.error("ERR FAILOVER timeout must be greater than 0");
        return false;
      }
      asked->timeout = true;
    } else if (equals_nocase(args[i], "abort") && args.size() == 2) {
      asked->abort = true;
    } else if (equals_nocase(args[i], "to") && left >= 2 && !request.names_target()) {
      if (!int_argument(client, args[i + 2], &request.port)) return false;
      request.host = args[i + 1];
      i += 2;
    } else if (equals_nocase(args[i], "force") && !request.force) {
      request.force = true;
    } else {
      client.reply.error(kSyntaxError);
      return false;
    }
  }
  return true;
}

Client* find_replica(Replication& replication, const Failover::Request& request) {
  for (Client* client : replication.master().replicas()) {
    Replica& replica = replica_of(*client);
    if (replica.ip(*client) == request.host && replica.port == request.port) return client;
  }
  return nullptr;
}

// Why it cannot begin; empty: it can.
std::string_view obstacle(Replication& replication, const Asked& asked) {
  if (replication.failover().running()) return "ERR FAILOVER already in progress.";
  if (replication.is_replica()) return "ERR FAILOVER is not valid when server is a replica.";
  if (replication.master().replicas().empty()) return "ERR FAILOVER requires connected replicas.";
  const Failover::Request& request = asked.request;
  if (request.force && (!asked.timeout || !request.names_target())) {
    return "ERR FAILOVER with force option requires both a timeout and target HOST and IP.";
  }
  if (!request.names_target()) return {};
  Client* target = find_replica(replication, request);
  if (target == nullptr) return "ERR FAILOVER target HOST and PORT is not a replica.";
  if (!replica_of(*target).online()) return "ERR FAILOVER target replica is not online.";
  return {};
}

// [task 6.14] Begin, or call it off.
void failover_command(Client& client, Args args) {
  auto& replication = client.server.get<Replication>();
  Asked asked;
  if (!parse(client, args, &asked)) return;
  if (asked.abort) {
    if (!replication.failover().running()) {
      client.reply.error("ERR No failover in progress.");
      return;
    }
    replication.failover().abort("Failover manually aborted");
    client.reply.ok();
    return;
  }
  if (const std::string_view why = obstacle(replication, asked); !why.empty()) {
    client.reply.error(why);
    return;
  }
  replication.failover().begin(std::move(asked.request));
  client.reply.ok();
}

}  // namespace

void install_failover(Server& server) {
  auto& failover = server.get<Replication>().failover();
  server.commands.add({.name = "failover", .arity = -1, .flags = kAdmin | kNoScript | kStale, .run = failover_command});
  DocGroup(server.commands, "server")(
      "failover", {.summary = "Hands the role of the master over to a replica",
                   .since = "6.2.0",
                   .complexity = "O(1)",
                   .syntax = "[TO target:{host port:integer [FORCE]}] [ABORT] [TIMEOUT milliseconds:integer]"});
  server.loop.before_sleep([&failover] {
    if (failover.state() == Failover::State::kWaitingForSync) failover.look();
  });
  server.every(100, [&failover] { failover.look(); });
}

}  // namespace strata::repl
