#include "04_aof/load/command_reader.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace strata::aof {

CommandReader::CommandReader(rdb::ByteSource& source, std::string_view ahead, uint64_t offset)
    : source_(source), block_(ahead), size_(ahead.size()), before_(offset), whole_(offset), begin_(offset) {
  block_.resize(std::max(kBlock, ahead.size()));
}

// Reads more behind what is there; false at the end of the file, or when reading failed.
bool CommandReader::more() {
  if (start_ > 0) {
    std::memmove(block_.data(), block_.data() + start_, size_ - start_);
    before_ += start_;
    at_ -= start_;
    size_ -= start_;
    start_ = 0;
  }
  if (size_ == block_.size()) block_.resize(block_.size() * 2);  // as the bytes come, not as they are announced
  const Expected<size_t> n = source_.read({block_.data() + size_, block_.size() - size_});
  if (!n) {
    failed_ = true;
    error_ = n.message();
    return false;
  }
  size_ += *n;
  return *n > 0;
}

// A line without its end, whatever that is.
CommandReader::Line CommandReader::line(std::string_view* out) {
  size_t looked = 0;
  for (;;) {
    const char* from = block_.data() + at_;
    const size_t there = size_ - at_;
    const auto* end = static_cast<const char*>(std::memchr(from + looked, '\n', there - looked));
    if (end != nullptr) {
      size_t length = static_cast<size_t>(end - from);
      if (length >= kLongestLine) return Line::kBroken;
      at_ += length + 1;
      if (length > 0 && from[length - 1] == '\r') length--;
      *out = {from, length};
      return Line::kOk;
    }
    if (there >= kLongestLine) return Line::kBroken;
    looked = there;
    if (!more()) return failed_ ? Line::kFailed : Line::kCut;
  }
}

// [task 4.6] Read a header: its letter and a number.
CommandReader::Line CommandReader::number(char type, int64_t* out) {
  if (at_ == size_ && !more()) return failed_ ? Line::kFailed : Line::kCut;
  if (block_[at_] != type) return Line::kBroken;
  std::string_view text;
  if (Line read = line(&text); read != Line::kOk) return read;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), *out);
  return error == std::errc() && end == text.data() + text.size() ? Line::kOk : Line::kBroken;
}

CommandReader::Line CommandReader::skip_annotation() {
  std::string_view ignored;
  return line(&ignored);
}

CommandReader::Result CommandReader::result_of(Line line) const {
  if (line == Line::kFailed) return Result::kFailed;
  return line == Line::kCut ? Result::kCut : Result::kBroken;
}

// [task 4.6] Read the next command.
CommandReader::Result CommandReader::next() {
  start_ = at_;
  begin_ = before_ + at_;
  for (;;) {
    if (at_ == size_ && !more()) return failed_ ? Result::kFailed : Result::kEnd;
    if (block_[at_] != '#') break;
    if (Line skipped = skip_annotation(); skipped != Line::kOk) return result_of(skipped);
    whole_ = before_ + at_;
    start_ = at_;
  }
  int64_t count = 0;
  if (Line header = number('*', &count); header != Line::kOk) return result_of(header);
  if (count < 1) return Result::kBroken;
  pieces_.clear();
  pieces_.reserve(std::min(static_cast<size_t>(count), kMostWords));
  for (; count > 0; count--) {
    int64_t length = 0;
    if (Line header = number('$', &length); header != Line::kOk) return result_of(header);
    if (length < 0) return Result::kBroken;
    const size_t wanted = static_cast<size_t>(length) + 2;  // and the end of the line, which nobody looks at
    while (size_ - at_ < wanted) {
      if (!more()) return failed_ ? Result::kFailed : Result::kCut;
    }
    pieces_.push_back({at_ - start_, static_cast<size_t>(length)});
    at_ += wanted;
  }
  words_.clear();
  for (const Word& piece : pieces_) words_.emplace_back(block_.data() + start_ + piece.offset, piece.size);
  whole_ = before_ + at_;
  return Result::kCommand;
}

}  // namespace strata::aof
