// Epochs: the clock that orders claims to slots. Each master's claim has an epoch of its own (its config epoch); where two
// claim the same slot, the greater one wins. New ones come from an election, or, where an administrator asks for it, from
// a node itself.
#pragma once

#include "08_cluster/core/surroundings.h"
#include "08_cluster/view/view.h"

namespace strata::cluster {

class Epochs {
 public:
  explicit Epochs(View& view) : view_(view) {}

  // The greatest config epoch of all for this node, without asking anybody. False: it has it already.
  bool bump();
  // Somebody has said what epochs it knows.
  void heard(const Header& header, Node& sender);
  // Two masters with the same config epoch: the one with the smaller id takes a new one.
  void resolve_collision(const Node& other);

 private:
  View& view_;
};

}  // namespace strata::cluster
