// Publish and subscribe: messages to whoever listens at the moment, to a channel by its name or by a pattern.
//
// Later stages publish through publish() (key events, a sentinel's events), hear of what clients published
// through on_publish() (to pass it on to other servers) and show the counts in INFO.
//
// A client with subscriptions is of class kPubsub (its output limit) and, in RESP2, may only run the few
// commands that the gate of rank kSubscribed lets through: its replies could not be told from messages.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "01_resp_server/pubsub/message_frame.h"
#include "01_resp_server/pubsub/topics.h"
#include "01_resp_server/server/server.h"

namespace strata::resp {

// What one client listens to.
struct ClientSubscriptions {
  Subscriptions channels;
  Subscriptions patterns;
  size_t count() const { return channels.size() + patterns.size(); }
};

class PubSub {
 public:
  enum class Kind : uint8_t { kChannel, kPattern };

  explicit PubSub(Server& server);

  // Sends a message to all that listen; returns how many receive it (a client once per matching pattern as
  // well). O(receivers + patterns).
  int64_t publish(std::string_view channel, std::string_view message);

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

  const Topics& channels() const { return channels_; }
  const Topics& patterns() const { return patterns_; }

 private:
  Topics& topics(Kind kind) { return kind == Kind::kChannel ? channels_ : patterns_; }
  int64_t deliver(const Topic& topic);
  void update_class(Client& client, size_t subscriptions) const;

  Server& server_;
  Topics channels_;
  Topics patterns_;
  MessageFrame frame_;  // reused, so that publishing allocates nothing
  GateBit gate_;
  std::vector<PublishHook> publish_hooks_;
};

}  // namespace strata::resp
