// CLUSTER FAILOVER: master and replica change places without losing a write.
//
//   replica                                master
//   MFSTART                           -->  stops the writes of its clients (5 s at most)
//   knows how far it must get         <--  PING, PAUSED, with the offset at which it stopped
//   has got there: asks for votes     -->  everybody; the master may vote, too
//   won: PONG with its new epoch      -->  the master reads it and becomes a replica; its clients are redirected
//
// FORCE does not ask the master (it may be down), TAKEOVER does not even ask for votes.
#pragma once

#include "08_cluster/core/claims.h"
#include "08_cluster/core/election.h"
#include "08_cluster/core/messenger.h"

namespace strata::cluster {

class ManualFailover {
 public:
  ManualFailover(View& view, const Settings& settings, Host& host, Messenger& messenger, Election& election)
      : view_(view), settings_(settings), host_(host), messenger_(messenger), election_(election) {}

  enum class Mode : uint8_t { kAgreed, kForce, kTakeover };
  // This node is a replica whose master can be reached, or the mode does without.
  void start(Mode mode, Epochs& epochs);

  // --- messages ---
  void on_pause_request(Node& sender, Link& link);  // MFSTART
  void on_offset(const Node& sender, const Header& header);

  bool ready() const { return ready_; }
  // The replica that asked this master; null: none.
  const Node* requester() const { return requester_; }
  void step();   // cron
  void reset();  // over, one way or the other
  void node_left(const Node& node);

 private:
  void compare_offsets();

  View& view_;
  const Settings& settings_;
  Host& host_;
  Messenger& messenger_;
  Election& election_;
  int64_t ends_ms_ = 0;  // 0: none is under way
  bool ready_ = false;
  bool offset_known_ = false;
  uint64_t master_offset_ = 0;
  const Node* requester_ = nullptr;
};

}  // namespace strata::cluster
