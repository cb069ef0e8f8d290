#include "01_resp_server/pubsub/pubsub.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "01_resp_server/commands/client_list.h"
#include "01_resp_server/commands/client_reset.h"
#include "common/glob.h"

namespace strata::resp {

namespace {

const ExtensionKey<ClientSubscriptions> kSubscriptions;

bool allowed_to_subscribers(const CommandSpec& spec) {
  constexpr std::array<std::string_view, 9> kAllowed = {
      "subscribe", "ssubscribe", "psubscribe", "unsubscribe", "sunsubscribe", "punsubscribe", "ping", "quit", "reset"};
  return spec.parent == nullptr && std::find(kAllowed.begin(), kAllowed.end(), spec.name) != kAllowed.end();
}

bool subscribed_gate(Client& client, const CommandSpec& spec, Args) {
  if (client.reply.resp3()) return true;
  client.reply.error(
      fmt::format("ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed "
                  "in this context",
                  spec.full_name));
  return false;
}

template <TopicKind kKind>
int64_t listed(const Client& client) {
  const ClientSubscriptions* own = PubSub::of(client);
  return own == nullptr ? 0 : static_cast<int64_t>(own->size(kKind));
}

}  // namespace

PubSub::PubSub(Server& server) : server_(server) {
  gate_ = server.gates.add(
      "subscribed", GateRank::kSubscribed, [](const CommandSpec& spec) { return !allowed_to_subscribers(spec); },
      subscribed_gate);
  server.clients.on_close([this](Client& client) { unsubscribe_all(client); });
  ClientReset::of(server).on_reset([this](Client& client) { unsubscribe_all(client); });

  auto& lines = ClientLines::of(server);
  lines.set_flag('P', [](const Client& client) { return of(client) != nullptr && of(client)->total() > 0; });
  lines.set_figure(ClientLines::Figure::kChannels, listed<Kind::kChannel>);
  lines.set_figure(ClientLines::Figure::kPatterns, listed<Kind::kPattern>);
  lines.set_figure(ClientLines::Figure::kShardChannels, listed<Kind::kShardChannel>);
}

const ClientSubscriptions* PubSub::of(const Client& client) { return client.ext.get(kSubscriptions); }

// [task 1.12] Send a message to a channel's subscribers and to those whose pattern matches.
int64_t PubSub::publish(std::string_view channel, std::string_view message) {
  int64_t receivers = 0;
  if (const Topic* topic = channels().find(channel)) {
    frame_.encode("message", nullptr, channel, message);
    receivers += deliver(*topic);
  }
  if (patterns().size() > 0) {
    patterns().each([&](const Topic& topic) {
      if (!glob_match(topic.name, channel)) return;
      std::string_view pattern = topic.name;
      frame_.encode("pmessage", &pattern, channel, message);
      receivers += deliver(topic);
    });
  }
  return receivers;
}

int64_t PubSub::publish_to_shard(std::string_view channel, std::string_view message) {
  const Topic* topic = topics(Kind::kShardChannel).find(channel);
  if (topic == nullptr) return 0;
  frame_.encode("smessage", nullptr, channel, message);
  return deliver(*topic);
}

// A message is not a reply: it goes past CLIENT REPLY OFF, straight into the output.
// [task 1.12] Put a message into the output of every subscriber of a topic.
int64_t PubSub::deliver(const Topic& topic) {
  int64_t receivers = 0;
  for (Client* client : topic.subscribers) {
    if (client->has(Client::kCloseNow)) continue;  // on its way out: its subscriptions end with this turn
    receivers++;
    if (client->has(Client::kCloseAfterReply)) continue;
    frame_.append_to(client->out, client->reply.resp3());
    server_.clients.schedule_write(*client);
    if (client->out.pending_bytes() > OutputBuffer::kChunkBytes) server_.clients.check_output_limit(*client);
  }
  return receivers;
}

void PubSub::subscribe(Client& client, Kind kind, std::string_view name) {
  ClientSubscriptions& own = client.ext.ensure(kSubscriptions);
  if (own_topics(kind).join(client, own.of(kind), name)) update_class(client, own.total());
}

void PubSub::unsubscribe(Client& client, Kind kind, std::string_view name) {
  ClientSubscriptions* own = client.ext.get(kSubscriptions);
  if (own != nullptr && own_topics(kind).leave(own->of(kind), name)) update_class(client, own->total());
}

void PubSub::unsubscribe_all(Client& client) {
  ClientSubscriptions* own = client.ext.get(kSubscriptions);
  if (own == nullptr) return;
  for (Kind kind : {Kind::kChannel, Kind::kPattern, Kind::kShardChannel}) {
    Subscriptions& all = own->of(kind);
    // Copies: the name that a subscription refers to may end with it.
    while (all.size() > 0) own_topics(kind).leave(all, std::string(all.oldest()));
  }
  update_class(client, 0);
}

void PubSub::update_class(Client& client, size_t subscriptions) const {
  if (subscriptions > 0) {
    client.armed |= gate_;
    if (client.kind == ClientClass::kNormal) client.kind = ClientClass::kPubsub;
  } else {
    client.armed &= ~gate_;
    if (client.kind == ClientClass::kPubsub) client.kind = ClientClass::kNormal;
  }
}

}  // namespace strata::resp
