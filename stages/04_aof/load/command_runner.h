// Runs commands that another copy of the data has run before: from a log, from a master.
//
// They are run as they stand: no gate asks, no memory limit, no reply, and nothing expires, for whoever sends them says
// itself when a key goes. A transaction runs when its EXEC has come, or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "01_resp_server/server/client.h"
#include "01_resp_server/server/server.h"

namespace strata::aof {

class CommandRunner {
 public:
  // `origin`: for the log, where an error that a command answers is told ("AOF-loading-client").
  CommandRunner(resp::Server& server, std::string origin);

  // Told the name of a command that has answered an error. Null: the log has it.
  std::function<void(std::string_view command)> on_error;

  // False: there is no such command; reason() says so.
  [[nodiscard]] bool run(resp::Args words);
  bool in_transaction() const { return in_transaction_; }
  void drop_transaction() { in_transaction_ = false; }
  const std::string& reason() const { return reason_; }
  resp::Client& client() { return *client_; }

 private:
  [[nodiscard]] bool call(resp::Args words);
  // `begins`: these words are MULTI.
  [[nodiscard]] bool keep(resp::Args words, bool begins);
  [[nodiscard]] bool end_transaction();

  resp::Server& server_;
  std::string origin_;
  std::unique_ptr<resp::Client> client_;
  bool in_transaction_ = false;
  std::vector<std::vector<std::string>> queue_;
  std::string reason_;
};

// While one lives, no key expires and a time in the past is no reason to delete.
class NothingExpires {
 public:
  explicit NothingExpires(resp::Server& server);
  ~NothingExpires();
  NothingExpires(const NothingExpires&) = delete;
  NothingExpires& operator=(const NothingExpires&) = delete;

 private:
  resp::Server& server_;
  bool may_expire_;
};

}  // namespace strata::aof
