#include "01_resp_server/pubsub/subscribing.h"

#include <string>

#include "01_resp_server/commands/subcommand_error.h"
#include "common/glob.h"

namespace strata::resp {

namespace {

// Confirmations are messages: CLIENT REPLY OFF does not hide them.
class Unmuted {
 public:
  explicit Unmuted(Reply& reply) : reply_(reply), muted_(reply.muted()) { reply_.set_muted(false); }
  ~Unmuted() { reply_.set_muted(muted_); }
  Unmuted(const Unmuted&) = delete;
  Unmuted& operator=(const Unmuted&) = delete;

 private:
  Reply& reply_;
  bool muted_;
};

}  // namespace

// [task 1.12] Answer one name of SUBSCRIBE or its relatives.
void confirm_subscription(Client& client, TopicKind kind, std::string_view what, std::optional<std::string_view> name) {
  const ClientSubscriptions* own = PubSub::of(client);
  Unmuted unmuted(client.reply);
  client.reply.push(3);
  client.reply.bulk(what);
  if (name) {
    client.reply.bulk(*name);
  } else {
    client.reply.null();
  }
  client.reply.integer(own == nullptr ? 0 : static_cast<int64_t>(own->count(kind)));
}

void subscribe_each(Client& client, Args names, TopicKind kind, std::string_view what) {
  auto& pubsub = client.server.get<PubSub>();
  for (std::string_view name : names) {
    pubsub.subscribe(client, kind, name);
    confirm_subscription(client, kind, what, name);
  }
}

void unsubscribe_each(Client& client, Args names, TopicKind kind, std::string_view what) {
  auto& pubsub = client.server.get<PubSub>();
  for (std::string_view name : names) {
    pubsub.unsubscribe(client, kind, name);
    confirm_subscription(client, kind, what, name);
  }
  if (!names.empty()) return;
  const ClientSubscriptions* own = PubSub::of(client);
  if (own == nullptr || own->size(kind) == 0) {
    confirm_subscription(client, kind, what, std::nullopt);
    return;
  }
  while (own->size(kind) > 0) {
    const std::string name = own->by_kind[static_cast<size_t>(kind)].oldest();
    pubsub.unsubscribe(client, kind, name);
    confirm_subscription(client, kind, what, name);
  }
}

void reply_channels(Client& client, const Topics& topics, Args args) {
  if (args.size() > 3) {
    reply_bad_subcommand(client, args);
    return;
  }
  Chunk* gap = client.reply.open();
  size_t n = 0;
  topics.each([&](const Topic& topic) {
    if (args.size() == 3 && !glob_match(args[2], topic.name)) return;
    client.reply.bulk(topic.name);
    n++;
  });
  client.reply.close_array(gap, n);
}

void reply_subscriber_counts(Client& client, const Topics& topics, Args args) {
  const Args names = args.subspan(2);
  client.reply.array(names.size() * 2);
  for (std::string_view name : names) {
    const Topic* topic = topics.find(name);
    client.reply.bulk(name);
    client.reply.integer(topic == nullptr ? 0 : static_cast<int64_t>(topic->subscribers.size()));
  }
}

}  // namespace strata::resp
