#include "03_rdb_snapshot/format/rdb_reader.h"

#include <lzf.h>

#include <algorithm>
#include <cstring>

#include "common/crc64.h"
#include "common/numbers.h"

namespace strata::rdb {

namespace {

constexpr size_t kLzfExpansion = 132;      // a back reference of two bytes and up to 264 bytes that it stands for
constexpr size_t kUnknownStep = 16 << 20;  // memory is spent in such steps where nobody knows what is left

}  // namespace

RdbReader::RdbReader(ByteSource& source, bool checksum)
    : source_(&source),
      block_(std::make_unique_for_overwrite<char[]>(kBlock)),
      data_(block_.get()),
      size_(0),
      summing_(checksum) {}

RdbReader::RdbReader(std::string_view whole, bool checksum)
    : data_(whole.data()), size_(whole.size()), summing_(checksum) {}

RdbReader::~RdbReader() = default;

bool RdbReader::fail_with(std::string message) {
  if (!failed_) {
    failed_ = true;
    error_ = std::move(message);
    error_offset_ = offset();
  }
  return false;
}

uint64_t RdbReader::remaining() const {
  if (source_ == nullptr) return available();
  const auto left = source_->remaining();
  return left ? *left + available() : SIZE_MAX;
}

size_t RdbReader::believable(uint64_t n, size_t bytes_each) const {
  const uint64_t left = remaining() == SIZE_MAX ? kUnknownStep : remaining();
  return static_cast<size_t>(std::min<uint64_t>(n, left / bytes_each));
}

void RdbReader::sum_up() {
  if (summing_) checksum_ = crc64(checksum_, {data_ + summed_, at_ - summed_});
  summed_ = at_;
}

uint64_t RdbReader::checksum() {
  sum_up();
  return checksum_;
}

bool RdbReader::checkpoint() {
  if (!progress_ || progress_()) return true;
  given_up_ = true;
  return fail("interrupted");
}

// Makes at least `wanted` bytes (at most a block) available, behind what is left of the block.
bool RdbReader::fill(size_t wanted) {
  if (failed_) return false;
  if (source_ == nullptr) {
    ended_early_ = true;
    return fail("Unexpected EOF reading RDB file");
  }
  sum_up();
  const size_t left = available();
  std::memmove(block_.get(), here(), left);
  before_ += at_;
  at_ = summed_ = 0;
  size_ = left;
  if (!checkpoint()) return false;
  while (size_ < wanted) {
    const Expected<size_t> n = source_->read({block_.get() + size_, kBlock - size_});
    if (!n) return fail("{}", n.message());
    if (*n == 0) {
      ended_early_ = true;
      return fail("Unexpected EOF reading RDB file");
    }
    size_ += *n;
  }
  return true;
}

bool RdbReader::enough(uint64_t n) {
  if (failed_) return false;
  if (n <= available() || n <= remaining()) return true;
  ended_early_ = true;
  return fail("Unexpected EOF reading RDB file: {} bytes announced, {} left", n, remaining());
}

bool RdbReader::at_end() {
  if (available() > 0) return false;
  if (source_ == nullptr) return true;
  if (failed_) return true;
  sum_up();
  before_ += at_;
  at_ = summed_ = size_ = 0;
  const Expected<size_t> n = source_->read({block_.get(), kBlock});
  if (n) size_ = *n;
  return size_ == 0;
}

bool RdbReader::byte(uint8_t* out) {
  if (failed_ || (available() == 0 && !fill(1))) return false;
  *out = static_cast<uint8_t>(data_[at_++]);
  return true;
}

bool RdbReader::little_endian(uint64_t* out, size_t n) {
  if (failed_ || (available() < n && !fill(n))) return false;
  *out = 0;
  std::memcpy(out, here(), n);
  at_ += n;
  return true;
}

bool RdbReader::real(double* out) {
  uint64_t bits = 0;
  if (!little_endian(&bits, sizeof bits)) return false;
  std::memcpy(out, &bits, sizeof bits);
  return true;
}

// Bytes beyond a block's, straight to where they are wanted.
bool RdbReader::read_large(size_t n, char* out) {
  while (n > 0) {
    if (available() == 0 && !fill(1)) return false;
    const size_t part = std::min(n, available());
    std::memcpy(out, here(), part);
    at_ += part;
    out += part;
    n -= part;
  }
  return true;
}

bool RdbReader::bytes(size_t n, std::string_view* out) {
  if (!enough(n)) return false;
  if (available() < n) {
    if (n > kBlock) {
      large_.clear();
      while (large_.size() < n) {  // in steps: the announced bytes may never come
        const size_t step = std::min(n - large_.size(), remaining() == SIZE_MAX ? kUnknownStep : n);
        large_.resize(large_.size() + step);
        if (!read_large(step, large_.data() + large_.size() - step)) return false;
      }
      *out = large_;
      return true;
    }
    if (!fill(n)) return false;
  }
  *out = {here(), n};
  at_ += n;
  return true;
}

// [task 3.4] Read a length in any of its forms.
bool RdbReader::length(uint64_t* out) {
  uint8_t first = 0;
  if (!byte(&first)) return false;
  if (first < kLength14) {
    *out = first;
    return true;
  }
  if (first < kLength32) {
    uint8_t second = 0;
    if (!byte(&second)) return false;
    *out = static_cast<uint64_t>(first & 0x3f) << 8 | second;
    return true;
  }
  if (first != kLength32 && first != kLength64) return fail("0x{:02x} does not begin a length", first);
  const size_t size = first == kLength32 ? 4 : 8;
  if (!little_endian(out, size)) return false;
  *out = size == 4 ? __builtin_bswap32(static_cast<uint32_t>(*out)) : __builtin_bswap64(*out);
  return true;
}

// [task 3.4] Read what stands in front of a string.
bool RdbReader::string_head(StringHead* out) {
  if (failed_ || (available() == 0 && !fill(1))) return false;
  const auto first = static_cast<uint8_t>(*here());
  if (first < kSpecialString) {
    *out = {};
    return length(&out->size) && enough(out->size);
  }
  at_++;
  const unsigned form = first & 0x3f;
  if (form == kLzfForm) {
    out->form = StringHead::Form::kLzf;
    if (!length(&out->size) || !length(&out->plain) || !enough(out->size)) return false;
    if (out->plain / kLzfExpansion > out->size) return fail("{} bytes of LZF cannot be {}", out->size, out->plain);
    return true;
  }
  if (form > kInt32Form) return fail("unknown string encoding {}", form);
  uint64_t bits = 0;
  const size_t size = 1u << form;
  if (!little_endian(&bits, size)) return false;
  const unsigned spare = 64 - static_cast<unsigned>(size) * 8;
  out->form = StringHead::Form::kNumber;
  out->number = static_cast<int64_t>(bits << spare) >> spare;
  return true;
}

bool RdbReader::body(const StringHead& head, std::string_view* out) {
  if (head.form == StringHead::Form::kRaw) return bytes(head.size, out);
  if (head.form == StringHead::Form::kNumber) {
    plain_.resize(kInt64Chars);
    *out = {plain_.data(), format_int64(plain_.data(), head.number)};
    return true;
  }
  plain_.resize(head.plain);
  if (!body_into(head, plain_.data())) return false;
  *out = plain_;
  return true;
}

bool RdbReader::body_into(const StringHead& head, char* out) {
  if (head.form == StringHead::Form::kRaw) return enough(head.size) && read_large(head.size, out);
  std::string_view lzf;
  if (!bytes(head.size, &lzf)) return false;
  return decompress(lzf, out, head.plain) || fail("invalid LZF compressed string");
}

bool RdbReader::string(std::string_view* out) {
  StringHead head;
  return string_head(&head) && body(head, out);
}

bool RdbReader::string_into(std::string* out) {
  std::string_view text;
  if (!string(&text)) return false;
  out->assign(text);
  return true;
}

bool RdbReader::skip_string() {
  std::string_view ignored;
  StringHead head;
  if (!string_head(&head)) return false;
  return head.form == StringHead::Form::kNumber || bytes(head.size, &ignored);
}

bool decompress(std::string_view lzf, char* out, size_t size) {
  if (lzf.empty() || size == 0 || lzf.size() > UINT32_MAX || size > UINT32_MAX) return false;
  return lzf_decompress(lzf.data(), static_cast<unsigned>(lzf.size()), out, static_cast<unsigned>(size)) == size;
}

}  // namespace strata::rdb
