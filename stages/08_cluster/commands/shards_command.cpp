// CLUSTER SHARDS: masters with their slots and replicas.
#include <algorithm>

#include "08_cluster/commands/cluster_commands.h"

namespace strata::cluster {

using namespace resp;

namespace {

uint64_t offset_of(Cluster& cluster, const Node& node) {
  return cluster.view().is_myself(node) ? cluster.current_offset() : node.offset;
}

std::string_view health(Cluster& cluster, const Node& node) {
  if (node.failed()) return "fail";
  return node.is_replica() && offset_of(cluster, node) == 0 ? "loading" : "online";
}

void reply_member(Client& client, const Node& node) {
  Cluster& cluster = cluster_of(client);
  Reply& reply = client.reply;
  const bool named = !node.hostname.empty();
  reply.map(named ? 8 : 7);
  reply.bulk("id");
  reply.bulk(node.id);
  reply.bulk("port");
  reply.integer(node.port);
  reply.bulk("ip");
  reply.bulk(node.ip);
  reply.bulk("endpoint");
  reply.bulk(cluster.endpoint(node).value_or(""));
  if (named) {
    reply.bulk("hostname");
    reply.bulk(node.hostname);
  }
  reply.bulk("role");
  reply.bulk(node.is_replica() ? "replica" : "master");
  reply.bulk("replication-offset");
  reply.integer(static_cast<int64_t>(offset_of(cluster, node)));
  reply.bulk("health");
  reply.bulk(health(cluster, node));
}

void reply_shard(Client& client, const Node& master) {
  Reply& reply = client.reply;
  reply.map(2);
  reply.bulk("slots");
  std::vector<int> ends;
  if (master.slots != nullptr) {
    master.slots->each_range([&ends](int first, int last) { ends.insert(ends.end(), {first, last}); });
  }
  reply.array(ends.size());
  for (int end : ends) reply.integer(end);
  reply.bulk("nodes");
  reply.array(1 + master.replicas.size());
  reply_member(client, master);
  for (const Node* replica : master.replicas) reply_member(client, *replica);
}

}  // namespace

void shards_command(Client& client, Args) {
  const View& view = cluster_of(client).view();
  std::vector<const Node*> masters;
  view.each([&masters](const Node& node) {
    if (node.is_master()) masters.push_back(&node);
  });
  client.reply.array(masters.size());
  for (const Node* master : masters) reply_shard(client, *master);
}

}  // namespace strata::cluster
