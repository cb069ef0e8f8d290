#include "08_cluster/core/health.h"

#include <algorithm>

#include "common/log.h"

namespace strata::cluster {

namespace {

constexpr int64_t kWritableDelayMs = 2000;  // a master that has just started may have been failed over
constexpr int64_t kMinRejoinDelayMs = 500;
constexpr int64_t kMaxRejoinDelayMs = 5000;

}  // namespace

bool Health::covered() const {
  for (int slot = 0; slot < kSlots; ++slot) {
    const Node* owner = view_.owner(slot);
    if (owner == nullptr || owner->failed()) return false;
  }
  return true;
}

// [task 8.3] Judge whether this node may serve.
void Health::evaluate() {
  const int64_t now = host_.now_ms();
  if (first_ms_ == 0) first_ms_ = now;
  view_.due.evaluate = false;
  const bool master = view_.myself().is_master();
  if (master && !view_.ok && now - first_ms_ < kWritableDelayMs) return;

  bool ok = !settings_.require_full_coverage || covered();
  int masters = 0;
  int reachable = 0;
  view_.each([&](const Node& node) {
    if (!node.is_master() || node.slot_count == 0) return;
    ++masters;
    if (node.reachable()) ++reachable;
  });
  view_.masters_with_slots = masters;
  if (reachable < view_.quorum()) {
    ok = false;
    minority_ms_ = now;
  }
  if (ok == view_.ok) return;
  // Back from a minority: the others may have a newer view, and need a moment to tell it.
  const int64_t delay = std::clamp(settings_.node_timeout_ms, kMinRejoinDelayMs, kMaxRejoinDelayMs);
  if (ok && master && now - minority_ms_ < delay) return;
  view_.ok = ok;
  log_notice("Cluster state changed: {}", ok ? "ok" : "fail");
}

}  // namespace strata::cluster
