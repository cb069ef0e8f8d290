// Walks through a log as strictly as it can be written, and says up to where it is good.
//
//   *2\r\n $6\r\nSELECT\r\n $1\r\n0\r\n     every CRLF is looked at, every length
//   #TS:1795314110\r\n                    annotations: lines of 1023 bytes at most
//   MULTI ... EXEC                        in pairs: a transaction is good as a whole, or not at all
//
// Commands are not looked up: whether there is a command FOO is the server's business. What is good here, the server's
// loader takes; therefore commands without words and unfinished annotations are not good, though redis-check-aof lets
// them pass.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strata::aof {

struct LogScan {
  uint64_t good_bytes = 0;  // from the start of the file; everything, when there is no problem
  uint64_t lines = 0;       // ends of lines that were where they belong, also behind the good part
  bool whole = false;
  std::string problem;  // a line about what is behind the good part; the end of the file in a bad place may need none

  // With a limit of time: the good bytes before the first command that is later.
  std::optional<uint64_t> in_time;
  bool unreadable_time = false;  // an annotation in front of that is no number of seconds
};

// Looks at `file` from byte `from` on, where a command begins. `name` is for the problem. With `until` (unix seconds) the
// walk ends at the first timestamp that is later.
LogScan scan_log(std::string_view file, uint64_t from, std::string_view name, std::optional<int64_t> until = {});

}  // namespace strata::aof
