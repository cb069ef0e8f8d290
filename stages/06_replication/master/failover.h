// FAILOVER: a master hands its role over to one of its replicas, and no write is lost.
//
//                 FAILOVER                         the target has everything; or it has not for too long, but FORCE
//   no-failover ------------> waiting-for-sync -----------------------------------------------> failover-in-progress
//        ^       writes wait         |                this server follows the target: PSYNC id offset FAILOVER   |
//        |<--------------------------'                                                                           |
//        |   ABORT, or TIMEOUT: a master as before                                                               |
//        |<------------------------------------------------------------------------------------------------------'
//            the target accepts: its replica from now on; it refuses, or ABORT: a master again, under a new id
//
// Writes wait from the beginning to the end, and then run, or learn that this is a replica now. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "01_resp_server/server/server.h"

namespace strata::repl {

class Replication;

class Failover {
 public:
  enum class State : uint8_t { kNone, kWaitingForSync, kInProgress };

  struct Request {
    std::string host;  // of the target, as INFO shows it; empty: whoever is the first to have everything
    int port = 0;
    bool force = false;
    int64_t timeout_ms = 0;  // 0: none
    bool names_target() const { return !host.empty(); }
  };

  Failover(resp::Server& server, Replication& replication) : server_(server), replication_(replication) {}

  void begin(Request request);
  void abort(std::string_view why);
  // The target has answered PSYNC. Called from within the link: a refusal takes effect a little later.
  void answered(bool accepted);
  void look();  // every now and then: goes on where it can

  State state() const { return state_; }
  std::string_view state_name() const;
  bool running() const { return state_ != State::kNone; }
  // Nothing may be added to the stream meanwhile, or the target would never have all of it in time.
  bool quiet() const { return running() && until_ms_ != 0; }

 private:
  bool find_target();  // one that has everything
  void proceed();
  void end();

  resp::Server& server_;
  Replication& replication_;
  State state_ = State::kNone;
  Request request_;
  int64_t until_ms_ = 0;  // loop clock; 0: for ever
};

}  // namespace strata::repl
