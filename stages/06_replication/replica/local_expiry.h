// Expiry on a writable replica. The master says when its keys go; of keys that this server's own clients have given a
// time to live the master knows nothing.
//
//   a write of a client here    an expired key in its way is deleted; what it leaves with a time to live is noted
//   ten times a second          noted keys whose time has passed are deleted
//
// None of it goes to replicas of our own. A replica that takes no writes pays nothing for this.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "01_resp_server/server/server.h"

namespace strata::repl {

class LocalExpiry final : public resp::CommandObserver {
 public:
  explicit LocalExpiry(resp::Server& server) : server_(server) {}

  void follow(bool writable_replica);
  void periodic();
  void forget_all() { noted_.clear(); }  // the data was replaced
  size_t noted() const { return noted_.size(); }

  // resp::CommandObserver
  void before(resp::Client& client, const resp::CommandSpec& spec) override;
  void after(resp::Client& client, const resp::CommandSpec& spec, resp::Args args) override;

 private:
  using Place = std::pair<int, std::string>;  // database, key
  void note_keys(int db, const resp::CommandSpec& spec, resp::Args args);
  bool settled(const Place& place);  // nothing more is to be done about this key

  resp::Server& server_;
  bool following_ = false;
  bool local_write_ = false;  // is running
  std::set<Place> noted_;
  Place next_;  // where periodic() goes on
  std::vector<resp::FoundKey> found_;
};

}  // namespace strata::repl
