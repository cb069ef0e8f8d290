// CLUSTER commands about nodes: who belongs to the cluster, who replicates whom, epochs.
#include <arpa/inet.h>

#include <array>

#include "01_resp_server/commands/subcommand_error.h"
#include "01_resp_server/commands/support.h"
#include "08_cluster/commands/cluster_commands.h"
#include "08_cluster/view/nodes_text.h"
#include "common/log.h"

namespace strata::cluster {

using namespace resp;

namespace {

constexpr int64_t kForgottenForMs = 60'000;

// The address in its one canonical spelling; empty when it is none.
std::string canonical_ip(const std::string& text) {
  std::array<unsigned char, 16> address{};
  std::array<char, INET6_ADDRSTRLEN> out{};
  for (int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, text.c_str(), address.data()) == 1) {
      return inet_ntop(family, address.data(), out.data(), out.size());
    }
  }
  return {};
}

bool port_argument(Client& client, std::string_view text, std::string_view which, int64_t* out) {
  if (parse_int64(text, out)) return true;
  client.reply.error(fmt::format("ERR Invalid TCP {} port specified: {}", which, text));
  return false;
}

}  // namespace

Node* node_argument(Client& client, std::string_view id) {
  Node* node = cluster_of(client).view().find(id);
  if (node == nullptr) client.reply.error(fmt::format("ERR Unknown node {}", id));
  return node;
}

// [task 8.9] Begin to introduce ourselves to a node.
void meet_command(Client& client, Args args) {
  if (args.size() > 5) {
    reply_bad_subcommand(client, args);
    return;
  }
  int64_t port = 0;
  if (!port_argument(client, args[3], "base", &port)) return;
  int64_t bus_port = port + 10000;
  if (args.size() == 5 && !port_argument(client, args[4], "bus", &bus_port)) return;
  const std::string ip = canonical_ip(std::string(args[2]));
  if (ip.empty() || port <= 0 || port > 65535 || bus_port <= 0 || bus_port > 65535) {
    client.reply.error(fmt::format("ERR Invalid node address specified: {}:{}", args[2], args[3]));
    return;
  }
  Cluster& cluster = cluster_of(client);
  cluster.member().meet(ip, static_cast<int>(port), static_cast<int>(bus_port));
  client.reply.ok();
}

void forget_command(Client& client, Args args) {
  Node* node = node_argument(client, args[2]);
  if (node == nullptr) return;
  Cluster& cluster = cluster_of(client);
  View& view = cluster.view();
  if (view.is_myself(*node)) {
    client.reply.error("ERR I tried hard but I can't forget myself...");
  } else if (view.myself().is_replica() && view.myself().master == node) {
    client.reply.error("ERR Can't forget my master!");
  } else {
    cluster.member().forget(*node, kForgottenForMs);
    client.reply.ok();
  }
}

void replicate_command(Client& client, Args args) {
  Node* node = node_argument(client, args[2]);
  if (node == nullptr) return;
  Cluster& cluster = cluster_of(client);
  View& view = cluster.view();
  if (view.is_myself(*node)) {
    client.reply.error("ERR Can't replicate myself");
  } else if (node->is_replica()) {
    client.reply.error("ERR I can only replicate a master, not a replica.");
  } else if (view.myself().is_master() && (view.myself().slot_count != 0 || cluster.database().size() != 0)) {
    client.reply.error("ERR To set a master the node must be empty and without assigned slots.");
  } else {
    cluster.member().claims.follow(*node);
    client.reply.ok();
  }
}

