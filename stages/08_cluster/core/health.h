// Does the cluster serve? It fails when slots have no owner that works (where full coverage is asked for), or when this
// node sees less than a majority of the masters: it may be on the smaller side of a split.
#pragma once

#include "08_cluster/core/surroundings.h"
#include "08_cluster/view/view.h"

namespace strata::cluster {

class Health {
 public:
  Health(View& view, const Settings& settings, Host& host) : view_(view), settings_(settings), host_(host) {}

  void evaluate();

 private:
  bool covered() const;

  View& view_;
  const Settings& settings_;
  Host& host_;
  int64_t first_ms_ = 0;     // of the first evaluation
  int64_t minority_ms_ = 0;  // when this node last saw only a minority
};

}  // namespace strata::cluster
