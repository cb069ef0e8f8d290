// WAIT numreplicas timeout: until so many replicas have acknowledged what this client wrote.
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/support.h"
#include "02_data_types/blocking/blocked_clients.h"
#include "06_replication/families.h"
#include "06_replication/replication.h"

namespace strata::repl {

using namespace resp;

namespace {

// How long the stream was after a client's last command: what the client has written, and seen of others, is in it.
class LastOffsets final : public CommandObserver {
 public:
  explicit LastOffsets(Server& server) : server_(server), stream_(server.get<Replication>().stream()) {
    stream_.on_produce = [this](bool begins) { begins ? server_.observe(*this) : server_.stop_observing(*this); };
  }
  static uint64_t of(const Client& client) {
    const Offset* last = client.ext.get(kLast);
    return last == nullptr ? 0 : last->bytes;
  }

  void before(Client&, const CommandSpec&) override {}
  void after(Client& client, const CommandSpec&, Args) override {
    if (server_.depth() == 1) client.ext.ensure(kLast).bytes = stream_.offset();
  }

 private:
  struct Offset {
    uint64_t bytes = 0;
  };
  static inline const ExtensionKey<Offset> kLast;

  Server& server_;
  ReplicationStream& stream_;
};

class ReplicaWait;

class Waiters {
 public:
  explicit Waiters(Server& server) : server_(server) {}

  void join(ReplicaWait& wait) { waiting_.push_back(&wait); }
  void leave(ReplicaWait& wait) { std::erase(waiting_, &wait); }
  void acknowledged();  // somebody may have waited for that

 private:
  Server& server_;
  std::vector<ReplicaWait*> waiting_;
};

size_t acknowledged_by(Client& client, uint64_t offset) {
  return client.server.get<Replication>().master().acknowledged_by(offset);
}

// Waits for no key, so it is served by none: its end is always to give up, with as many replicas as there are.
class ReplicaWait final : public db::Wait {
 public:
  ReplicaWait(Waiters& waiters, Client& client, uint64_t offset, int64_t replicas)
      : waiters_(waiters), client_(client), offset_(offset), replicas_(replicas) {
    waiters_.join(*this);
  }
  ~ReplicaWait() override { waiters_.leave(*this); }

  Client& client() const { return client_; }
  bool fulfilled() const { return static_cast<int64_t>(acknowledged_by(client_, offset_)) >= replicas_; }

  void serve(Client&, std::string_view, db::Ref) const override {}
  void give_up(Client& client) const override {
    client.reply.integer(static_cast<int64_t>(acknowledged_by(client, offset_)));
  }
  db::ValueType type() const override { return db::ValueType::kString; }

 private:
  Waiters& waiters_;
  Client& client_;
  uint64_t offset_;
  int64_t replicas_;
};

void Waiters::acknowledged() {
  for (ReplicaWait* wait : std::vector(waiting_)) {
    if (wait->fulfilled()) server_.get<db::BlockedClients>().give_up(wait->client());
  }
}

// [task 6.11] Answer when enough replicas have it, or when the time is up.
void wait_command(Client& client, Args args) {
  auto& replication = client.server.get<Replication>();
  if (replication.is_replica()) {
    client.reply.error(
        "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica is "
        "configured to be writable (which is not the default) writes to replicas are just local and are not "
        "propagated.");
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
  const uint64_t offset = LastOffsets::of(client);
  const size_t now = acknowledged_by(client, offset);
  if (static_cast<int64_t>(now) >= replicas || !db::BlockedClients::may_block(client)) {
    client.reply.integer(static_cast<int64_t>(now));
    return;
  }
  Server& server = client.server;
  server.get<db::BlockedClients>().block(
      client, {}, timeout_ms, std::make_unique<ReplicaWait>(server.get<Waiters>(), client, offset, replicas));
  replication.master().ask_for_acks();
}

}  // namespace

void install_wait(Server& server) {
  server.own<LastOffsets>(server);
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
