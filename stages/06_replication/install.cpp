#include "06_replication/install.h"

#include <array>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/pubsub/pubsub.h"
#include "01_resp_server/server/memory_report.h"
#include "02_data_types/eviction/eviction.h"
#include "03_rdb_snapshot/snapshot/aux_fields.h"
#include "06_replication/families.h"
#include "06_replication/master/last_wait.h"
#include "06_replication/replication.h"

namespace strata::repl {

namespace {

// The history that a snapshot belongs to stands in it: a restart then need not begin anew.
void remember_in_snapshots(resp::Server& server, Replication& replication) {
  auto& aux = server.get<rdb::AuxFields>();
  aux.on_write([&replication]() -> rdb::AuxPairs {
    const ReplicationStream& stream = replication.stream();
    if (!stream.backlog().active()) return {};
    const int db = replication.is_replica() ? replication.link()->reader().db() : 0;
    return {{"repl-stream-db", std::to_string(db)},
            {"repl-id", stream.id()},
            {"repl-offset", std::to_string(stream.offset())}};
  });
}

void account_for_memory(resp::Server& server, Replication& replication) {
  const Backlog& backlog = replication.stream().backlog();
  Master& master = replication.master();
  auto& accounts = resp::MemoryAccounts::of(server);
  accounts.add(resp::MemoryPart::kReplicationBacklog,
               [&] { return backlog.memory_bytes() - master.stream_bytes_beyond_backlog(); });
  accounts.add(resp::MemoryPart::kClientsReplicas, [&master] { return master.stream_bytes_beyond_backlog(); });
  server.info.section("memory").add(
      [&backlog](resp::InfoWriter& out) { out.field("mem_total_replication_buffers", backlog.memory_bytes()); });
}

// Who listens at a replica hears what is published at its master. A replica's own messages stay there.
void pass_on_messages(resp::Server& server, Replication& replication) {
  server.get<resp::PubSub>().on_publish([&](resp::Client&, std::string_view channel, std::string_view message) {
    auto& effects = server.get<db::Keyspace>().effects;
    if (!effects.wanted || !replication.passes_on_messages) return;
    effects.add(db::WriteEffects::kOwnDatabase, std::array<std::string_view, 3>{"PUBLISH", channel, message},
                db::WriteEffects::kReplicas);
  });
}

}  // namespace

void install(resp::Server& server) {
  auto& replication = server.own<Replication>(server);
  install_replication_options(server);
  install_replica_gates(server);
  install_sync_commands(server);
  install_role_commands(server);
  install_failover(server);
  install_wait(server);
  install_replication_info(server);
  install_replication_debug(server);
  install_last_wait(server);
  remember_in_snapshots(server, replication);
  account_for_memory(server, replication);
  pass_on_messages(server, replication);
  auto& eviction = server.get<db::Eviction>();
  eviction.left_to_another = [&replication] {
    return replication.is_replica() && replication.options.ignore_maxmemory;
  };
  eviction.not_counted([&replication] { return replication.master().output_bytes(); });

  server.on_start([&replication] {
    replication.start();
    return Status();
  });
  server.loop.before_sleep([&replication] { replication.master().wake(); });
  server.every(1000, [&replication] { replication.periodic(); });
  server.every(100, [&replication] { replication.local_expiry().periodic(); });
}

}  // namespace strata::repl
