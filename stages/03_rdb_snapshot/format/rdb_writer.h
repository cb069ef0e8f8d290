// Writes the primitives of the RDB format: bytes, lengths, strings, doubles.
//
//   string = length bytes | int in 1/2/4 bytes | LZF of it      whichever is shortest by the rules of redis-server 7.0.15
//
// Bytes gather in a buffer on their way to the sink and are summed up (CRC-64) as they leave. An error of the sink sticks:
// everything after it is dropped, and status() tells of it. Not thread safe.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "03_rdb_snapshot/bytes/byte_sink.h"
#include "03_rdb_snapshot/format/opcodes.h"
#include "common/status.h"

namespace strata::rdb {

class RdbWriter {
 public:
  struct Traits {
    bool compress = true;
    bool checksum = true;
    size_t buffer = 256 * 1024;  // bytes
  };

  RdbWriter(ByteSink& sink, Traits traits);
  ~RdbWriter();
  RdbWriter(const RdbWriter&) = delete;
  RdbWriter& operator=(const RdbWriter&) = delete;

  void byte(uint8_t value) {
    if (room() == 0) (void)flush();
    buffer_[used_++] = static_cast<char>(value);
  }
  void bytes(std::string_view bytes);
  void length(uint64_t value);
  void string(std::string_view text);
  void string(std::span<const uint8_t> blob) {
    string(std::string_view(reinterpret_cast<const char*>(blob.data()), blob.size()));
  }
  void number(int64_t value);  // as a string
  // A string that is LZF already: `size` bytes when uncompressed.
  void compressed(std::string_view lzf, size_t size);
  void little_endian(uint64_t value, size_t bytes);
  void real(double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    little_endian(bits, sizeof bits);
  }

  // The checksum of everything so far; 0 when it is not computed.
  uint64_t checksum();
  Status flush();  // hands everything to the sink
  const Status& status() const { return status_; }
  uint64_t written() const { return flushed_ + used_; }  // bytes

 private:
  size_t room() const { return traits_.buffer - used_; }
  void sum_up();
  bool compress(std::string_view text);
  // An integer in its special form, if 32 bits hold it.
  bool small_integer(int64_t value);

  ByteSink& sink_;
  Traits traits_;
  std::unique_ptr<char[]> buffer_;
  std::unique_ptr<char[]> compressed_;  // room for one string's LZF form
  size_t compressed_room_ = 0;
  size_t used_ = 0;
  size_t summed_ = 0;  // of the buffer
  uint64_t flushed_ = 0;
  uint64_t checksum_ = 0;
  Status status_;
};

}  // namespace strata::rdb
