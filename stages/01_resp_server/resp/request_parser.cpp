#include "01_resp_server/resp/request_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cstring>

#include "01_resp_server/resp/input_buffer.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {

namespace {

constexpr size_t kUnauthenticatedArguments = 10;
constexpr int64_t kUnauthenticatedBulk = 16384;

// A line of at most a few digits: the only thing between two arguments, so it is worth reading by hand. Anything
// unusual (sign, leading zero, too long) is left to parse_int64. Returns false when it is no number.
bool read_length(const char* p, const char* end, int64_t* value) {
  if (end - p >= 1 && end - p <= 9 && *p >= '1' && *p <= '9') {
    int64_t v = 0;
    for (; p < end; p++) {
      unsigned digit = static_cast<unsigned char>(*p) - '0';
      if (digit > 9) return false;
      v = v * 10 + digit;
    }
    *value = v;
    return true;
  }
  return parse_int64({p, static_cast<size_t>(end - p)}, value);
}

// A zero byte before the end of a line hides that end: the line then counts as unfinished, as it does in Redis, whose
// search for line ends stops there. Asked only where a line is wrong anyway, or is inline.
bool hidden_by_zero(const char* p, const char* line_end) {
  return std::memchr(p, '\0', static_cast<size_t>(line_end - p)) != nullptr;
}

// The '\r' that ends the line at `p`, or null. Length lines are short, so a plain loop beats memchr's set-up.
const char* find_return(const char* p, const char* end) {
  const char* near = end - p > 16 ? p + 16 : end;
  for (; p < near; p++) {
    if (*p == '\r') return p;
  }
  return p == end ? nullptr : static_cast<const char*>(std::memchr(p, '\r', static_cast<size_t>(end - p)));
}

}  // namespace

RequestParser::Result RequestParser::fail(std::string text) {
  error_ = std::move(text);
  return Result::kError;
}

RequestParser::Result RequestParser::unfinished_line(size_t bytes, const char* too_long) {
  return bytes > kMaxInline ? fail(too_long) : Result::kNeedMore;
}

void RequestParser::reset() {
  scanned_ = 0;
  multibulk_left_ = 0;
  bulk_length_ = -1;
  argument_bytes_ = 0;
  receiving_big_ = false;
  pieces_.clear();
  if (!big_.empty()) big_.clear();
}

RequestParser::Result RequestParser::next(InputBuffer& in, const ParserLimits& limits) {
  if (finished_) {
    finished_ = false;
    reset();
    if (pieces_.capacity() > kKeptArguments) {
      pieces_ = {};
      args_ = {};
    }
  }
  while (multibulk_left_ == 0) {
    if (in.size() == 0) return Result::kNeedMore;
    Result result = in.data()[0] == '*' ? begin_multibulk(in, limits) : next_inline(in);
    if (result != Result::kEmpty) {
      if (result != Result::kBegun) return result;
      break;
    }
  }
  return next_multibulk(in, limits);
}

// [task 1.1] Read the line that opens a multibulk request: how many arguments follow.
RequestParser::Result RequestParser::begin_multibulk(InputBuffer& in, const ParserLimits& limits) {
  const char* begin = in.data().data();
  const char* end = begin + in.size();
  const char* line_end = find_return(begin, end);
  if (line_end == nullptr) return unfinished_line(in.size(), "Protocol error: too big mbulk count string");
  if (line_end + 1 >= end) return Result::kNeedMore;
  int64_t count = 0;
  if (!read_length(begin + 1, line_end, &count) || count > INT_MAX) {
    if (hidden_by_zero(begin, line_end)) {
      return unfinished_line(in.size(), "Protocol error: too big mbulk count string");
    }
    return fail("Protocol error: invalid multibulk length");
  }
  if (count > static_cast<int64_t>(kUnauthenticatedArguments) && !limits.authenticated) {
    return fail("Protocol error: unauthenticated multibulk length");
  }
  size_t line = static_cast<size_t>(line_end + 2 - begin);
  if (count <= 0) {
    in.consume(line);
    return Result::kEmpty;
  }
  scanned_ = line;
  multibulk_left_ = count;
  return Result::kBegun;
}

