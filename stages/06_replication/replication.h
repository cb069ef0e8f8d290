// The role of this server: master or replica, and what changes with it.
//
//   REPLICAOF host port    the link to that master is opened; the data stays until an image replaces it
//   image loaded           the history is the master's: id and offset are taken over
//   stream                 applied, and passed on to replicas of our own
//   REPLICAOF NO ONE       promotion: the link goes, the history goes on under a new id, the old one is the second
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "01_resp_server/server/server.h"
#include "06_replication/master/failover.h"
#include "06_replication/master/master.h"
#include "06_replication/options.h"
#include "06_replication/replica/image_loader.h"
#include "06_replication/replica/local_expiry.h"
#include "06_replication/replica/master_link.h"
#include "06_replication/stream/replication_stream.h"

namespace strata::repl {

class Replication {
 public:
  explicit Replication(resp::Server& server);

  Options options;
  std::string configured_host;  // replicaof in the configuration; empty: a master
  int configured_port = 0;
  bool kept_by_configuration = true;  // CONFIG REWRITE writes whom it follows; a cluster keeps that elsewhere
  bool passes_on_messages = true;  // PUBLISH goes to the replicas; a cluster has ways of its own

  ReplicationStream& stream() { return stream_; }
  Master& master() { return master_; }
  MasterLink* link() { return link_.get(); }
  Failover& failover() { return failover_; }
  LocalExpiry& local_expiry() { return local_expiry_; }
  bool is_replica() const { return link_ != nullptr; }
  bool link_up() const { return link_ != nullptr && link_->up(); }

  // Follows a master from now on. What is served meanwhile is the present data. Both take effect when the image that is
  // being loaded, if one is, has ended.
  void follow(const std::string& host, int port);
  void promote();

  void start();  // after the data was loaded: follows the configured master
  void periodic();
  void follow_backlog_size();  // call after a change of options.backlog_bytes
  void follow_gates();         // call after a change of role, link or options

 private:
  void hear_of_expired_keys();

  resp::Server& server_;
  ReplicationStream stream_;
  Master master_;
  ImageLoader loader_;
  std::unique_ptr<MasterLink> link_;
  Failover failover_;
  LocalExpiry local_expiry_;
  bool started_ = false;
  std::string expired_at_start_;  // requests that delete what was not loaded any more
  int expired_db_ = -1;           // that they have selected
  resp::GateBit read_only_gate_ = 0;
  resp::GateBit stale_gate_ = 0;
  resp::GateBit lonely_gate_ = 0;
  friend void install_replica_gates(resp::Server&);
};

}  // namespace strata::repl
