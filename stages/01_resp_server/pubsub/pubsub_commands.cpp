// SUBSCRIBE, PSUBSCRIBE, their opposites, PUBLISH and PUBSUB.
#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/help.h"
#include "01_resp_server/pubsub/pubsub.h"
#include "01_resp_server/pubsub/subscribing.h"

namespace strata::resp {

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
  reply_channels(client, client.server.get<PubSub>().channels(), args);
}

static void numsub_command(Client& client, Args args) {
  reply_subscriber_counts(client, client.server.get<PubSub>().channels(), args);
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
