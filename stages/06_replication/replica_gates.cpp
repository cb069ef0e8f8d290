// What a command is refused for in replication: a replica does not take writes, nor may it serve old data where that is
// not wanted; a master with too few replicas does not take writes.
#include "01_resp_server/server/client.h"
#include "02_data_types/transactions/transactions.h"
#include "06_replication/families.h"
#include "06_replication/replication.h"

namespace strata::repl {

namespace {

using db::Transactions;

// [task 6.2] Refuse what may write.
bool refuse_write(resp::Client& client, const resp::CommandSpec& spec, resp::Args) {
  if (!Transactions::writes(client, spec)) return true;
  client.reply.error("READONLY You can't write against a read only replica.");
  return false;
}

// [task 6.2] Refuse to show old data.
bool refuse_stale(resp::Client& client, const resp::CommandSpec&, resp::Args) {
  client.reply.error("MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.");
  return false;
}

// [task 6.11] Refuse writes that too few others would have.
bool refuse_lonely(resp::Client& client, const resp::CommandSpec& spec, resp::Args) {
  if (!Transactions::writes(client, spec)) return true;
  client.reply.error("NOREPLICAS Not enough good replicas to write.");
  return false;
}

void arm(resp::Server& server, resp::GateBit gate, bool armed) {
  if (armed) {
    server.armed |= gate;
  } else {
    server.armed &= ~gate;
  }
}

}  // namespace

void install_replica_gates(Server& server) {
  auto& replication = server.get<Replication>();
  auto& gates = server.gates;
  replication.read_only_gate_ =
      gates.add("read only replica", resp::GateRank::kReadOnlyReplica, Transactions::may_write, refuse_write);
  replication.lonely_gate_ =
      gates.add("too few replicas", resp::GateRank::kNoReplicas, Transactions::may_write, refuse_lonely);
  replication.stale_gate_ = gates.add(
      "master is down", resp::GateRank::kMasterDown,
      [](const resp::CommandSpec& spec) { return !spec.is(resp::kStale); }, refuse_stale);
}

void Replication::follow_gates() {
  arm(server_, read_only_gate_, is_replica() && options.read_only);
  arm(server_, stale_gate_, is_replica() && !link_up() && !options.serve_stale_data);
  local_expiry_.follow(is_replica() && !options.read_only);
  const bool asks_for_replicas = options.min_replicas > 0 && options.min_replicas_max_lag_s > 0;
  arm(server_, lonely_gate_,
      !is_replica() && asks_for_replicas && master_.good() < static_cast<size_t>(options.min_replicas));
}

}  // namespace strata::repl
