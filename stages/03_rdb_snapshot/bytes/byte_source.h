// Where bytes come from: a file, a socket. (Bytes in memory need no source: RdbReader reads them where they are.)
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "common/status.h"

namespace strata::rdb {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Reads at least one byte and at most as many as there is room for; 0 at the end.
  virtual Expected<size_t> read(std::span<char> room) = 0;
  // How many bytes are left, where that is known: a length that claims more is refused before memory is spent on it.
  virtual std::optional<uint64_t> remaining() const { return {}; }
};

}  // namespace strata::rdb
