// Who is down. One node that gets no answer suspects (PFAIL); when a majority of the masters suspect the same node within
// twice the node timeout, it has failed (FAIL), and whoever counts that majority first tells everybody.
//
//   no answer for a node timeout --> suspected --> told in gossip --> reports of other masters + our own >= quorum
//                                                                 --> failed, FAIL is broadcast
//   it answers again: suspicion ends at once; a failure ends at once for a node without slots, else after a while, so that
//   a replica that is about to be promoted is not disturbed
#pragma once

#include "08_cluster/core/messenger.h"

namespace strata::cluster {

class FailureDetection {
 public:
  FailureDetection(View& view, const Settings& settings, Host& host, Messenger& messenger)
      : view_(view), settings_(settings), host_(host), messenger_(messenger) {}

  void suspect(Node& node);
  void report(Node& node, const Node& by);    // a master says that it cannot reach the node
  void withdraw(Node& node, const Node& by);  // or that it can
  void answered(Node& node);                  // a PONG came
  void told_failed(Node& node);               // a FAIL message came
  size_t reports(Node& node);                 // those that still count

 private:
  void conclude(Node& node);
  void fail(Node& node);

  View& view_;
  const Settings& settings_;
  Host& host_;
  Messenger& messenger_;
};

}  // namespace strata::cluster
