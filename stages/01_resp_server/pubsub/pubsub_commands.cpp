// SUBSCRIBE, PSUBSCRIBE, their opposites, PUBLISH and PUBSUB.
//
// Subscribing answers one message per name, "subscribe" name count: a push in RESP3, an array in RESP2.
#include <optional>
#include <string>

#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/help.h"
#include "01_resp_server/commands/subcommand_error.h"
#include "01_resp_server/pubsub/pubsub.h"
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

// [task 1.12] Answer one name of SUBSCRIBE or its relatives.
void confirm(Client& client, std::string_view what, std::optional<std::string_view> name) {
  const ClientSubscriptions* own = PubSub::of(client);
  Unmuted unmuted(client.reply);
  client.reply.push(3);
  client.reply.bulk(what);
  if (name) {
    client.reply.bulk(*name);
  } else {
    client.reply.null();
  }
  client.reply.integer(own == nullptr ? 0 : static_cast<int64_t>(own->count()));
}

void subscribe_each(Client& client, Args names, PubSub::Kind kind, std::string_view what) {
  auto& pubsub = client.server.get<PubSub>();
  for (std::string_view name : names) {
    pubsub.subscribe(client, kind, name);
    confirm(client, what, name);
  }
}

// Without names: from everything of that kind, in the order of subscription.
void unsubscribe_each(Client& client, Args names, PubSub::Kind kind, std::string_view what) {
  auto& pubsub = client.server.get<PubSub>();
  for (std::string_view name : names) {
    pubsub.unsubscribe(client, kind, name);
    confirm(client, what, name);
  }
  if (!names.empty()) return;
  const ClientSubscriptions* own = PubSub::of(client);
  const Subscriptions* all = own == nullptr                   ? nullptr
                             : kind == PubSub::Kind::kChannel ? &own->channels
                                                              : &own->patterns;
  if (all == nullptr || all->size() == 0) {
    confirm(client, what, std::nullopt);
    return;
  }
  while (all->size() > 0) {
    std::string name = all->oldest();
    pubsub.unsubscribe(client, kind, name);
    confirm(client, what, name);
  }
}

}  // namespace

static void subscribe_command(Client& client, Args args) {
  subscribe_each(client, args.subspan(1), PubSub::Kind::kChannel, "subscribe");
}

static void psubscribe_command(Client& client, Args args) {
  subscribe_each(client, args.subspan(1), PubSub::Kind::kPattern, "psubscribe");
}

static void unsubscribe_command(Client& client, Args args) {
  unsubscribe_each(client, args.subspan(1), PubSub::Kind::kChannel, "unsubscribe");
}

static void punsubscribe_command(Client& client, Args args) {
  unsubscribe_each(client, args.subspan(1), PubSub::Kind::kPattern, "punsubscribe");
}

static void publish_command(Client& client, Args args) {
  auto& pubsub = client.server.get<PubSub>();
  int64_t receivers = pubsub.publish(args[1], args[2]);
  pubsub.published_by(client, args[1], args[2]);
  client.reply.integer(receivers);
}

static void channels_command(Client& client, Args args) {
  if (args.size() > 3) {
    reply_bad_subcommand(client, args);
    return;
  }
  Chunk* gap = client.reply.open();
  size_t n = 0;
  client.server.get<PubSub>().channels().each([&](const Topic& topic) {
    if (args.size() == 3 && !glob_match(args[2], topic.name)) return;
    client.reply.bulk(topic.name);
    n++;
  });
  client.reply.close_array(gap, n);
}

static void numsub_command(Client& client, Args args) {
  const Topics& channels = client.server.get<PubSub>().channels();
  Args names = args.subspan(2);
  client.reply.array(names.size() * 2);
  for (std::string_view name : names) {
    const Topic* topic = channels.find(name);
    client.reply.bulk(name);
    client.reply.integer(topic == nullptr ? 0 : static_cast<int64_t>(topic->subscribers.size()));
  }
}

static void numpat_command(Client& client, Args) {
  client.reply.integer(static_cast<int64_t>(client.server.get<PubSub>().patterns().size()));
}

static void pubsub_help_command(Client& client, Args) {
  reply_help(client, "PUBSUB",
             {
                 "CHANNELS [<pattern>]",
                 "    Return the currently active channels matching a <pattern> (default: '*').",
                 "NUMPAT",
                 "    Return number of subscriptions to patterns.",
                 "NUMSUB [<channel> ...]",
                 "    Return the number of subscribers for the specified channels, excluding",
                 "    pattern subscriptions(default: no channels).",
                 "SHARDCHANNELS [<pattern>]",
                 "    Return the currently active shard level channels matching a <pattern> (default: '*').",
                 "SHARDNUMSUB [<shardchannel> ...]",
                 "    Return the number of subscribers for the specified shard level channel(s)",
             });
}

void install_pubsub(Server& server) {
  server.own<PubSub>(server);

  constexpr uint64_t kListening = kPubsub | kNoScript | kLoading | kStale;
  server.commands.add({.name = "subscribe", .arity = -2, .flags = kListening, .run = subscribe_command});
  server.commands.add({.name = "unsubscribe", .arity = -1, .flags = kListening, .run = unsubscribe_command});
  server.commands.add({.name = "psubscribe", .arity = -2, .flags = kListening, .run = psubscribe_command});
  server.commands.add({.name = "punsubscribe", .arity = -1, .flags = kListening, .run = punsubscribe_command});
  server.commands.add({.name = "publish",
                       .arity = 3,
                       .flags = kPubsub | kLoading | kStale | kFast | kMayReplicate,
                       .run = publish_command});

  constexpr uint64_t kInspecting = kPubsub | kLoading | kStale;
  server.commands.add({.name = "pubsub",
                       .arity = -2,
                       .subcommands = {
                           {.name = "channels", .arity = -2, .flags = kInspecting, .run = channels_command},
                           {.name = "help", .arity = 2, .flags = kLoading | kStale, .run = pubsub_help_command},
                           {.name = "numpat", .arity = 2, .flags = kInspecting, .run = numpat_command},
                           {.name = "numsub", .arity = -2, .flags = kInspecting, .run = numsub_command},
                       }});
}

}  // namespace strata::resp
