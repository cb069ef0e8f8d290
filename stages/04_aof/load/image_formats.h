// What a file of the log may begin with besides commands, told by its first bytes.
//
// Stage 5 registers snapshots here ("REDIS"): the image is loaded, and commands may follow it in the same file.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "03_rdb_snapshot/bytes/byte_source.h"

namespace strata::aof {

// What is left to be read after the image.
struct AfterImage {
  std::string ahead;    // was read from the source already
  uint64_t offset = 0;  // in the file
};

struct ImageFormat {
  std::string_view magic;
  std::string_view name;  // for messages
  // Loads the image from the start of the source. `progress`: as for a Replay.
  std::function<Expected<AfterImage>(rdb::ByteSource&, const std::function<bool(uint64_t)>& progress)> load;
};

class ImageFormats {
 public:
  void add(ImageFormat format) { formats_.push_back(std::move(format)); }
  const ImageFormat* recognise(std::string_view first_bytes) const {
    for (const ImageFormat& format : formats_) {
      if (first_bytes.starts_with(format.magic)) return &format;
    }
    return nullptr;
  }

 private:
  std::vector<ImageFormat> formats_;
};

}  // namespace strata::aof
