// Reads the commands of a log, one after the other, in place: the words of a command are views into the block that was
// read.
//
//   *3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n        a command
//   #TS:1795314110\r\n                               an annotation, passed over
//
// A log may end in the middle of a command, when the system went down while it was written: that is told apart from a log
// that is something else. Not thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "03_rdb_snapshot/bytes/byte_source.h"

namespace strata::aof {

class CommandReader {
 public:
  enum class Result : uint8_t {
    kEnd,      // the log ends where a command does
    kCommand,  // words() holds one
    kCut,      // it ends in the middle of one
    kBroken,   // what comes is no command
    kFailed,   // the source: error()
  };

  // `ahead`: what was read from the source already; it stands at `offset` in the file.
  explicit CommandReader(rdb::ByteSource& source, std::string_view ahead = {}, uint64_t offset = 0);

  Result next();

  std::span<const std::string_view> words() const { return words_; }
  // Bytes of the file up to the end of the last whole command, or annotation.
  uint64_t offset() const { return whole_; }
  uint64_t begin() const { return begin_; }  // where the last command begins, with the annotations before it
  // What has been read beyond the last command: a hint of what comes.
  std::string_view ahead() const { return {block_.data() + at_, size_ - at_}; }
  const std::string& error() const { return error_; }

 private:
  static constexpr size_t kBlock = 1 << 20;
  static constexpr size_t kLongestLine = 1023;   // with its end
  static constexpr size_t kMostWords = 1 << 20;  // reserved on the word of a header

  enum class Line : uint8_t { kOk, kCut, kBroken, kFailed };

  bool more();
  Line line(std::string_view* out);
  Line number(char type, int64_t* out);
  Line skip_annotation();
  Result result_of(Line line) const;

  rdb::ByteSource& source_;
  std::string block_;
  size_t at_ = 0;     // in the block: the next byte to look at
  size_t size_ = 0;   // bytes in the block
  size_t start_ = 0;  // in the block: where the command under way begins
  uint64_t before_;   // bytes of the file in front of the block
  uint64_t whole_;
  uint64_t begin_;
  bool failed_ = false;
  struct Word {
    size_t offset;  // from start_: the block may move while the command is put together
    size_t size;
  };
  std::vector<Word> pieces_;
  std::vector<std::string_view> words_;
  std::string error_;
};

}  // namespace strata::aof
