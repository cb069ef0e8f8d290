// CLUSTER NODES, INFO, SLOTS, LINKS: the cluster as this node sees it.
#include <algorithm>

#include "01_resp_server/commands/support.h"
#include "08_cluster/commands/cluster_commands.h"
#include "08_cluster/view/nodes_text.h"

namespace strata::cluster {

using namespace resp;

namespace {

void append_message_counts(std::string& out, const Messenger::Counts& counts, std::string_view direction) {
  uint64_t sum = 0;
  for (size_t type = 0; type < counts.size(); ++type) {
    if (counts[type] == 0) continue;
    sum += counts[type];
    out += fmt::format("cluster_stats_messages_{}_{}:{}\r\n", packet_type_name(static_cast<PacketType>(type)),
                       direction, counts[type]);
  }
  out += fmt::format("cluster_stats_messages_{}:{}\r\n", direction, sum);
}

// endpoint, port, id, and what else is known of where it is.
void reply_node(Client& client, const Node& node) {
  const Cluster& cluster = cluster_of(client);
  const EndpointType type = cluster.options.endpoint_type;
  Reply& reply = client.reply;
  reply.array(4);
  if (const std::optional<std::string> endpoint = cluster.endpoint(node)) {
    reply.bulk(*endpoint);
  } else {
    reply.null();
  }
  reply.integer(node.port);
  reply.bulk(node.id);
  const bool ip = type != EndpointType::kIp;
  const bool hostname = type != EndpointType::kHostname && !node.hostname.empty();
  reply.map((ip ? 1u : 0u) + (hostname ? 1u : 0u));
  if (ip) {
    reply.bulk("ip");
    reply.bulk(node.ip);
  }
  if (hostname) {
    reply.bulk("hostname");
    reply.bulk(node.hostname);
  }
}

void reply_range(Client& client, int first, int last, const Node& owner) {
  const auto useful = [&](const Node* replica) {
    const bool mine = cluster_of(client).view().is_myself(*replica);
    return !replica->failed() && (mine ? client.server.get<Cluster>().current_offset() : replica->offset) != 0;
  };
  const auto replicas = std::count_if(owner.replicas.begin(), owner.replicas.end(), useful);
  client.reply.array(3 + static_cast<size_t>(replicas));
  client.reply.integer(first);
  client.reply.integer(last);
  reply_node(client, owner);
  for (const Node* replica : owner.replicas) {
    if (useful(replica)) reply_node(client, *replica);
  }
}

void reply_link(Client& client, const Node& node, const SocketLink& link) {
  client.reply.map(6);
  client.reply.bulk("direction");
  client.reply.bulk(link.outbound ? "to" : "from");
  client.reply.bulk("node");
  client.reply.bulk(node.id);
  client.reply.bulk("create-time");
  client.reply.integer(link.created_ms);
  client.reply.bulk("events");
  client.reply.bulk(link.wants_to_write() ? "rw" : "r");
  client.reply.bulk("send-buffer-allocated");
  client.reply.integer(static_cast<int64_t>(link.unsent_bytes()));
  client.reply.bulk("send-buffer-used");
  client.reply.integer(static_cast<int64_t>(link.unsent_bytes()));
}

}  // namespace

void nodes_command(Client& client, Args) { client.reply.verbatim(nodes_text(cluster_of(client).view(), true)); }

void cluster_info_command(Client& client, Args) {
  Cluster& cluster = cluster_of(client);
  const View& view = cluster.view();
  int assigned = 0;
  int suspected = 0;
  int failed = 0;
  for (int slot = 0; slot < kSlots; ++slot) {
    const Node* owner = view.owner(slot);
    if (owner == nullptr) continue;
    ++assigned;
    if (owner->failed()) ++failed;
    if (owner->suspected()) ++suspected;
  }
  std::string text = fmt::format(
      "cluster_state:{}\r\ncluster_slots_assigned:{}\r\ncluster_slots_ok:{}\r\ncluster_slots_pfail:{}\r\n"
      "cluster_slots_fail:{}\r\ncluster_known_nodes:{}\r\ncluster_size:{}\r\ncluster_current_epoch:{}\r\n"
      "cluster_my_epoch:{}\r\n",
      view.ok ? "ok" : "fail", assigned, assigned - suspected - failed, suspected, failed, view.size(),
      view.masters_with_slots, view.current_epoch, view.myself().shard().config_epoch);
  append_message_counts(text, cluster.member().messenger.sent, "sent");
  append_message_counts(text, cluster.member().messenger.received, "received");
  text += fmt::format("total_cluster_links_buffer_limit_exceeded:{}\r\n", cluster.bus().over_limit);
  client.reply.verbatim(text);
}

// [task 8.5] The map that clients route by.
void slots_command(Client& client, Args) {
  const View& view = cluster_of(client).view();
  Chunk* length = client.reply.open();
  size_t ranges = 0;
  for (int first = 0; first < kSlots;) {
    const Node* owner = view.owner(first);
    int last = first;
    while (last + 1 < kSlots && view.owner(last + 1) == owner) ++last;
    if (owner != nullptr) {
      reply_range(client, first, last, *owner);
      ++ranges;
    }
    first = last + 1;
  }
  client.reply.close_array(length, ranges);
}

void links_command(Client& client, Args) {
  const View& view = cluster_of(client).view();
  Chunk* length = client.reply.open();
  size_t links = 0;
  view.each([&](const Node& node) {
    for (const Link* link : {node.link, node.inbound}) {
      if (link == nullptr) continue;
      reply_link(client, node, static_cast<const SocketLink&>(*link));
      ++links;
    }
  });
  client.reply.close_array(length, links);
}

}  // namespace strata::cluster
