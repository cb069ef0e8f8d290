// One member of a cluster: what it does with the messages of the others, and what it does by itself ten times a second.
//
//   received() --> who sent it, which epochs --> by type:  PING MEET  --> PONG
//                                                          PING PONG MEET --> role, slots, gossip, hostname
//                                                          FAIL VOTE... --> the part that is concerned
//   cron()     --> links, PINGs, suspicion, failovers
//   settle()   --> at the end of a turn, before anything is sent: saves the view, judges the cluster's state
//
// The parts, each a folder-mate: FailureDetection, Claims, Epochs, Election, ManualFailover, ReplicaMigration, Health.
// Everything it knows of the outside comes through Bus and Host, so it runs in tests and simulations as in a server.
#pragma once

#include <string_view>

#include "08_cluster/core/claims.h"
#include "08_cluster/core/election.h"
#include "08_cluster/core/epochs.h"
#include "08_cluster/core/failure_detection.h"
#include "08_cluster/core/health.h"
#include "08_cluster/core/manual_failover.h"
#include "08_cluster/core/messenger.h"
#include "08_cluster/core/replica_migration.h"

namespace strata::cluster {

class Member {
 public:
  Member(View& view, const Settings& settings, Bus& bus, Host& host);

  // --- the bus tells ---
  void opened(Link& link);                            // a link of ours is connected
  void lost(Link& link);                              // it broke; it is freed after this call
  void received(Link& link, std::string_view bytes);  // one whole packet; may close the link

  // --- time ---
  void cron();    // every 100 ms
  void settle();  // at the end of every turn of the loop, before packets and replies leave

  // --- what administrators ask for ---
  void meet(const std::string& ip, int port, int bus_port);
  void forget(Node& node, int64_t ban_ms);  // closes its links, too
  // Everybody and every slot are forgotten; `new_identity`: epochs and id as well.
  void reset(bool new_identity);
  void close_link(Link*& link);  // null: nothing
  void close_links(Node& node);

  View& view() { return view_; }
  Messenger messenger;
  FailureDetection failures;
  Epochs epochs;
  Claims claims;
  Election election;
  ManualFailover manual_failover;
  ReplicaMigration migration;
  Health health;

 private:
  Node* sender_of(Link& link, const Header& header);
  bool introduce(Link& link, const Packet& packet, Node* sender);
  void on_ping(Link& link, const Packet& packet, Node* sender);
  void on_pong(Node& node);
  void on_status(Link& link, const Packet& packet, Node& sender);
  void on_fail(const Packet& packet, Node* sender);
  void follow_role(const Header& header, Node& sender);
  bool follow_address(Link& link, const Header& header, Node& sender);
  void read_gossip(const Packet& packet, Node& sender);
  void read_gossip_entry(const GossipEntry& entry, Node& node, Node& sender);

  void tend_links();
  void ping_one_of_some();
  void watch(Node& node);

  View& view_;
  const Settings& settings_;
  Bus& bus_;
  Host& host_;
  uint64_t turns_ = 0;  // of cron
};

}  // namespace strata::cluster
