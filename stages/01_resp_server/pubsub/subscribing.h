// What subscribing and its opposite answer, and what PUBSUB tells, for topics of every kind.
//
// One message per name, "subscribe" name count: a push in RESP3, an array in RESP2.
#pragma once

#include <optional>
#include <string_view>

#include "01_resp_server/pubsub/pubsub.h"

namespace strata::resp {

// "ssubscribe" name count, also to a client that did not ask; nothing for the name: there was none.
void confirm_subscription(Client& client, TopicKind kind, std::string_view what, std::optional<std::string_view> name);

void subscribe_each(Client& client, Args names, TopicKind kind, std::string_view what);
// Without names: from everything of that kind, in the order of subscription.
void unsubscribe_each(Client& client, Args names, TopicKind kind, std::string_view what);

// PUBSUB CHANNELS [pattern], PUBSUB NUMSUB [name ...] and their like.
void reply_channels(Client& client, const Topics& topics, Args args);
void reply_subscriber_counts(Client& client, const Topics& topics, Args args);

}  // namespace strata::resp
