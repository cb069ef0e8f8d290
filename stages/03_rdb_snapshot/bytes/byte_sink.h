// Where bytes go: a file, memory, a socket. Whoever produces them need not know which.
#pragma once

#include <string>
#include <string_view>

#include "common/status.h"

namespace strata::rdb {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Takes all of `bytes` or says why not; after an error nothing more may be written.
  virtual Status write(std::string_view bytes) = 0;
};

// Gathers them in a string.
class MemorySink final : public ByteSink {
 public:
  Status write(std::string_view bytes) override {
    bytes_.append(bytes);
    return {};
  }
  std::string& bytes() { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace strata::rdb
