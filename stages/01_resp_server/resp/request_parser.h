// Cuts a client's input into commands, without copying: arguments are views into the input buffer.
//
//   *3\r\n $3\r\nSET\r\n $1\r\nk\r\n $5\r\nhello\r\n      a multibulk request: an array of bulk strings
//   SET k hello\r\n                                        an inline request: words, quoted as in redis.conf
//
// Input may end anywhere; the parser keeps its place and goes on when more bytes have arrived. A bulk of kBigBulk bytes
// or more is read straight into a buffer of its own (BigBulk), which a handler may adopt instead of copying.
//
// Guarantees: no input makes it allocate more than the bytes received plus one bulk of at most `max_bulk` bytes
// (and that only when `authenticated`); after kError the connection cannot be used any more.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "01_resp_server/resp/big_bulk.h"

namespace strata::resp {

class InputBuffer;

struct ParserLimits {
  uint64_t max_bulk = 512ull << 20;  // proto-max-bulk-len
  bool authenticated = true;         // otherwise at most 10 arguments of at most 16384 bytes
};

class RequestParser {
 public:
  static constexpr size_t kMaxInline = 64 * 1024;
  static constexpr size_t kKeptArguments = 64;  // larger argument vectors are freed after their command

  enum class Result : uint8_t {
    kNeedMore,  // everything was looked at; read more
    kCommand,   // args() holds a command (never empty)
    kError,     // error() tells what is wrong; answer it and close
    kBegun,     // internal: a multibulk header was read
    kEmpty,     // internal: an empty line or an empty array, which asks for nothing
  };

  // Takes the next command from `in`. The views in args() stay valid until the next call or the next read into `in`.
  Result next(InputBuffer& in, const ParserLimits& limits);

  std::span<const std::string_view> args() const { return args_; }
  const std::string& error() const { return error_; }

  // Where the next bytes must be read to, when a big bulk is under way: an empty span otherwise.
  std::span<char> big_bulk_space();
  void big_bulk_filled(size_t bytes);

  // The buffer behind argument `index` when that was a big bulk; the caller then owns it. Null otherwise.
  BigBulk take_big_bulk(size_t index);

  // The input starts with a new command: nothing of an earlier one is under way.
  bool between_commands() const { return finished_ || multibulk_left_ == 0; }
  size_t memory_bytes() const;
  size_t big_bytes() const;  // received of big bulks so far: less than the memory that was set aside for them
  size_t argument_bytes() const { return argument_bytes_; }  // of the command that is being received or run

 private:
  // One argument: bytes of the input buffer, relative to where the command starts, or a big bulk.
  struct Piece {
    size_t offset;
    size_t length;
    int big = -1;
  };
  Result begin_multibulk(InputBuffer& in, const ParserLimits& limits);
  Result next_multibulk(InputBuffer& in, const ParserLimits& limits);
  Result next_inline(InputBuffer& in);
  Result fail(std::string text);
  Result unfinished_line(size_t bytes, const char* too_long);
  Result finish(InputBuffer& in);
  void reset();

  size_t scanned_ = 0;          // bytes of the current command that were looked at
  int64_t multibulk_left_ = 0;  // arguments still to come
  int64_t bulk_length_ = -1;    // length of the argument under way, -1 when its header is still to come
  size_t argument_bytes_ = 0;
  bool receiving_big_ = false;  // the last piece is a big bulk that is not complete yet
  bool finished_ = false;       // args_ was handed out; the next call starts anew
  std::vector<Piece> pieces_;
  std::vector<BigBulk> big_;
  std::vector<std::string> inline_words_;
  std::vector<std::string_view> args_;
  std::string error_;
};

}  // namespace strata::resp
