// A replica in the place of its failed master, with the consent of a majority of the masters.
//
//   replica   master has failed, data is young enough
//             waits 500 ms + up to 500 ms + 1 s for each replica that has more of the data (its rank)
//             takes a new epoch, asks all for their vote
//             majority of the masters: takes the slots over, under that epoch, and tells everybody
//   master    votes once in an epoch, and once in two node timeouts for the replicas of the same master; never for claims
//             that are older than what it knows
//
// A manual failover uses the same election, without the wait, and gets votes though the master is up.
#pragma once

#include "08_cluster/core/claims.h"
#include "08_cluster/core/epochs.h"
#include "08_cluster/core/messenger.h"

namespace strata::cluster {

class Election {
 public:
  Election(View& view, const Settings& settings, Host& host, Messenger& messenger)
      : view_(view), settings_(settings), host_(host), messenger_(messenger) {}

  // Cron, and whenever something relevant has come in. `manual`: a manual failover is ready to be voted on.
  void step(bool manual);
  // Begins anew, whatever was tried before.
  void forget();

  // A master's side.
  void on_request(Node& sender, const Header& request);
  // A replica's side: a vote came.
  void on_vote(const Node& sender, const Header& vote);

  // This replica becomes the master of its master's slots, under its present config epoch.
  void take_over();
  // Told after a take-over.
  std::function<void()> on_win;

 private:
  bool young_enough(bool manual);
  int rank() const;
  void schedule(bool manual);
  void ask(bool manual);
  bool may_vote(Node& sender, const Header& request);

  View& view_;
  const Settings& settings_;
  Host& host_;
  Messenger& messenger_;
  int64_t begins_ms_ = 0;  // of the present or last election
  bool asked_ = false;
  int votes_ = 0;
  int rank_ = 0;
  uint64_t epoch_ = 0;
  bool told_too_old_ = false;
};

}  // namespace strata::cluster