// [task 8.14] Change places with the master.
void failover_command(Client& client, Args args) {
  using Mode = ManualFailover::Mode;
  if (args.size() > 3) {
    reply_bad_subcommand(client, args);
    return;
  }
  Mode mode = Mode::kAgreed;
  if (args.size() == 3) {
    if (equals_nocase(args[2], "force")) {
      mode = Mode::kForce;
    } else if (equals_nocase(args[2], "takeover")) {
      mode = Mode::kTakeover;
    } else {
      client.reply.error(kSyntaxError);
      return;
    }
  }
  Cluster& cluster = cluster_of(client);
  const Node& myself = cluster.view().myself();
  if (myself.is_master()) {
    client.reply.error("ERR You should send CLUSTER FAILOVER to a replica");
  } else if (myself.master == nullptr) {
    client.reply.error("ERR I'm a replica but my master is unknown to me");
  } else if (mode == Mode::kAgreed && (myself.master->failed() || myself.master->link == nullptr)) {
    client.reply.error("ERR Master is down or failed, please use CLUSTER FAILOVER FORCE");
  } else {
    cluster.member().manual_failover.start(mode, cluster.member().epochs);
    client.reply.ok();
  }
}

void reset_command(Client& client, Args args) {
  if (args.size() > 3) {
    reply_bad_subcommand(client, args);
    return;
  }
  const bool hard = args.size() == 3 && equals_nocase(args[2], "hard");
  if (args.size() == 3 && !hard && !equals_nocase(args[2], "soft")) {
    client.reply.error(kSyntaxError);
    return;
  }
  Cluster& cluster = cluster_of(client);
  const bool replica = cluster.view().myself().is_replica();
  if (!replica && cluster.database().size() != 0) {
    client.reply.error("ERR CLUSTER RESET can't be called with master nodes containing keys");
    return;
  }
  cluster.member().reset(hard);
  if (replica) {
    auto& keyspace = client.server.get<db::Keyspace>();
    keyspace.clear();
    keyspace.events.tell_reset(nullptr);
  }
  client.reply.ok();
}

void replicas_command(Client& client, Args args) {
  const Node* node = node_argument(client, args[2]);
  if (node == nullptr) return;
  if (node->is_replica()) {
    client.reply.error("ERR The specified node is not a master");
    return;
  }
  client.reply.array(node->replicas.size());
  for (const Node* replica : node->replicas) client.reply.bulk(node_line(cluster_of(client).view(), *replica));
}

void myid_command(Client& client, Args) { client.reply.bulk(cluster_of(client).view().myself().id); }

void saveconfig_command(Client& client, Args) {
  if (Status saved = cluster_of(client).save_now(true); !saved.ok()) {
    client.reply.error(fmt::format("ERR error saving the cluster node config: {}", saved.message()));
    return;
  }
  client.reply.ok();
}

// --- epochs ---

void bumpepoch_command(Client& client, Args) {
  Cluster& cluster = cluster_of(client);
  const bool bumped = cluster.member().epochs.bump();
  client.reply.simple(fmt::format("{} {}", bumped ? "BUMPED" : "STILL", cluster.view().myself().config_epoch));
}

void set_config_epoch_command(Client& client, Args args) {
  int64_t epoch = 0;
  if (!integer_argument(client, args[2], &epoch)) return;
  View& view = cluster_of(client).view();
  if (epoch < 0) {
    client.reply.error(fmt::format("ERR Invalid config epoch specified: {}", epoch));
  } else if (view.size() > 1) {
    client.reply.error("ERR The user can assign a config epoch only when the node does not know any other node.");
  } else if (view.myself().config_epoch != 0) {
    client.reply.error("ERR Node config epoch is already non-zero");
  } else {
    view.myself().config_epoch = static_cast<uint64_t>(epoch);
    view.current_epoch = std::max(view.current_epoch, view.myself().config_epoch);
    view.due.save = view.due.evaluate = true;
    log_notice("configEpoch set to {} via CLUSTER SET-CONFIG-EPOCH", epoch);
    client.reply.ok();
  }
}

void count_failure_reports_command(Client& client, Args args) {
  Node* node = node_argument(client, args[2]);
  if (node != nullptr) {
    client.reply.integer(static_cast<int64_t>(cluster_of(client).member().failures.reports(*node)));
  }
}

}  // namespace strata::cluster
