#include "08_cluster/view/view.h"

#include <algorithm>

#include "common/assert.h"

namespace strata::cluster {

bool valid_node_id(std::string_view id) {
  return id.size() == kIdBytes &&
         std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

View::View(std::string own_id, int64_t now_ms) { myself_ = &add(std::move(own_id), kMyself | kMaster, now_ms); }

// --- nodes ---

Node* View::find(std::string_view id) const {
  const auto found = nodes_.find(id);
  return found == nodes_.end() ? nullptr : found->second.get();
}

Node& View::add(std::string id, uint16_t flags, int64_t now_ms) {
  auto node = std::make_unique<Node>();
  node->id = std::move(id);
  node->flags = flags;
  node->created_ms = now_ms;
  Node& added = *node;
  order_.push_back(&added);
  const bool fresh = nodes_.emplace(added.id, std::move(node)).second;
  STRATA_ASSERT(fresh, "two nodes with the id {}", added.id);
  return added;
}

void View::rename(Node& node, const std::string& id) {
  auto handle = nodes_.extract(node.id);
  node.id = id;
  handle.key() = id;
  const bool fresh = nodes_.insert(std::move(handle)).inserted;
  STRATA_ASSERT(fresh, "two nodes with the id {}", id);
}

void View::remove(Node& node) {
  STRATA_ASSERT(!is_myself(node), "a node does not remove itself");
  unassign_all(node);
  for (int slot = 0; slot < kSlots && any_open(); ++slot) {
    if (migrating_to(slot) == &node) set_migrating(slot, nullptr);
    if (importing_from(slot) == &node) set_importing(slot, nullptr);
  }
  detach(node);
  while (!node.replicas.empty()) detach(*node.replicas.back());
  for (Node* other : order_) other->failure_reports.erase(&node);
  std::erase(order_, &node);
  nodes_.erase(node.id);
}

void View::each(const std::function<void(Node&)>& visit) const {
  for (Node* node : order_) visit(*node);
}

std::vector<Node*> View::nodes() const { return order_; }

bool View::forgotten(std::string_view id, int64_t now_ms) {
  std::erase_if(forgotten_, [now_ms](const auto& entry) { return entry.second <= now_ms; });
  return forgotten_.contains(id);
}

// --- roles ---

void View::make_master(Node& node) {
  if (node.is_master()) return;
  if (node.master != nullptr && !is_myself(node)) node.set(kMigrationTarget);
  detach(node);
  node.unset(kReplica);
  node.set(kMaster);
  due.save = due.evaluate = true;
}

void View::make_replica(Node& node, Node* master) {
  STRATA_ASSERT(node.slot_count == 0, "a replica with slots of its own");
  node.unset(kMaster | kMigrationTarget);
  node.set(kReplica);
  if (master != nullptr) attach(node, *master);
  due.save = due.evaluate = true;
}

void View::attach(Node& replica, Node& master) {
  detach(replica);
  replica.master = &master;
  master.replicas.push_back(&replica);
  master.set(kMigrationTarget);
}

void View::detach(Node& replica) {
  if (replica.master == nullptr) return;
  std::erase(replica.master->replicas, &replica);
  if (replica.master->replicas.empty()) replica.master->unset(kMigrationTarget);
  replica.master = nullptr;
}

// --- slots ---

void View::assign(int slot, Node& node) {
  if (owner(slot) == &node) return;
  unassign(slot);
  owners_[static_cast<size_t>(slot)] = &node;
  if (node.slots == nullptr) node.slots = std::make_unique<SlotSet>();
  node.slots->add(slot);
  // A master that gets its first slot may be given replicas, where masters have some.
  if (++node.slot_count == 1) {
    const bool replicated =
        std::any_of(order_.begin(), order_.end(), [](const Node* each) { return !each->replicas.empty(); });
    if (replicated) node.set(kMigrationTarget);
  }
}

void View::unassign(int slot) {
  Node* before = owner(slot);
  unclaimed.remove(slot);
  if (before == nullptr) return;
  if (on_leave) on_leave(slot, *before);
  owners_[static_cast<size_t>(slot)] = nullptr;
  before->slots->remove(slot);
  if (--before->slot_count == 0) before->slots.reset();
}

void View::unassign_all(Node& node) {
  if (node.slots == nullptr) return;
  const SlotSet had = *node.slots;
  had.each([this](int slot) { unassign(slot); });
}

void View::set_open(SlotTable& table, int slot, Node* node) {
  Node*& place = table[static_cast<size_t>(slot)];
  open_ += (node != nullptr ? 1 : 0) - (place != nullptr ? 1 : 0);
  place = node;
}

void View::close_slots() {
  migrating_to_.fill(nullptr);
  importing_from_.fill(nullptr);
  open_ = 0;
}

// --- epochs ---

uint64_t View::greatest_epoch() const {
  uint64_t greatest = current_epoch;
  for (const Node* node : order_) greatest = std::max(greatest, node->config_epoch);
  return greatest;
}

}  // namespace strata::cluster
