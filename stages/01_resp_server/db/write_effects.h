// What the command that is running did to the data, and how another copy of the data should replay it.
//
// By default a write command that changed something is replayed as it was given. A handler whose replay would differ
// says what to replay instead (SET k v EX 10 becomes SET k v PXAT <time>), but builds that only when somebody listens.
// Stage 2's WriteStream collects the effects after each command; in stage 1 there is only the count of changes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strata::db {

class WriteEffects {
 public:
  uint64_t dirty = 0;   // changes since the start; a command that raises it has something to replay
  bool wanted = false;  // somebody keeps copies: rewriting is worth the work

  // Replays this instead of the command. May be called more than once (one command each); an expired or evicted key's
  // DEL comes in through the same door.
  void replay_as(std::vector<std::string> command) { instead.push_back(std::move(command)); }
  // Nothing is to be replayed although `dirty` went up.
  void replay_nothing() { suppressed = true; }

  void begin_command() {
    instead.clear();
    suppressed = false;
  }

  std::vector<std::vector<std::string>> instead;
  bool suppressed = false;
};

}  // namespace strata::db
