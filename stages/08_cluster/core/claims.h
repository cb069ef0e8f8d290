// Who owns a slot, when nodes say different things: a master's claim wins against an older one (by config epoch), against
// nobody, and against an owner that does not claim the slot any more. What follows for this node: a master that lost its
// last slot becomes a replica of the one that took it; replicas go with their slots; keys of slots that are lost are
// dropped.
#pragma once

#include <vector>

#include "08_cluster/core/messenger.h"

namespace strata::cluster {

class Claims {
 public:
  Claims(View& view, const Settings& settings, Host& host, Messenger& messenger)
      : view_(view), settings_(settings), host_(host), messenger_(messenger) {}

  // A master says which slots are its, as of this epoch.
  void apply(Node& claimer, uint64_t epoch, const SlotSet& claimed);
  // A node has said that these slots are its (or its master's) with an old epoch: tells it who the owner is.
  void correct(Node& sender, uint64_t epoch, const SlotSet& claimed);
  // Somebody told us so.
  void on_update(const Packet& packet);

  // This node becomes a replica of that master. It must not have slots.
  void follow(Node& master);
  // Told when this node's role or master has changed.
  std::function<void()> on_role_change;

 private:
  struct Losses {
    int from_my_master = 0;      // slots that my master (or this node) had
    std::vector<int> with_keys;  // slots of this node that hold keys
  };
  Losses take(Node& claimer, uint64_t epoch, const SlotSet& claimed, const Node& my_master);

  View& view_;
  const Settings& settings_;
  Host& host_;
  Messenger& messenger_;
};

}  // namespace strata::cluster
