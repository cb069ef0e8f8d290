// What stands in front of an image on its way from a master to a replica:
//
//   $1234\r\n        1234 bytes follow
//   $EOF:<mark>\r\n  bytes follow until the mark: 40 bytes that the image does not contain
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strata::repl {

struct ImageHead {
  static constexpr size_t kMarkBytes = 40;

  std::string mark;    // empty: the length is known
  uint64_t bytes = 0;  // 0 with a mark
  bool marked() const { return !mark.empty(); }

  // The line without its end. Nothing: it is no such line.
  static std::optional<ImageHead> parse(std::string_view line);
};

}  // namespace strata::repl
