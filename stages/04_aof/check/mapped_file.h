// A file's bytes in the address space, for a tool that looks at all of it: of any size, without reading it into memory of
// its own. Whoever shortens the file meanwhile ends the program: check no log that a server is writing to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "common/status.h"

namespace strata::aof {

class MappedFile {
 public:
  // The error is the system's reason alone.
  static Expected<MappedFile> open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
};

}  // namespace strata::aof
