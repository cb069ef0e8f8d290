#include "07_sentinel/link/value.h"

#include <utility>

#include "common/numbers.h"

namespace strata::sentinel {

ReplyParser::Result ReplyParser::next(Value* out) {
  size_t at = begin_;
  Value value;
  const Result result = parse(&at, &value, 0);
  if (result == Result::kReply) {
    *out = std::move(value);
    begin_ = at;
  }
  if (result == Result::kIncomplete && bytes_.size() - begin_ > kMaxBytes) return Result::kBroken;
  if (begin_ == bytes_.size() || begin_ > 64 * 1024) {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }
  return result;
}

// A reply that is not whole yet is parsed again from its start when more has come: replies are small, INFO at most a few
// packets.
ReplyParser::Result ReplyParser::parse(size_t* at, Value* out, int depth) const {
  if (depth > kMaxDepth) return Result::kBroken;
  const size_t end = bytes_.find("\r\n", *at);
  if (end == std::string::npos) return Result::kIncomplete;
  const std::string_view line = std::string_view(bytes_).substr(*at, end - *at);
  if (line.empty()) return Result::kBroken;
  const std::string_view rest = line.substr(1);
  *at = end + 2;
  switch (line[0]) {
    case '+':
    case '-':
      out->kind = line[0] == '+' ? Value::Kind::kStatus : Value::Kind::kError;
      out->text = rest;
      return Result::kReply;
    case ':':
      out->kind = Value::Kind::kInteger;
      return parse_int64(rest, &out->integer) ? Result::kReply : Result::kBroken;
    case '$':
    case '*':
      break;
    default:
      return Result::kBroken;
  }
  int64_t length = 0;
  if (!parse_int64(rest, &length) || length < -1 || length > static_cast<int64_t>(kMaxBytes)) return Result::kBroken;
  if (length < 0) {
    out->kind = Value::Kind::kNull;
    return Result::kReply;
  }
  const auto count = static_cast<size_t>(length);
  if (line[0] == '$') {
    if (bytes_.size() - *at < count + 2) return Result::kIncomplete;
    if (bytes_.compare(*at + count, 2, "\r\n") != 0) return Result::kBroken;
    out->kind = Value::Kind::kString;
    out->text = bytes_.substr(*at, count);
    *at += count + 2;
    return Result::kReply;
  }
  out->kind = Value::Kind::kArray;
  for (size_t i = 0; i < count; i++) {
    Value item;
    if (const Result result = parse(at, &item, depth + 1); result != Result::kReply) return result;
    out->items.push_back(std::move(item));
  }
  return Result::kReply;
}

}  // namespace strata::sentinel
