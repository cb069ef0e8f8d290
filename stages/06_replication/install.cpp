#include "06_replication/install.h"

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
  install_last_wait(server);
  remember_in_snapshots(server, replication);
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
}

}  // namespace strata::repl
