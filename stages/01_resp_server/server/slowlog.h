// The slow log: the commands that took longest, newest first, with whom they came from.
//
// An entry is made only for a command that took at least slowlog-log-slower-than microseconds, so the others
// pay nothing. Long commands are cut, which bounds the memory of an entry (about 5 KiB), and passwords never
// enter it.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "01_resp_server/commands/redaction.h"
#include "01_resp_server/server/server.h"

namespace strata::resp {

struct SlowlogEntry {
  uint64_t id;
  int64_t time_s;  // Unix time at the command's end
  int64_t duration_us;
  std::vector<std::string> args;
  std::string peer;
  std::string name;  // the client's, when it has one
};

class Slowlog {
 public:
  static constexpr size_t kMostArgs = 32;       // the last of them tells how many are missing
  static constexpr size_t kMostArgBytes = 128;  // likewise, in words behind the bytes

  // Does nothing while the log is switched off.
  void add(Client& client, const CommandSpec& spec, Args args, int64_t duration_us);
  void reset() { entries_.clear(); }

  const std::deque<SlowlogEntry>& entries() const { return entries_; }

  // What is kept of a command's arguments. `secret` may be null.
  static std::vector<std::string> cut(Args args, Redaction::Secret secret);

  int64_t threshold_us = 10000;  // slowlog-log-slower-than; negative: off
  int64_t most_entries = 128;    // slowlog-max-len; a smaller value takes effect with the next entry

 private:
  std::deque<SlowlogEntry> entries_;  // newest in front
  uint64_t next_id_ = 0;              // goes on through reset(), so that a poller knows new entries from old
};

}  // namespace strata::resp
