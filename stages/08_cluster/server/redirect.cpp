#include "08_cluster/server/redirect.h"

#include <fmt/compile.h>

#include "01_resp_server/db/keyspace.h"

namespace strata::cluster {

// [task 8.5] Note one more key of the command.
void Placement::add(std::string_view key, bool shard_channels) {
  View& view = cluster_.view();
  const int slot = key_slot(key);
  if (slot_ < 0) {
    first_ = key;
    slot_ = slot;
    owner_ = view.owner(slot);
    if (owner_ == nullptr) {
      fault_ = Fault::kUnowned;
      return;
    }
    migrating_ = view.is_myself(*owner_) && view.migrating_to(slot) != nullptr;
    importing_ = !migrating_ && view.importing_from(slot) != nullptr;
  } else if (fault_ != Fault::kNone) {
    return;
  } else if (slot != slot_) {
    fault_ = Fault::kCrossSlot;
    return;
  } else if (key != first_) {
    several_ = true;
  }
  if ((migrating_ || importing_) && !shard_channels) {
    const bool there = static_cast<bool>(cluster_.database().peek(key));
    there ? ++present_ : ++missing_;
  }
}

std::string Placement::redirect(std::string_view kind, const Node& node) const {
  return fmt::format(FMT_COMPILE("{} {} {}:{}"), kind, slot_, cluster_.endpoint(node).value_or(""), node.port);
}

// [task 8.5] Decide where the command is to be run.
std::string Placement::verdict(const KeyedRequest& request) const {
  View& view = cluster_.view();
  if (fault_ == Fault::kUnowned) return "CLUSTERDOWN Hash slot not served";
  if (fault_ == Fault::kCrossSlot) return "CROSSSLOT Keys in request don't hash to the same slot";
  if (slot_ < 0) return {};
  if (!view.ok) {
    const Options& options = cluster_.options;
    const bool allowed = request.shard_channels ? options.allow_pubsub_when_down : options.allow_reads_when_down;
    if (!allowed) return "CLUSTERDOWN The cluster is down";
    if (request.write && !request.shard_channels) {
      return "CLUSTERDOWN The cluster is down and only accepts read commands";
    }
  }
  if ((migrating_ || importing_) && request.migrate) return {};
  if (migrating_ && missing_ > 0) {
    if (present_ > 0) return "TRYAGAIN Multiple keys request during rehashing of slot";
    return redirect("ASK", *view.migrating_to(slot_));
  }
  if (importing_ && request.asking) {
    return several_ && missing_ > 0 ? "TRYAGAIN Multiple keys request during rehashing of slot" : "";
  }
  const Node& myself = view.myself();
  const bool masters = myself.is_replica() && myself.master == owner_;
  if (masters && (request.read_only_client || request.shard_channels) && !request.write) return {};
  return owner_ == &myself ? "" : redirect("MOVED", *owner_);
}

}  // namespace strata::cluster
