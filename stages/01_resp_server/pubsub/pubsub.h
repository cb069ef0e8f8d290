// Publish and subscribe: messages to whoever listens at the moment, to a channel by its name or by a pattern.
//
// Shard channels are a second set of channels, without patterns: in a cluster they live where the slot of their name does. Who
// may use them is for the stage that knows of slots to say.
//
// Later stages publish through publish() (key events, a sentinel's events), hear of what clients published
// through on_publish() (to pass it on to other servers) and show the counts in INFO.
//
// A client with subscriptions is of class kPubsub (its output limit) and, in RESP2, may only run the few
// commands that the gate of rank kSubscribed lets through: its replies could not be told from messages.
#pragma once

#include <array>
#include <functional>
#include <string_view>
#include <vector>

#include "01_resp_server/pubsub/message_frame.h"
#include "01_resp_server/pubsub/topics.h"
#include "01_resp_server/server/server.h"

namespace strata::resp {

enum class TopicKind : uint8_t { kChannel, kPattern, kShardChannel };
inline constexpr size_t kTopicKinds = 3;

// What one client listens to.
struct ClientSubscriptions {
  std::array<Subscriptions, kTopicKinds> by_kind;
  Subscriptions& of(TopicKind kind) { return by_kind[static_cast<size_t>(kind)]; }
  size_t size(TopicKind kind) const { return by_kind[static_cast<size_t>(kind)].size(); }
  // As a confirmation tells it: shard channels are counted for themselves.
  size_t count(TopicKind kind) const {
    if (kind == TopicKind::kShardChannel) return size(kind);
    return size(TopicKind::kChannel) + size(TopicKind::kPattern);
  }
  size_t total() const { return count(TopicKind::kChannel) + count(TopicKind::kShardChannel); }
};

class PubSub {
 public:
  using Kind = TopicKind;

  explicit PubSub(Server& server);

  // Sends a message to all that listen; returns how many receive it (a client once per matching pattern as
  // well). O(receivers + patterns).
  int64_t publish(std::string_view channel, std::string_view message);
  int64_t publish_to_shard(std::string_view channel, std::string_view message);

  // Called for each message that a client published, after it was sent to the listeners here.
  using PublishHook = std::function<void(Client&, std::string_view channel, std::string_view message)>;
  void on_publish(PublishHook hook) { publish_hooks_.push_back(std::move(hook)); }
  void published_by(Client& client, std::string_view channel, std::string_view message) {
    for (auto& hook : publish_hooks_) hook(client, channel, message);
  }

  // Both are no-ops where they would change nothing. The client is not told.
  void subscribe(Client& client, Kind kind, std::string_view name);
  void unsubscribe(Client& client, Kind kind, std::string_view name);
  void unsubscribe_all(Client& client);

  // Null for a client that never subscribed.
  static const ClientSubscriptions* of(const Client& client);

  const Topics& topics(Kind kind) const { return topics_[static_cast<size_t>(kind)]; }
  const Topics& channels() const { return topics(Kind::kChannel); }
  const Topics& patterns() const { return topics(Kind::kPattern); }

 private:
  Topics& own_topics(Kind kind) { return topics_[static_cast<size_t>(kind)]; }
  int64_t deliver(const Topic& topic);
  void update_class(Client& client, size_t subscriptions) const;

  Server& server_;
  std::array<Topics, kTopicKinds> topics_;
  MessageFrame frame_;  // reused, so that publishing allocates nothing
  GateBit gate_;
  std::vector<PublishHook> publish_hooks_;
};

}  // namespace strata::resp
