// Who listens to what: the data structure behind channels and patterns alike.
//
//   Topics (of the server)              Subscriptions (of one client)
//   "news" -> Topic  [ A, B, C ] <----- B: "news"    each membership knows its place in the topic's list,
//   "jobs" -> Topic  [ B ]       <-----    "jobs"    so leaving takes the same time however many listen
//
// A topic exists while somebody listens to it. Both lists are in the order of subscription. Joining and
// leaving are O(1); a client must leave everything before it is destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace strata::resp {

class Client;

struct Topic {
  std::string name;  // a channel, or a pattern
  std::list<Client*> subscribers;
};

// Names come from clients: the hash is seeded at start, so that nobody can choose names that collide.
struct TopicHash {
  size_t operator()(std::string_view name) const;
};

class Topics;

// What one client listens to, of one kind.
class Subscriptions {
 public:
  size_t size() const { return memberships_.size(); }
  // The name subscribed to first. Only when size() > 0.
  const std::string& oldest() const { return memberships_.front().topic->name; }

 private:
  friend class Topics;
  struct Membership {
    Topic* topic;
    std::list<Client*>::iterator place;
  };
  std::list<Membership> memberships_;
  std::unordered_map<std::string_view, std::list<Membership>::iterator, TopicHash> by_name_;  // views of Topic::name
};

class Topics {
 public:
  // False when the client listened to it already.
  bool join(Client& client, Subscriptions& subscriptions, std::string_view name);
  // False when the client did not listen to it.
  bool leave(Subscriptions& subscriptions, std::string_view name);

  const Topic* find(std::string_view name) const;
  size_t size() const { return by_name_.size(); }
  void each(const std::function<void(const Topic&)>& visit) const;

 private:
  std::unordered_map<std::string_view, std::unique_ptr<Topic>, TopicHash> by_name_;  // views of Topic::name
};

}  // namespace strata::resp
