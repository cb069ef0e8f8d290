// MONITOR: a live feed of every command that runs, one line each:
//
//   +1700000000.123456 [0 127.0.0.1:40522] "SET" "k" "v"
//     wall clock        db and address      arguments, quoted; secrets as "(redacted)"
//
// A line is written after its command ran (SELECT is shown in the database it went to), also when it answered
// an error; a command that was refused is not shown, nor are administrative ones. Without monitors no command
// pays anything: the feed hangs on the dispatcher's check for slow commands, with a threshold of zero while
// somebody is watching.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "01_resp_server/server/server.h"

namespace strata::resp {

// Whoever is exempt from pauses (replicas, monitors) must not touch keys: that would get around the pause.
struct ReplicaGate {
  explicit ReplicaGate(Server& server);
  GateBit bit;  // to be armed in the client
};

class Monitors {
 public:
  explicit Monitors(Server& server);

  void add(Client& client);
  void remove(Client& client);  // no-op for a client that is no monitor
  size_t count() const { return monitors_.size(); }

  // Clients that must not become monitors now: inside a transaction the feed would get into its replies.
  void refuse_where(bool (*refused)(const Client&)) { refused_ = refused; }
  bool refuses(const Client& client) const { return refused_ != nullptr && refused_(client); }

 private:
  static constexpr int64_t kNobody = -1;

  void feed(const CommandReport& report);
  void update_threshold();

  Server& server_;
  bool (*refused_)(const Client&) = nullptr;
  std::vector<Client*> monitors_;
  int64_t threshold_us_ = kNobody;
  std::string line_;  // reused
};

}  // namespace strata::resp
