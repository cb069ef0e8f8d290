#include "03_rdb_snapshot/format/rdb_writer.h"

#include <lzf.h>

#include <algorithm>
#include <bit>

#include "common/crc64.h"
#include "common/numbers.h"

namespace strata::rdb {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

namespace {

constexpr size_t kLongestInteger = 11;  // digits and sign of 32 bits
constexpr size_t kShortestToCompress = 21;
constexpr size_t kWorthwhile = 4;  // bytes that compression must save

}  // namespace

RdbWriter::RdbWriter(ByteSink& sink, Traits traits)
    : sink_(sink), traits_(traits), buffer_(std::make_unique_for_overwrite<char[]>(traits.buffer)) {}

RdbWriter::~RdbWriter() = default;

void RdbWriter::bytes(std::string_view bytes) {
  while (bytes.size() > room()) {
    const size_t part = room();
    std::memcpy(buffer_.get() + used_, bytes.data(), part);
    used_ += part;
    bytes.remove_prefix(part);
    (void)flush();
  }
  std::memcpy(buffer_.get() + used_, bytes.data(), bytes.size());
  used_ += bytes.size();
}

void RdbWriter::little_endian(uint64_t value, size_t bytes_wanted) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  bytes({raw, bytes_wanted});
}

// [task 3.2] Write a length in the shortest of its forms.
void RdbWriter::length(uint64_t value) {
  if (value < 1u << 6) {
    byte(static_cast<uint8_t>(value));
  } else if (value < 1u << 14) {
    byte(static_cast<uint8_t>(kLength14 | value >> 8));
    byte(static_cast<uint8_t>(value));
  } else if (value <= UINT32_MAX) {
    byte(kLength32);
    little_endian(__builtin_bswap32(static_cast<uint32_t>(value)), 4);
  } else {
    byte(kLength64);
    little_endian(__builtin_bswap64(value), 8);
  }
}

bool RdbWriter::small_integer(int64_t value) {
  auto special = [&](StringForm form, size_t size) {
    byte(static_cast<uint8_t>(kSpecialString | form));
    little_endian(static_cast<uint64_t>(value), size);
    return true;
  };
  if (value >= INT8_MIN && value <= INT8_MAX) return special(kInt8Form, 1);
  if (value >= INT16_MIN && value <= INT16_MAX) return special(kInt16Form, 2);
  if (value >= INT32_MIN && value <= INT32_MAX) return special(kInt32Form, 4);
  return false;
}

// [task 3.2] Write a string as a number, compressed, or as it is.
void RdbWriter::string(std::string_view text) {
  int64_t value = 0;
  if (text.size() <= kLongestInteger && parse_int64(text, &value) && small_integer(value)) return;
  if (traits_.compress && text.size() >= kShortestToCompress && compress(text)) return;
  length(text.size());
  bytes(text);
}

void RdbWriter::number(int64_t value) {
  if (small_integer(value)) return;
  char digits[kInt64Chars];
  const size_t size = format_int64(digits, value);
  length(size);
  bytes({digits, size});
}

// [task 3.2] Compress a text, if that saves enough.
bool RdbWriter::compress(std::string_view text) {
  if (text.size() > UINT32_MAX) return false;  // beyond what liblzf counts
  const size_t limit = text.size() - kWorthwhile;
  if (compressed_room_ < limit) {
    compressed_room_ = std::max<size_t>(limit, 1024);
    compressed_ = std::make_unique_for_overwrite<char[]>(compressed_room_);
  }
  const unsigned size =
      lzf_compress(text.data(), static_cast<unsigned>(text.size()), compressed_.get(), static_cast<unsigned>(limit));
  if (size == 0) return false;
  compressed({compressed_.get(), size}, text.size());
  return true;
}

void RdbWriter::compressed(std::string_view lzf, size_t size) {
  byte(kSpecialString | kLzfForm);
  length(lzf.size());
  length(size);
  bytes(lzf);
}

void RdbWriter::sum_up() {
  if (traits_.checksum) checksum_ = crc64(checksum_, {buffer_.get() + summed_, used_ - summed_});
  summed_ = used_;
}

uint64_t RdbWriter::checksum() {
  sum_up();
  return checksum_;
}

Status RdbWriter::flush() {
  sum_up();
  if (status_.ok()) status_ = sink_.write({buffer_.get(), used_});
  flushed_ += used_;
  used_ = summed_ = 0;
  return status_;
}

}  // namespace strata::rdb