// [task 1.1] Read the arguments where they lie, and keep the place when they have not all arrived.
RequestParser::Result RequestParser::next_multibulk(InputBuffer& in, const ParserLimits& limits) {
  while (multibulk_left_ > 0) {
    const char* begin = in.data().data();
    const char* end = begin + in.size();
    const char* p = begin + scanned_;
    if (bulk_length_ < 0) {
      const char* line_end = find_return(p, end);
      constexpr const char* kTooBig = "Protocol error: too big bulk count string";
      if (line_end == nullptr) return unfinished_line(static_cast<size_t>(end - p), kTooBig);
      if (line_end + 1 >= end) return Result::kNeedMore;
      int64_t length = 0;
      if (*p != '$' || !read_length(p + 1, line_end, &length) || length < 0 ||
          length > static_cast<int64_t>(limits.max_bulk)) {
        if (hidden_by_zero(p, line_end)) return unfinished_line(static_cast<size_t>(end - p), kTooBig);
        return fail(*p == '$' ? "Protocol error: invalid bulk length"
                              : fmt::format("Protocol error: expected '$', got '{}'", *p));
      }
      if (length > kUnauthenticatedBulk && !limits.authenticated) {
        return fail("Protocol error: unauthenticated bulk length");
      }
      scanned_ = static_cast<size_t>(line_end + 2 - begin);
      p = line_end + 2;
      bulk_length_ = length;
      size_t there = static_cast<size_t>(end - p);
      if (static_cast<size_t>(length) >= kBigBulk && there < static_cast<size_t>(length) + 2) {
        BigBulk big(RawString::allocate(static_cast<size_t>(length) + 2));
        if (big == nullptr) return fail("Protocol error: no memory for a bulk of this length");
        std::memcpy(big->data(), p, there);
        big->size = there;
        in.truncate(scanned_);
        pieces_.push_back({0, static_cast<size_t>(length), static_cast<int>(big_.size())});
        big_.push_back(std::move(big));
        receiving_big_ = true;
        return Result::kNeedMore;
      }
    }
    size_t length = static_cast<size_t>(bulk_length_);
    if (receiving_big_) {
      if (!big_bulk_space().empty()) return Result::kNeedMore;
      big_.back()->size = length;  // without its line end
      receiving_big_ = false;
    } else {
      if (static_cast<size_t>(end - p) < length + 2) return Result::kNeedMore;
      pieces_.push_back({scanned_, length});
      scanned_ += length + 2;
    }
    argument_bytes_ += length;
    bulk_length_ = -1;
    multibulk_left_--;
  }
  return finish(in);
}

RequestParser::Result RequestParser::finish(InputBuffer& in) {
  const char* begin = in.data().data();
  args_.resize(pieces_.size());
  for (size_t i = 0; i < pieces_.size(); i++) {
    const Piece& piece = pieces_[i];
    args_[i] = piece.big < 0 ? std::string_view(begin + piece.offset, piece.length)
                             : big_[static_cast<size_t>(piece.big)]->view();
  }
  in.consume(scanned_);
  finished_ = true;
  return Result::kCommand;
}

// [task 1.2] Read an inline request: one line of words.
RequestParser::Result RequestParser::next_inline(InputBuffer& in) {
  std::string_view data = in.data();
  size_t newline = data.find('\n');
  if (newline == std::string_view::npos || hidden_by_zero(data.data(), data.data() + newline)) {
    return unfinished_line(data.size(), "Protocol error: too big inline request");
  }
  std::string_view line = data.substr(0, newline);
  if (line.ends_with('\r')) line.remove_suffix(1);
  auto words = split_args(line);
  if (!words) return fail("Protocol error: unbalanced quotes in request");
  in.consume(newline + 1);
  if (words->empty()) return Result::kEmpty;
  inline_words_ = std::move(*words);
  args_.assign(inline_words_.begin(), inline_words_.end());
  for (const std::string& word : inline_words_) argument_bytes_ += word.size();
  finished_ = true;
  return Result::kCommand;
}

std::span<char> RequestParser::big_bulk_space() {
  if (!receiving_big_) return {};
  RawString& big = *big_.back();
  return {big.data() + big.size, big.capacity - big.size};
}

void RequestParser::big_bulk_filled(size_t bytes) { big_.back()->size += bytes; }

BigBulk RequestParser::take_big_bulk(size_t index) {
  if (index >= pieces_.size() || pieces_[index].big < 0) return nullptr;
  return std::move(big_[static_cast<size_t>(pieces_[index].big)]);
}

size_t RequestParser::big_bytes() const {
  size_t bytes = 0;
  for (const BigBulk& big : big_) {
    if (big != nullptr) bytes += big->size;
  }
  return bytes;
}

size_t RequestParser::memory_bytes() const {
  size_t bytes = pieces_.capacity() * sizeof(Piece) + args_.capacity() * sizeof(std::string_view);
  for (const BigBulk& big : big_) {
    if (big != nullptr) bytes += big->capacity;
  }
  return bytes;
}

}  // namespace strata::resp
