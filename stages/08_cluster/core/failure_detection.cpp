#include "08_cluster/core/failure_detection.h"

#include "common/log.h"

namespace strata::cluster {

void FailureDetection::suspect(Node& node) {
  if (!node.reachable()) return;
  log_debug("*** NODE {} possibly failing", node.id);
  node.set(kSuspected);
  view_.due.evaluate = true;
  if (reports(node) > 0) conclude(node);  // our own suspicion may be the one that was missing
}

void FailureDetection::report(Node& node, const Node& by) {
  const bool news = node.failure_reports.insert_or_assign(&by, host_.now_ms()).second;
  if (news) log_verbose("Node {} reported node {} as not reachable.", by.id, node.id);
  conclude(node);
}

void FailureDetection::withdraw(Node& node, const Node& by) {
  if (node.failure_reports.erase(&by) != 0) log_verbose("Node {} reported node {} is back online.", by.id, node.id);
}

size_t FailureDetection::reports(Node& node) {
  const int64_t too_old = host_.now_ms() - 2 * settings_.node_timeout_ms;
  std::erase_if(node.failure_reports, [too_old](const auto& report) { return report.second < too_old; });
  return node.failure_reports.size();
}

// [task 8.11] Has a majority of the masters lost this node?
void FailureDetection::conclude(Node& node) {
  if (!node.suspected() || node.failed()) return;
  const size_t votes = reports(node) + (view_.myself().is_master() ? 1 : 0);
  if (votes < static_cast<size_t>(view_.quorum())) return;
  log_notice("Marking node {} as failing (quorum reached).", node.id);
  fail(node);
  Packet packet = messenger_.packet(PacketType::kFail);
  packet.subject = node.id;
  messenger_.broadcast(packet);
}

void FailureDetection::fail(Node& node) {
  node.unset(kSuspected);
  node.set(kFailed);
  node.failed_ms = host_.now_ms();
  view_.due.save = view_.due.evaluate = true;
  if (view_.myself().master == &node) view_.due.failover = true;
}

void FailureDetection::told_failed(Node& node) {
  if (view_.is_myself(node) || node.failed()) return;
  fail(node);
}

void FailureDetection::answered(Node& node) {
  if (node.suspected()) {
    node.unset(kSuspected);
    view_.due.save = view_.due.evaluate = true;
    return;
  }
  if (!node.failed()) return;
  const bool serves = node.is_master() && node.slot_count > 0;
  const bool nobody_took_over = host_.now_ms() - node.failed_ms > 2 * settings_.node_timeout_ms;
  if (serves && !nobody_took_over) return;
  log_notice("Clear FAIL state for node {}: {}", node.id,
             serves              ? "is reachable again and nobody is serving its slots after some time."
             : node.is_replica() ? "replica is reachable again."
                                 : "master without slots is reachable again.");
  node.unset(kFailed);
  view_.due.save = view_.due.evaluate = true;
}

}  // namespace strata::cluster
