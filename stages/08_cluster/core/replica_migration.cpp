#include "08_cluster/core/replica_migration.h"

#include <algorithm>

#include "common/log.h"

namespace strata::cluster {

namespace {

constexpr int64_t kOrphanedForMs = 5000;  // a replica may be about to come back, or to be promoted

}  // namespace

// The first master that has none, though it might; notes since when each has been without.
Node* ReplicaMigration::orphan() {
  Node* found = nullptr;
  view_.each([&](Node& node) {
    const bool orphaned = node.is_master() && !node.failed() && node.slot_count > 0 && node.is(kMigrationTarget) &&
                          node.working_replicas() == 0;
    if (!orphaned) {
      node.orphaned_ms = 0;
      return;
    }
    if (node.orphaned_ms == 0) node.orphaned_ms = host_.now_ms();
    if (found == nullptr) found = &node;
  });
  return found;
}

// Is it for this replica to move? All that might, compare the same ids.
bool ReplicaMigration::chosen(size_t most) {
  const Node* smallest = &view_.myself();
  view_.each([&](const Node& master) {
    if (!master.is_master() || master.working_replicas() != most) return;
    for (const Node* replica : master.replicas) {
      if (!replica->failed() && replica->id < smallest->id) smallest = replica;
    }
  });
  return view_.is_myself(*smallest);
}

// [task 8.15] Move to a master that has no replica, if it is this one's turn.
void ReplicaMigration::step() {
  Node* target = orphan();
  const Node* master = view_.myself().master;
  if (!settings_.allow_replica_migration || target == nullptr || master == nullptr || !view_.ok) return;
  size_t most = 0;
  view_.each([&](const Node& node) {
    if (node.is_master() && !node.failed()) most = std::max(most, node.working_replicas());
  });
  if (most < 2 || master->working_replicas() != most) return;
  const auto reachable = std::count_if(master->replicas.begin(), master->replicas.end(),
                                       [](const Node* replica) { return replica->reachable(); });
  if (reachable <= settings_.migration_barrier) return;
  if (!chosen(most) || host_.now_ms() - target->orphaned_ms <= kOrphanedForMs) return;
  log_notice("Migrating to orphaned master {}", target->id);
  claims_.follow(*target);
}

}  // namespace strata::cluster
