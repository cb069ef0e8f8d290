// WAIT numreplicas timeout: until so many replicas have acknowledged what this client wrote.
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/support.h"
#include "02_data_types/transactions/transactions.h"
#include "06_replication/families.h"
#include "06_replication/replication.h"

namespace strata::repl {

using namespace resp;

namespace {

struct Waiting {
  uint64_t client = 0;
  uint64_t offset = 0;
  size_t replicas = 0;
  net::TimerId timer = 0;
};

class Waiters {
 public:
  explicit Waiters(Server& server) : server_(server) {
    server.clients.on_close([this](Client& client) { forget(client.id); });
  }

  void add(Client& client, Waiting waiting, int64_t timeout_ms) {
    server_.clients.suspend(client);
    if (timeout_ms > 0) {
      waiting.timer = server_.loop.after(timeout_ms, [this, id = client.id] { answer(id); });
    }
    waiting_.push_back(waiting);
  }
  void acknowledged() {
    const Master& master = server_.get<Replication>().master();
    for (const Waiting& each : std::vector(waiting_)) {
      if (master.acknowledged_by(each.offset) >= each.replicas) answer(each.client);
    }
  }

 private:
  void answer(uint64_t id) {
    const auto at =
        std::find_if(waiting_.begin(), waiting_.end(), [id](const Waiting& each) { return each.client == id; });
    if (at == waiting_.end()) return;
    const Waiting waiting = *at;
    forget(id);
    Client* client = server_.clients.by_id(id);
    if (client == nullptr) return;
    client->reply.integer(static_cast<int64_t>(server_.get<Replication>().master().acknowledged_by(waiting.offset)));
    server_.clients.schedule_write(*client);
    server_.clients.resume(*client);
  }
  void forget(uint64_t id) {
    std::erase_if(waiting_, [&](const Waiting& each) {
      if (each.client != id) return false;
      if (each.timer != 0) server_.loop.cancel(each.timer);
      return true;
    });
  }

  Server& server_;
  std::vector<Waiting> waiting_;
};

void wait_command(Client& client, Args args) {
  auto& replication = client.server.get<Replication>();
  if (replication.is_replica()) {
    client.reply.error(
        "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is "
        "configured "
        "to be writable (which is not the default) writes to replicas are just local and are not propagated.");
    return;
  }
  int64_t replicas = 0;
  int64_t timeout_ms = 0;
  if (!integer_argument(client, args[1], &replicas)) return;
  if (!integer_argument(client, args[2], &timeout_ms, "ERR timeout is not an integer or out of range")) return;
  if (timeout_ms < 0) {
    client.reply.error("ERR timeout is negative");
    return;
  }
  const uint64_t offset = replication.stream().offset();
  const size_t now = replication.master().acknowledged_by(offset);
  if (static_cast<int64_t>(now) >= replicas || db::Transactions::running(client)) {
    client.reply.integer(static_cast<int64_t>(now));
    return;
  }
  client.server.get<Waiters>().add(client, {client.id, offset, static_cast<size_t>(replicas)}, timeout_ms);
  replication.master().ask_for_acks();
}

}  // namespace

void install_wait(Server& server) {
  auto& waiters = server.own<Waiters>(server);
  server.get<Replication>().master().on_ack([&waiters] { waiters.acknowledged(); });
  server.commands.add({.name = "wait",
                       .arity = 3,
                       .flags = kNoScript,
                       .categories = kCatConnection,
                       .tips = {"request_policy:all_shards", "response_policy:agg_min"},
                       .run = wait_command});
  DocGroup(server.commands, "generic")(
      "wait", {.summary = "Waits until so many replicas have acknowledged the writes of this connection",
               .since = "3.0.0",
               .complexity = "O(1)",
               .syntax = "numreplicas:integer timeout:integer"});
}

}  // namespace strata::repl
