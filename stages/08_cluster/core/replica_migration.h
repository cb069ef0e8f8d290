// A master without a working replica is given one by the master that has the most: one of its replicas moves, the one with
// the smallest id, after the master was without for 5 s.
#pragma once

#include "08_cluster/core/claims.h"
#include "08_cluster/core/surroundings.h"
#include "08_cluster/view/view.h"

namespace strata::cluster {

class ReplicaMigration {
 public:
  ReplicaMigration(View& view, const Settings& settings, Host& host, Claims& claims)
      : view_(view), settings_(settings), host_(host), claims_(claims) {}

  void step();  // cron

 private:
  Node* orphan();
  bool chosen(size_t most);

  View& view_;
  const Settings& settings_;
  Host& host_;
  Claims& claims_;
};

}  // namespace strata::cluster
