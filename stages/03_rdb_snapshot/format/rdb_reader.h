// Reads the primitives of the RDB format, from a source or from memory, and never believes them: a length is compared
// with what is left before memory is spent on it.
//
// All functions return false on an error, which sticks: error() says what is wrong and where. Text handed out as a view
// is valid until the next call. Bytes come in blocks; a string that lies across two blocks is put together. Bytes are
// summed up (CRC-64) as they are used. Not thread safe.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "01_resp_server/resp/big_bulk.h"
#include "03_rdb_snapshot/bytes/byte_source.h"
#include "03_rdb_snapshot/format/opcodes.h"

namespace strata::rdb {

// What stands in front of a string.
struct StringHead {
  enum class Form : uint8_t { kRaw, kNumber, kLzf };
  Form form = Form::kRaw;
  int64_t number = 0;  // kNumber
  uint64_t size = 0;   // bytes that follow
  uint64_t plain = 0;  // kLzf: bytes they stand for
  uint64_t plain_size() const { return form == Form::kLzf ? plain : size; }
};

class RdbReader {
 public:
  explicit RdbReader(ByteSource& source, bool checksum = true);
  explicit RdbReader(std::string_view whole, bool checksum = true);  // which stays where it is meanwhile
  ~RdbReader();
  RdbReader(const RdbReader&) = delete;
  RdbReader& operator=(const RdbReader&) = delete;

  // Called whenever a block has been used up, and at every checkpoint(). False: give up.
  void on_progress(std::function<bool()> hook) { progress_ = std::move(hook); }
  bool checkpoint();

  bool byte(uint8_t* out);
  bool little_endian(uint64_t* out, size_t bytes);
  bool real(double* out);
  bool length(uint64_t* out);

  bool string(std::string_view* out);  // in whatever form it was written
  bool string_into(std::string* out);  // the same, to keep
  bool string_head(StringHead* out);   // its body must be read next
  bool body(const StringHead& head, std::string_view* out);
  bool body_into(const StringHead& head, char* out);  // kRaw and kLzf: plain_size() bytes
  bool skip_string();
  bool bytes(size_t n, std::string_view* out);  // in one piece

  uint64_t offset() const { return before_ + at_; }  // bytes used so far
  std::string_view unused() const { return {here(), available()}; }  // read ahead: whoever goes on begins with these
  uint64_t remaining() const;                        // bytes left, SIZE_MAX where nobody knows
  uint64_t checksum();                               // of everything used so far; 0 when it is not computed
  bool at_end();                                     // nothing is left; may wait for the source

  // Sets the error, unless there is one; returns false.
  template <class... A>
  bool fail(fmt::format_string<A...> format, A&&... args) {
    return fail_with(fmt::format(format, std::forward<A>(args)...));
  }
  bool failed() const { return failed_; }
  bool ended_early() const { return ended_early_; }  // the error is that bytes were missing
  bool given_up() const { return given_up_; }        // the error is that on_progress said so
  const std::string& error() const { return error_; }
  uint64_t error_offset() const { return error_offset_; }

  // What `n` elements of at least `bytes` bytes each can be at most, given what is left: for reserving memory.
  size_t believable(uint64_t n, size_t bytes_each) const;

 private:
  static constexpr size_t kBlock = 256 * 1024;

  bool fail_with(std::string message);
  bool fill(size_t wanted);
  bool read_large(size_t n, char* out);
  bool enough(uint64_t n);
  void sum_up();
  const char* here() const { return data_ + at_; }
  size_t available() const { return size_ - at_; }

  ByteSource* source_ = nullptr;  // null: all is in memory
  std::unique_ptr<char[]> block_;
  const char* data_;
  size_t size_;
  size_t at_ = 0;
  size_t summed_ = 0;
  uint64_t before_ = 0;  // bytes in front of data_
  bool summing_ = true;
  uint64_t checksum_ = 0;
  std::string large_;  // a string that is larger than a block
  std::string plain_;  // the text of the last string that was not raw
  std::function<bool()> progress_;
  bool failed_ = false;
  bool ended_early_ = false;
  bool given_up_ = false;
  std::string error_;
  uint64_t error_offset_ = 0;
};

// Is this LZF that gives exactly `size` bytes? Then they are in `out`.
bool decompress(std::string_view lzf, char* out, size_t size);

}  // namespace strata::rdb
