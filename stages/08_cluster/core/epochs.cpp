#include "08_cluster/core/epochs.h"

#include "common/log.h"

namespace strata::cluster {

bool Epochs::bump() {
  Node& myself = view_.myself();
  if (myself.config_epoch != 0 && myself.config_epoch == view_.greatest_epoch()) return false;
  myself.config_epoch = ++view_.current_epoch;
  view_.due.save = view_.due.sync = true;
  log_notice("New configEpoch set to {}", myself.config_epoch);
  return true;
}

void Epochs::heard(const Header& header, Node& sender) {
  if (header.current_epoch > view_.current_epoch) view_.current_epoch = header.current_epoch;
  if (header.config_epoch > sender.config_epoch) {
    sender.config_epoch = header.config_epoch;
    view_.due.save = view_.due.sync = true;
  }
}

// [task 8.12] Two masters must not claim slots with the same epoch.
void Epochs::resolve_collision(const Node& other) {
  Node& myself = view_.myself();
  if (!myself.is_master() || !other.is_master() || other.config_epoch != myself.config_epoch) return;
  if (other.id <= myself.id) return;
  myself.config_epoch = ++view_.current_epoch;
  view_.due.save = view_.due.sync = true;
  log_verbose("WARNING: configEpoch collision with node {}. configEpoch set to {}", other.id, myself.config_epoch);
}

}  // namespace strata::cluster
