// SSUBSCRIBE, SUNSUBSCRIBE, SPUBLISH, PUBSUB SHARDCHANNELS and SHARDNUMSUB; messages over the bus.
//
//   PUBLISH     local listeners, then a packet to every node
//   SPUBLISH    local listeners, then a packet to the nodes of the same shard: the channel's slot is theirs
//   slot leaves its listeners are told that they hear nothing any more, and may ask who has it now
#include "08_cluster/families.h"

#include <vector>

#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/pubsub/subscribing.h"
#include "08_cluster/server/cluster.h"

namespace strata::cluster {

using namespace resp;

namespace {

void ssubscribe_command(Client& client, Args args) {
  subscribe_each(client, args.subspan(1), TopicKind::kShardChannel, "ssubscribe");
}

void sunsubscribe_command(Client& client, Args args) {
  unsubscribe_each(client, args.subspan(1), TopicKind::kShardChannel, "sunsubscribe");
}

// [task 8.9] Pass a message on to the nodes that may have listeners.
void pass_on(Cluster& cluster, PacketType type, std::string_view channel, std::string_view message) {
  Packet packet = cluster.member().messenger.packet(type);
  packet.channel = channel;
  packet.message = message;
  if (type == PacketType::kPublish) {
    cluster.member().messenger.broadcast(packet);
  } else {
    cluster.member().messenger.to_shard(packet);
  }
}

void spublish_command(Client& client, Args args) {
  const int64_t receivers = client.server.get<PubSub>().publish_to_shard(args[1], args[2]);
  auto& cluster = client.server.get<Cluster>();
  if (cluster.enabled()) pass_on(cluster, PacketType::kPublishShard, args[1], args[2]);
  client.reply.integer(receivers);
}

void shardchannels_command(Client& client, Args args) {
  reply_channels(client, client.server.get<PubSub>().topics(TopicKind::kShardChannel), args);
}

void shardnumsub_command(Client& client, Args args) {
  reply_subscriber_counts(client, client.server.get<PubSub>().topics(TopicKind::kShardChannel), args);
}

void end_subscriptions(Server& server, int slot) {
  auto& pubsub = server.get<PubSub>();
  std::vector<std::pair<Client*, std::string>> over;
  pubsub.topics(TopicKind::kShardChannel).each([&](const Topic& topic) {
    if (key_slot(topic.name) != slot) return;
    for (Client* client : topic.subscribers) over.emplace_back(client, topic.name);
  });
  for (const auto& [client, name] : over) {
    pubsub.unsubscribe(*client, TopicKind::kShardChannel, name);
    confirm_subscription(*client, TopicKind::kShardChannel, "sunsubscribe", name);
    server.clients.schedule_write(*client);
  }
}

void document(CommandTable& commands) {
  const DocGroup doc(commands, "pubsub");
  doc("ssubscribe", {.summary = "Listens to shard channels",
                     .since = "7.0.0",
                     .complexity = "O(N), N being the shard channels to subscribe to.",
                     .syntax = "shardchannel..."});
  doc("sunsubscribe", {.summary = "Stops listening to shard channels",
                       .since = "7.0.0",
                       .complexity = "O(N), N being the clients already subscribed to a shard channel.",
                       .syntax = "[shardchannel...]"});
  doc("spublish", {.summary = "Sends a message to a shard channel",
                   .since = "7.0.0",
                   .complexity = "O(N), N being the clients subscribed to the receiving shard channel.",
                   .syntax = "shardchannel message"});
  doc("pubsub|shardchannels", {.summary = "Lists the shard channels that somebody listens to",
                               .since = "7.0.0",
                               .complexity = "O(N), N being the active shard channels",
                               .syntax = "[pattern:pattern]"});
  doc("pubsub|shardnumsub", {.summary = "Counts the listeners of shard channels",
                             .since = "7.0.0",
                             .complexity = "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested "
                                           "shard channels",
                             .syntax = "[shardchannel...]"});
}

}  // namespace

void install_cluster_pubsub(Server& server) {
  auto& cluster = server.get<Cluster>();
  auto& pubsub = server.get<PubSub>();
  cluster.on_message = [&pubsub](std::string_view channel, std::string_view message, bool sharded) {
    sharded ? pubsub.publish_to_shard(channel, message) : pubsub.publish(channel, message);
  };
  cluster.on_slot_left = [&server](int slot) { end_subscriptions(server, slot); };
  pubsub.on_publish([&cluster](Client&, std::string_view channel, std::string_view message) {
    if (cluster.enabled()) pass_on(cluster, PacketType::kPublish, channel, message);
  });

  constexpr uint64_t kListening = kPubsub | kNoScript | kLoading | kStale;
  CommandTable& commands = server.commands;
  const std::vector<KeySpec> channels = {keys_in_range(1, -1, 1, kKeyNotKey)};
  commands.add({.name = "ssubscribe", .arity = -2, .flags = kListening, .keys = channels, .run = ssubscribe_command});
  commands.add(
      {.name = "sunsubscribe", .arity = -1, .flags = kListening, .keys = channels, .run = sunsubscribe_command});
  commands.add({.name = "spublish",
                .arity = 3,
                .flags = kPubsub | kLoading | kStale | kFast,
                .keys = {key_at(1, kKeyNotKey)},
                .run = spublish_command});
  constexpr uint64_t kInspecting = kPubsub | kLoading | kStale;
  commands.add_subcommand("pubsub",
                          {.name = "shardchannels", .arity = -2, .flags = kInspecting, .run = shardchannels_command});
  commands.add_subcommand("pubsub",
                          {.name = "shardnumsub", .arity = -2, .flags = kInspecting, .run = shardnumsub_command});
  document(commands);
}

}  // namespace strata::cluster
