// What a sentinel watches: masters, their replicas, and the other sentinels of each master.
//
//   Sentinel -> Master "mymaster" -> replicas   by "ip:port"
//                                 -> sentinels  by run id       (the same sentinel has an entry under each master)
//
// Plain data that the rules in monitor/ and failover/ read and change. Times are those of now_ms(); 0 is "never".
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "07_sentinel/link/link.h"
#include "07_sentinel/model/address.h"
#include "common/text.h"

namespace strata::sentinel {

enum class Kind : uint8_t { kMaster, kReplica, kSentinel };
enum class Role : uint8_t { kMaster, kReplica };

struct Master;

struct Instance {
  Instance(Kind its_kind, std::string its_name, Address where, int64_t down_after);
  virtual ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  virtual Master& master() = 0;
  virtual const Master& master() const = 0;
  void use_link(std::shared_ptr<Link> other);

  const Kind kind;
  std::string name;    // of a sentinel: its id
  std::string run_id;  // empty: not known yet
  Address address;
  std::shared_ptr<Link> link;  // never null

  int64_t down_after_ms;
  bool s_down = false;
  int64_t s_down_since_ms = 0;  // kept when it is up again
  int64_t o_down_since_ms = 0;  // of a master
  bool script_kill_sent = false;
  int64_t last_hello_sent_ms;
};

// A server with data: it is asked for INFO.
struct DataInstance : Instance {
  DataInstance(Kind its_kind, std::string its_name, Address where, int64_t down_after);

  Role configured_role() const { return kind == Kind::kMaster ? Role::kMaster : Role::kReplica; }

  std::string info;  // the last one
  int64_t info_refreshed_ms = 0;
  Role role_reported;
  int64_t role_reported_since_ms;
};

enum class Reconfiguration : uint8_t { kNone, kSent, kInProgress, kDone };

struct Replica final : DataInstance {
  Replica(Master& its_master, std::string its_name, Address where);
  Master& master() override { return master_; }
  const Master& master() const override { return master_; }

  std::string master_host;  // as it reports it; empty: unknown
  int master_port = 0;
  int64_t master_changed_ms;  // when that changed
  bool master_link_up = false;
  int64_t master_link_down_ms = 0;  // for how long
  int priority = 100;               // 0: never to be promoted
  int64_t offset = 0;
  bool announced = true;

  bool promoted = false;
  Reconfiguration reconfiguration = Reconfiguration::kNone;
  int64_t reconfiguration_sent_ms = 0;

 private:
  Master& master_;
};

// Another sentinel, as it is known under one master.
struct Peer final : Instance {
  Peer(Master& its_master, std::string its_name, Address where);
  Master& master() override { return master_; }
  const Master& master() const override { return master_; }

  int64_t last_hello_ms;
  bool says_down = false;  // of the master
  int64_t last_answer_ms = 0;
  std::string leader;  // whom it voted for; empty: not known
  uint64_t leader_epoch = 0;

 private:
  Master& master_;
};

enum class FailoverState : uint8_t {
  kNone,
  kWaitStart,
  kSelectReplica,
  kSendReplicaOfNoOne,
  kWaitPromotion,
  kReconfigureReplicas,
  kUpdateConfig,
};
std::string_view name_of(FailoverState state);

// Names of commands are the same in any case.
struct LessNoCase {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](char x, char y) { return lower_ascii(x) < lower_ascii(y); });
  }
};

struct Failover {
  FailoverState state = FailoverState::kNone;
  int64_t changed_ms = 0;  // when `state` changed
  int64_t started_ms = 0;  // the next one begins 2 * failover-timeout later at the earliest
  int64_t delay_logged_ms = 0;
  uint64_t epoch = 0;
  bool forced = false;          // SENTINEL FAILOVER: needs no votes
  Replica* promoted = nullptr;  // the replica that was chosen

  bool in_progress() const { return state != FailoverState::kNone; }
  void enter(FailoverState next) {
    state = next;
    changed_ms = now_ms();
  }
};

struct Master final : DataInstance {
  Master(std::string its_name, Address where, int its_quorum, const Timing& timing);
  Master& master() override { return *this; }
  const Master& master() const override { return *this; }

  // Where clients are to go: the promoted replica's address as soon as it is one.
  const Address& current_address() const;

  int quorum;
  int64_t failover_timeout_ms;
  int64_t parallel_syncs = 1;
  std::string notification_script;
  std::string client_reconfig_script;
  std::string auth_user;
  std::string auth_password;
  std::map<std::string, std::string, LessNoCase> renamed_commands;
  int64_t reboot_down_after_ms = 0;  // 0: off
  bool reboot_seen = false;          // its run id changed, and no PONG since
  int64_t reboot_seen_ms = 0;

  bool o_down = false;
  uint64_t config_epoch = 0;
  std::string leader;  // whom this sentinel voted for; empty: nobody
  uint64_t leader_epoch = 0;
  Failover failover;

  std::map<std::string, std::unique_ptr<Replica>, std::less<>> replicas;
  std::map<std::string, std::unique_ptr<Peer>, std::less<>> sentinels;
};

// "s_down,master,disconnected", as SENTINEL MASTER shows it.
std::string flags_of(const Instance& instance);

}  // namespace strata::sentinel
