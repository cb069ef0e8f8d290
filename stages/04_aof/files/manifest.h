// The manifest: which files make up the log, and in which order they are loaded.
//
//   file appendonly.aof.2.base.rdb seq 2 type b        the data as of some moment: at most one
//   file appendonly.aof.1.incr.aof seq 1 type h        history: replaced, about to be deleted
//   file appendonly.aof.2.incr.aof seq 2 type i        the commands since then, oldest first; the last is written to
//
// A Manifest is a value: a new one is made, written to the disk as a whole, and only then takes the place of the old one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/status.h"

namespace strata::aof {

struct LogFileName {
  std::string file;  // in the log's directory
  uint64_t seq = 0;

  bool operator==(const LogFileName&) const = default;
};

class Manifest {
 public:
  // The reason of a refusal is Redis's, and behind it the line.
  static Expected<Manifest> parse(std::string_view text);
  std::string text() const;

  bool empty() const { return !base && history.empty() && increments.empty(); }

  // Names of the next files. `prefix` is the option appendfilename; `suffix` "rdb" or "aof".
  LogFileName next_base(std::string_view prefix, std::string_view suffix) const;
  LogFileName next_increment(std::string_view prefix) const;

  // The new base stands for the present one and all increments but the last `kept`, which become history.
  void replace_base(LogFileName new_base, size_t kept);

  bool operator==(const Manifest&) const = default;

  std::optional<LogFileName> base;
  std::vector<LogFileName> history;  // newest generation first; in each the increments, then the base
  std::vector<LogFileName> increments;
  // The highest numbers that were given away, also to files that are gone.
  uint64_t base_seq = 0;
  uint64_t increment_seq = 0;

 private:
  Status add_line(std::string_view text);
};

}  // namespace strata::aof
