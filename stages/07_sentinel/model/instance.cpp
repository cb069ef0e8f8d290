#include "07_sentinel/model/instance.h"

#include <utility>

namespace strata::sentinel {

Instance::Instance(Kind its_kind, std::string its_name, Address where, int64_t down_after)
    : kind(its_kind),
      name(std::move(its_name)),
      address(std::move(where)),
      link(std::make_shared<Link>()),
      down_after_ms(down_after),
      last_hello_sent_ms(now_ms()) {
  link->users = 1;
}

Instance::~Instance() {
  link->forget(*this);
  link->users--;
  if (link->users == 0) link->drop();
}

void Instance::use_link(std::shared_ptr<Link> other) {
  link->forget(*this);
  if (--link->users == 0) link->drop();
  link = std::move(other);
  link->users++;
}

DataInstance::DataInstance(Kind its_kind, std::string its_name, Address where, int64_t down_after)
    : Instance(its_kind, std::move(its_name), std::move(where), down_after),
      role_reported(configured_role()),
      role_reported_since_ms(now_ms()) {}

Replica::Replica(Master& its_master, std::string its_name, Address where)
    : DataInstance(Kind::kReplica, std::move(its_name), std::move(where), its_master.down_after_ms),
      master_changed_ms(now_ms()),
      master_(its_master) {}

Peer::Peer(Master& its_master, std::string its_name, Address where)
    : Instance(Kind::kSentinel, std::move(its_name), std::move(where), its_master.down_after_ms),
      last_hello_ms(now_ms()),
      master_(its_master) {}

Master::Master(std::string its_name, Address where, int its_quorum, const Timing& timing)
    : DataInstance(Kind::kMaster, std::move(its_name), std::move(where), timing.default_down_after),
      quorum(its_quorum),
      failover_timeout_ms(timing.default_failover_timeout) {}

const Address& Master::current_address() const {
  const bool switched = failover.promoted != nullptr && failover.state >= FailoverState::kReconfigureReplicas;
  return switched ? failover.promoted->address : address;
}

std::string_view name_of(FailoverState state) {
  switch (state) {
    case FailoverState::kNone:
      return "none";
    case FailoverState::kWaitStart:
      return "wait_start";
    case FailoverState::kSelectReplica:
      return "select_slave";
    case FailoverState::kSendReplicaOfNoOne:
      return "send_slaveof_noone";
    case FailoverState::kWaitPromotion:
      return "wait_promotion";
    case FailoverState::kReconfigureReplicas:
      return "reconf_slaves";
    case FailoverState::kUpdateConfig:
      return "update_config";
  }
  return "unknown";
}

std::string flags_of(const Instance& instance) {
  const auto* master = instance.kind == Kind::kMaster ? static_cast<const Master*>(&instance) : nullptr;
  const auto* replica = instance.kind == Kind::kReplica ? static_cast<const Replica*>(&instance) : nullptr;
  const auto* peer = instance.kind == Kind::kSentinel ? static_cast<const Peer*>(&instance) : nullptr;
  const Reconfiguration reconfiguration = replica ? replica->reconfiguration : Reconfiguration::kNone;
  const std::pair<bool, std::string_view> all[] = {
      {instance.s_down, "s_down"},
      {master && master->o_down, "o_down"},
      {master != nullptr, "master"},
      {replica != nullptr, "slave"},
      {peer != nullptr, "sentinel"},
      {instance.link->disconnected, "disconnected"},
      {peer && peer->says_down, "master_down"},
      {master && master->failover.in_progress(), "failover_in_progress"},
      {replica && replica->promoted, "promoted"},
      {reconfiguration == Reconfiguration::kSent, "reconf_sent"},
      {reconfiguration == Reconfiguration::kInProgress, "reconf_inprog"},
      {reconfiguration == Reconfiguration::kDone, "reconf_done"},
      {master && master->failover.forced, "force_failover"},
      {instance.script_kill_sent, "script_kill_sent"},
  };
  std::string text;
  for (const auto& [set, word] : all) {
    if (set) text.append(text.empty() ? "" : ",").append(word);
  }
  return text;
}

}  // namespace strata::sentinel
