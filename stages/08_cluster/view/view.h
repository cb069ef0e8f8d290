// The cluster as this node sees it: nodes, who owns which slot, epochs. No two nodes need to agree; what they tell each
// other makes their views alike in time.
//
// What is to be done about a change (save it, judge the cluster's state again) is noted in `due` and done once, before
// anything that this turn of the loop produced leaves the process.
//
//   invariants   owner(s) == n  <=>  n->owns(s);   n->slot_count == number of those
//                r->master == m  <=>  r is one of m->replicas
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "08_cluster/view/node.h"

namespace strata::cluster {

// What changes make necessary before the turn ends.
struct Due {
  bool save = false;      // nodes.conf
  bool sync = false;      // and wait until it is on the disk
  bool evaluate = false;  // the state of the cluster
  bool failover = false;  // look at the election now rather than at the next cron
};

class View {
 public:
  View(std::string own_id, int64_t now_ms);
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  Node& myself() { return *myself_; }
  const Node& myself() const { return *myself_; }
  bool is_myself(const Node& node) const { return &node == myself_; }
  // The node whose slots are served here: myself, or my master.
  Node& my_master() { return const_cast<Node&>(myself_->shard()); }

  // --- nodes ---
  Node* find(std::string_view id) const;  // null: unknown
  Node& add(std::string id, uint16_t flags, int64_t now_ms);
  void rename(Node& node, const std::string& id);  // `id` must not be taken
  // Its slots are nobody's then. Its links must be closed already. Never myself.
  void remove(Node& node);
  size_t size() const { return nodes_.size(); }
  void each(const std::function<void(Node&)>& visit) const;  // may not add or remove
  std::vector<Node*> nodes() const;                          // a copy, so that what it visits may be removed
  Node& at(size_t index) const { return *order_[index]; }    // in no order that means something

  // Whom gossip may not bring back for a while (CLUSTER FORGET).
  void forget_until(const std::string& id, int64_t until_ms) { forgotten_[id] = until_ms; }
  bool forgotten(std::string_view id, int64_t now_ms);

  // --- roles ---
  void make_master(Node& node);
  void make_replica(Node& node, Node* master);  // its slots must have been given up; `master` may be null
  void attach(Node& replica, Node& master);
  void detach(Node& replica);

  // --- slots ---
  Node* owner(int slot) const { return owners_[static_cast<size_t>(slot)]; }
  void assign(int slot, Node& node);  // whoever had it before
  void unassign(int slot);
  void unassign_all(Node& node);
  Node* migrating_to(int slot) const { return migrating_to_[static_cast<size_t>(slot)]; }
  Node* importing_from(int slot) const { return importing_from_[static_cast<size_t>(slot)]; }
  void set_migrating(int slot, Node* target) { set_open(migrating_to_, slot, target); }
  void set_importing(int slot, Node* source) { set_open(importing_from_, slot, source); }
  void close_slots();  // neither migrating nor importing, any
  bool any_open() const { return open_ > 0; }
  // Slots whose owner has stopped claiming them: they stay its until somebody else does.
  SlotSet unclaimed;
  // Told when a slot leaves the node (or its shard) that had it; before it does.
  std::function<void(int slot, const Node& owner)> on_leave;

  // --- epochs ---
  uint64_t current_epoch = 0;    // the cluster's clock: the greatest that was seen
  uint64_t last_vote_epoch = 0;  // no second vote in it
  uint64_t greatest_epoch() const;

  // --- its state, as health.h judges it ---
  bool ok = false;
  int masters_with_slots = 1;
  int quorum() const { return masters_with_slots / 2 + 1; }

  Due due;

 private:
  using SlotTable = std::array<Node*, kSlots>;
  void set_open(SlotTable& table, int slot, Node* node);

  struct IdHash {
    using is_transparent = void;
    size_t operator()(std::string_view id) const { return std::hash<std::string_view>{}(id); }
  };
  template <typename Value>
  using ById = std::unordered_map<std::string, Value, IdHash, std::equal_to<>>;

  ById<std::unique_ptr<Node>> nodes_;
  std::vector<Node*> order_;
  Node* myself_;
  SlotTable owners_{};
  SlotTable migrating_to_{};
  SlotTable importing_from_{};
  int open_ = 0;
  ById<int64_t> forgotten_;
};

}  // namespace strata::cluster
