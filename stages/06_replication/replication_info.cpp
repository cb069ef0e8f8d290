// INFO replication, and what replication adds to INFO stats.
#include <fmt/format.h>

#include "01_resp_server/server/info_sections.h"
#include "06_replication/families.h"
#include "06_replication/replication.h"

namespace strata::repl {

namespace {

std::string_view state_name(const Replica& replica) {
  switch (replica.state) {
    case ReplicaState::kTransfer:
      return "send_bulk";
    case ReplicaState::kOnline:
      return "online";
    default:
      return "wait_bgsave";
  }
}

void tell_link(resp::Server& server, Replication& replication, resp::InfoWriter& out) {
  const MasterLink& link = *replication.link();
  const int64_t now = server.loop.now_ms();
  const bool syncing = link.state() == MasterLink::State::kWaiting || link.state() == MasterLink::State::kReceiving;
  out.field("master_host", link.host());
  out.field("master_port", link.port());
  out.field("master_link_status", link.up() ? "up" : "down");
  out.field("master_last_io_seconds_ago", link.up() ? (now - link.last_io_ms()) / 1000 : -1);
  out.field("master_sync_in_progress", syncing);
  out.field("slave_read_repl_offset", replication.link()->reader().received());
  out.field("slave_repl_offset", replication.stream().offset());
  if (syncing) {
    const int64_t total = link.image_bytes();
    const int64_t read = link.image_read();
    out.field("master_sync_total_bytes", total);
    out.field("master_sync_read_bytes", read);
    out.field("master_sync_left_bytes", total - read);
    out.field("master_sync_perc",
              fmt::format("{:.2f}", total > 0 ? static_cast<double>(read) * 100 / static_cast<double>(total) : 0.0));
    out.field("master_sync_last_io_seconds_ago", (now - link.last_io_ms()) / 1000);
  }
  if (!link.up()) {
    out.field("master_link_down_since_seconds", link.down_since_ms() < 0 ? -1 : (now - link.down_since_ms()) / 1000);
  }
  out.field("slave_priority", replication.options.priority);
  out.field("slave_read_only", replication.options.read_only);
  out.field("replica_announced", replication.options.announced);
}

// [task 6.1] Tell the role, the replicas, the history.
void tell(resp::Server& server, Replication& replication, resp::InfoWriter& out) {
  const Options& options = replication.options;
  Master& master = replication.master();
  const ReplicationStream& stream = replication.stream();
  out.field("role", replication.is_replica() ? "slave" : "master");
  if (replication.is_replica()) tell_link(server, replication, out);
  out.field("connected_slaves", master.replicas().size());
  if (options.min_replicas > 0 && options.min_replicas_max_lag_s > 0)
    out.field("min_slaves_good_slaves", master.good());
  size_t number = 0;
  for (resp::Client* client : master.replicas()) {
    Replica& replica = replica_of(*client);
    const int64_t lag = replica.online() ? (server.loop.now_ms() - replica.acked_ms) / 1000 : 0;
    out.line("slave{}:ip={},port={},state={},offset={},lag={}", number++, replica.ip(*client), replica.port,
             state_name(replica), replica.acked, lag);
  }
  out.field("master_failover_state", replication.failover().state_name());
  out.field("master_replid", stream.id());
  out.field("master_replid2", stream.second_id());
  out.field("master_repl_offset", stream.offset());
  out.field("second_repl_offset", stream.second_offset());
  const Backlog& backlog = stream.backlog();
  out.field("repl_backlog_active", backlog.active());
  out.field("repl_backlog_size", options.backlog_bytes);
  out.field("repl_backlog_first_byte_offset", backlog.active() ? backlog.first() : 0);
  out.field("repl_backlog_histlen", backlog.active() ? backlog.size() : 0);
}

}  // namespace

void install_replication_info(Server& server) {
  auto& replication = server.get<Replication>();
  server.info.section("replication").add([&](resp::InfoWriter& out) { tell(server, replication, out); });
  server.info.section("stats").add([&](resp::InfoWriter& out) {
    const auto& statistics = replication.master().statistics;
    out.field("sync_full", statistics.full);
    out.field("sync_partial_ok", statistics.partial);
    out.field("sync_partial_err", statistics.partial_refused);
    out.field("slave_expires_tracked_keys", replication.local_expiry().noted());
  });
  resp::on_reset_statistics(server, [&replication] { replication.master().statistics = {}; });
}

}  // namespace strata::repl
