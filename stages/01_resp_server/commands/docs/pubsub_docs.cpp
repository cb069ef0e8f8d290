// Documentation of the publish/subscribe commands.
#include "01_resp_server/commands/docs/docs.h"

namespace strata::resp {

void document_pubsub_commands(CommandTable& commands) {
  const DocGroup doc(commands, "pubsub");

  doc("subscribe", {.summary = "Receives the messages published to the given channels",
                    .since = "2.0.0",
                    .complexity = "O(N), N being the channels given",
                    .syntax = "channel..."});
  doc("unsubscribe", {.summary = "Stops receiving from the given channels, or from all",
                      .since = "2.0.0",
                      .complexity = "O(N), N being the clients that are subscribed to the channel",
                      .syntax = "[channel...]"});
  doc("psubscribe", {.summary = "Receives the messages of all channels whose names match the given patterns",
                     .since = "2.0.0",
                     .complexity = "O(N), N being the patterns of this client",
                     .syntax = "{pattern}..."});
  doc("punsubscribe", {.summary = "Stops receiving for the given patterns, or for all",
                       .since = "2.0.0",
                       .complexity = "O(N+M), N being the patterns of this client and M those of all clients",
                       .syntax = "[pattern...]"});
  doc("publish", {.summary = "Sends a message to everybody who listens to a channel",
                  .since = "2.0.0",
                  .complexity = "O(N+M), N being the subscribers of the channel and M the patterns of all "
                                "clients",
                  .syntax = "channel message"});
  doc("pubsub", {.summary = "Groups the commands that look at subscriptions",
                 .since = "2.8.0",
                 .complexity = "Depends on the subcommand"});
  doc("pubsub|channels", {.summary = "Lists the channels that somebody subscribed to by name",
                          .since = "2.8.0",
                          .complexity = "O(N), N being the channels in use",
                          .syntax = "[pattern]"});
  doc("pubsub|help",
      {.summary = "Lists the subcommands with a line about each", .since = "6.2.0", .complexity = "O(1)"});
  doc("pubsub|numpat",
      {.summary = "Counts the different patterns subscribed to", .since = "2.8.0", .complexity = "O(1)"});
  doc("pubsub|numsub", {.summary = "Counts the subscribers of each given channel",
                        .since = "2.8.0",
                        .complexity = "O(N), N being the channels asked for",
                        .syntax = "[channel...]"});
}

}  // namespace strata::resp
