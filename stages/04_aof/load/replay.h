// Runs the commands of one log file: the data is afterwards what it was when the last of them was written.
//
// They are run as they stand: no gate asks, no memory limit, no reply, and nothing expires, for the log says itself when a
// key goes. A transaction runs when its EXEC has been read, or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "01_resp_server/server/lookahead.h"
#include "01_resp_server/server/server.h"
#include "04_aof/load/command_reader.h"

namespace strata::aof {

struct ReplayEnd {
  enum class How : uint8_t {
    kWhole,
    kCut,      // in the middle of a command or a transaction: `good_bytes` of the file are worth keeping
    kBroken,   // something that is no log
    kRefused,  // a command that does not exist, or the source failed: `reason`
    kStopped,  // `progress` said so
  };
  How how = How::kWhole;
  uint64_t good_bytes = 0;
  bool in_transaction = false;  // kCut: the whole of an open transaction is left out
  std::string reason = {};
};

class Replay {
 public:
  // `progress` is told every now and then how far in the file it is; false ends the replay.
  Replay(resp::Server& server, std::function<bool(uint64_t offset)> progress);
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  ReplayEnd run(CommandReader& reader);
  uint64_t commands() const { return commands_; }

 private:
  using Queue = std::vector<std::vector<std::string>>;

  bool run_one(resp::Args words);
  bool call(resp::Args words);
  bool end_transaction();
  void look_ahead(const CommandReader& reader);

  resp::Server& server_;
  std::function<bool(uint64_t)> progress_;
  std::unique_ptr<resp::Client> client_;
  resp::Lookahead lookahead_;
  size_t until_look_ = 0;
  uint64_t commands_ = 0;
  bool in_transaction_ = false;
  Queue queue_;
  std::string reason_;
};

}  // namespace strata::aof
