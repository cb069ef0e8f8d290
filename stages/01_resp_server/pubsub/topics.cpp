#include "01_resp_server/pubsub/topics.h"

#include <xxhash.h>

#include "common/random.h"

namespace strata::resp {

size_t TopicHash::operator()(std::string_view name) const {
  static const uint64_t seed = [] {
    uint64_t bits = 0;
    random_bytes(&bits, sizeof bits);
    return bits;
  }();
  return XXH3_64bits_withSeed(name.data(), name.size(), seed);
}

// [task 1.12] Enter a client into the list of a topic's subscribers.
bool Topics::join(Client& client, Subscriptions& subscriptions, std::string_view name) {
  if (subscriptions.by_name_.contains(name)) return false;
  auto found = by_name_.find(name);
  if (found == by_name_.end()) {
    auto made = std::make_unique<Topic>(Topic{std::string(name), {}});
    std::string_view key = made->name;
    found = by_name_.emplace(key, std::move(made)).first;
  }
  Topic& topic = *found->second;
  auto place = topic.subscribers.insert(topic.subscribers.end(), &client);
  auto& memberships = subscriptions.memberships_;
  auto membership = memberships.insert(memberships.end(), {&topic, place});
  subscriptions.by_name_.emplace(topic.name, membership);
  return true;
}

bool Topics::leave(Subscriptions& subscriptions, std::string_view name) {
  auto found = subscriptions.by_name_.find(name);
  if (found == subscriptions.by_name_.end()) return false;
  Topic& topic = *found->second->topic;
  topic.subscribers.erase(found->second->place);
  subscriptions.memberships_.erase(found->second);
  subscriptions.by_name_.erase(found);
  // Last, for it destroys the name that the keys above are views of.
  if (topic.subscribers.empty()) by_name_.erase(by_name_.find(topic.name));
  return true;
}

const Topic* Topics::find(std::string_view name) const {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second.get();
}

void Topics::each(const std::function<void(const Topic&)>& visit) const {
  for (auto& [name, topic] : by_name_) visit(*topic);
}

}  // namespace strata::resp
