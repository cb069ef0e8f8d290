// Runs the commands of one log file: the data is afterwards what it was when the last of them was written.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "01_resp_server/server/lookahead.h"
#include "01_resp_server/server/server.h"
#include "04_aof/load/command_reader.h"
#include "04_aof/load/command_runner.h"

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

  ReplayEnd run(CommandReader& reader);
  uint64_t commands() const { return commands_; }

 private:
  // `read`: what came instead of a command; `transaction_began`: offset of the last MULTI.
  ReplayEnd end_of(const CommandReader& reader, CommandReader::Result read, uint64_t transaction_began) const;
  void look_ahead(const CommandReader& reader);

  resp::Server& server_;
  std::function<bool(uint64_t)> progress_;
  NothingExpires nothing_expires_;
  CommandRunner runner_;
  resp::Lookahead lookahead_;
  size_t until_look_ = 0;
  uint64_t commands_ = 0;
  const int64_t& delay_us_;  // may be changed while the replay is under way
};

}  // namespace strata::aof
