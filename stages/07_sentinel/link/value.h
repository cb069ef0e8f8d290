// A reply as a client receives it (RESP2), and the parser that makes it of the bytes of a connection.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace strata::sentinel {

struct Value {
  enum class Kind : uint8_t { kStatus, kError, kInteger, kString, kNull, kArray };

  Kind kind = Kind::kNull;
  std::string text;  // kStatus, kError (without the sign), kString
  int64_t integer = 0;
  std::vector<Value> items;  // kArray

  bool is(Kind other) const { return kind == other; }
};

// Takes bytes as they come and gives whole replies. What a server may send is bounded: one that goes beyond it, or that does
// not speak the protocol, breaks the parser for good.
class ReplyParser {
 public:
  enum class Result : uint8_t { kReply, kIncomplete, kBroken };

  static constexpr size_t kMaxBytes = 16ull << 20;  // of one reply
  static constexpr int kMaxDepth = 8;

  void feed(std::string_view bytes) { bytes_.append(bytes); }
  // The next reply. kIncomplete: feed more.
  Result next(Value* out);

 private:
  Result parse(size_t* at, Value* out, int depth) const;

  std::string bytes_;
  size_t begin_ = 0;  // what stands before it has been given out
};

}  // namespace strata::sentinel
