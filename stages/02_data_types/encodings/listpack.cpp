#include "02_data_types/encodings/listpack.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "02_data_types/encodings/listpack_element.h"
#include "common/assert.h"
#include "common/memory.h"
#include "common/numbers.h"

namespace strata::db {

namespace codec = listpack_element;

namespace {

constexpr uint32_t kUncounted = 65535;

// Only text this short can spell a number.
bool as_number(std::string_view text, int64_t* number) {
  return !text.empty() && text.size() < kInt64Chars && parse_int64(text, number);
}

uint8_t* allocate(size_t bytes) {
  auto* block = static_cast<uint8_t*>(std::malloc(bytes));
  STRATA_ASSERT(block != nullptr, "no memory for a listpack of {} bytes", bytes);
  return block;
}

void store_total(uint8_t* block, size_t bytes) {
  auto total = static_cast<uint32_t>(bytes);
  std::memcpy(block, &total, sizeof total);
}

}  // namespace

// --- the block ---

Listpack Listpack::create(size_t capacity) {
  uint8_t* block = allocate(std::max(capacity, kHeaderBytes + 1));
  store_total(block, kHeaderBytes + 1);
  block[4] = block[5] = 0;
  block[kHeaderBytes] = codec::kTerminator;
  return Listpack(block);
}

Listpack Listpack::copy_of(std::span<const uint8_t> bytes) {
  uint8_t* block = allocate(bytes.size());
  std::memcpy(block, bytes.data(), bytes.size());
  return Listpack(block);
}

void Listpack::destroy() {
  std::free(block_);
  block_ = nullptr;
}

void Listpack::shrink_to_fit() {
  if (usable_size(block_) <= total_bytes()) return;
  if (void* smaller = std::realloc(block_, total_bytes())) block_ = static_cast<uint8_t*>(smaller);
}

size_t Listpack::total_bytes() const { return codec::load<uint32_t>(block_); }

uint32_t Listpack::stored_count() const { return codec::load<uint16_t>(block_ + 4); }

void Listpack::set_count(size_t count) {
  auto stored = static_cast<uint16_t>(std::min<size_t>(count, kUncounted));
  std::memcpy(block_ + 4, &stored, sizeof stored);
}

size_t Listpack::count() const {
  if (stored_count() != kUncounted) return stored_count();
  size_t n = 0;
  for (Position at = first(); at != kNone; at = next(at)) n++;
  return n;
}

// --- walking ---

size_t Listpack::element_bytes(Position at) const {
  size_t data = codec::data_bytes(block_ + at);
  return data + codec::back_length_bytes(data);
}

Listpack::Position Listpack::first() const { return block_[kHeaderBytes] == codec::kTerminator ? kNone : kHeaderBytes; }

Listpack::Position Listpack::last() const { return previous(end()); }

Listpack::Position Listpack::next(Position at) const {
  Position following = after(at);
  return block_[following] == codec::kTerminator ? kNone : following;
}

Listpack::Position Listpack::previous(Position at) const {
  if (at == kHeaderBytes) return kNone;
  size_t data = codec::read_back_length(block_ + at);
  return at - static_cast<Position>(data + codec::back_length_bytes(data));
}

Listpack::Position Listpack::at(int64_t index) const {
  auto n = static_cast<int64_t>(count());
  if (index < 0) index += n;
  if (index < 0 || index >= n) return kNone;
  Position at;
  if (index < n / 2) {
    for (at = first(); index > 0; index--) at = next(at);
  } else {
    for (at = last(), index = n - 1 - index; index > 0; index--) at = previous(at);
  }
  return at;
}

Element Listpack::get(Position at) const { return codec::read(block_ + at); }

bool Listpack::equals(Position at, std::string_view text) const {
  Element element = get(at);
  if (!element.is_number) return element.text == text;
  int64_t number = 0;
  return as_number(text, &number) && number == element.number;
}

// [task 2.1] Find an element without decoding the ones that cannot be it.
Listpack::Position Listpack::find(Position from, std::string_view text, size_t skip) const {
  // A spelled number stands in the listpack as a number and anything else as a string: only one kind can match.
  int64_t number = 0;
  bool is_number = as_number(text, &number);
  uint8_t prefix[codec::kMaxPrefix];
  size_t prefix_bytes =
      is_number ? codec::write_number(prefix, number) : codec::write_string_prefix(prefix, text.size());
  size_t to_skip = 0;
  for (Position at = from; at != kNone; at = next(at)) {
    if (to_skip > 0) {
      to_skip--;
      continue;
    }
    to_skip = skip;
    const uint8_t* element = block_ + at;
    // Hostile but well-formed bytes may spell a number as a string or in a wider form: those never match, as they
    // could not have been written here.
    if (std::memcmp(element, prefix, std::min(prefix_bytes, total_bytes() - at)) != 0) continue;
    if (is_number || std::memcmp(element + prefix_bytes, text.data(), text.size()) == 0) return at;
  }
  return kNone;
}

// --- changing ---

size_t Listpack::bytes_for(int64_t number) {
  uint8_t buffer[codec::kMaxPrefix];
  return codec::write_number(buffer, number) + 1;
}

size_t Listpack::bytes_for(std::string_view text) {
  int64_t number = 0;
  if (as_number(text, &number)) return bytes_for(number);
  size_t data = codec::string_prefix_bytes(text.size()) + text.size();
  return data + codec::back_length_bytes(data);
}

// Replaces `old_bytes` at `at` by an element made of `encoded` and `tail`, with its length at the end; without any
// bytes it only removes.
// [task 2.1] Put an element in the place of some bytes, and keep the header right.
Listpack::Position Listpack::splice(Position at, size_t old_bytes, const uint8_t* encoded, size_t encoded_bytes,
                                    std::string_view tail, int count_change) {
  size_t data = encoded_bytes + tail.size();
  size_t new_bytes = data + (data == 0 ? 0 : codec::back_length_bytes(data));
  size_t old_total = total_bytes();
  size_t total = old_total - old_bytes + new_bytes;
  STRATA_ASSERT(total <= kMaxBytes + kMaxBytes / 2, "a listpack of {} bytes", total);
  if (new_bytes > old_bytes && usable_size(block_) < total) {
    auto* larger = static_cast<uint8_t*>(std::realloc(block_, total));
    STRATA_ASSERT(larger != nullptr, "no memory for a listpack of {} bytes", total);
    block_ = larger;
  }
  uint8_t* place = block_ + at;
  if (new_bytes != old_bytes) std::memmove(place + new_bytes, place + old_bytes, old_total - at - old_bytes);
  if (data != 0) {
    std::memcpy(place, encoded, encoded_bytes);
    if (!tail.empty()) std::memcpy(place + encoded_bytes, tail.data(), tail.size());
    codec::write_back_length(place + data, data);
  }
  store_total(block_, total);
  if (count_change != 0 && stored_count() != kUncounted) {
    set_count(stored_count() + static_cast<size_t>(count_change));
  }
  return at;
}

Listpack::Position Listpack::put(Position at, size_t old_bytes, int64_t number, int count_change) {
  uint8_t encoded[codec::kMaxPrefix];
  return splice(at, old_bytes, encoded, codec::write_number(encoded, number), {}, count_change);
}

Listpack::Position Listpack::put(Position at, size_t old_bytes, std::string_view text, int count_change) {
  int64_t number = 0;
  if (as_number(text, &number)) return put(at, old_bytes, number, count_change);
  uint8_t prefix[codec::kMaxPrefix];
  return splice(at, old_bytes, prefix, codec::write_string_prefix(prefix, text.size()), text, count_change);
}

Listpack::Position Listpack::insert(Position at, std::string_view text) { return put(at, 0, text, 1); }
Listpack::Position Listpack::insert(Position at, int64_t number) { return put(at, 0, number, 1); }
Listpack::Position Listpack::replace(Position at, std::string_view text) { return put(at, element_bytes(at), text, 0); }
Listpack::Position Listpack::replace(Position at, int64_t number) { return put(at, element_bytes(at), number, 0); }

// [task 2.1] Remove elements, and count anew where the count had given up.
Listpack::Position Listpack::erase(Position at, size_t n) {
  size_t bytes = 0;
  size_t erased = 0;
  for (; erased < n && block_[at + bytes] != codec::kTerminator; erased++) {
    bytes += element_bytes(at + static_cast<Position>(bytes));
  }
  bool counted = stored_count() != kUncounted;
  splice(at, bytes, nullptr, 0, {}, -static_cast<int>(erased));
  // The stored count had given up; now that there are fewer elements it may hold again.
  if (!counted) set_count(count());
  return block_[at] == codec::kTerminator ? kNone : at;
}

void Listpack::erase_range(int64_t index, size_t n) {
  Position from = at(index);
  if (from != kNone && n > 0) erase(from, n);
}

void Listpack::append_all(const Listpack& other) {
  size_t n = count() + other.count();
  size_t at = end();
  size_t added = other.total_bytes() - kHeaderBytes - 1;
  size_t total = total_bytes() + added;
  if (usable_size(block_) < total) {
    auto* larger = static_cast<uint8_t*>(std::realloc(block_, total));
    STRATA_ASSERT(larger != nullptr, "no memory for a listpack of {} bytes", total);
    block_ = larger;
  }
  std::memcpy(block_ + at, other.block_ + kHeaderBytes, added + 1);  // with its terminator
  store_total(block_, total);
  set_count(n);
}

// --- bytes from outside ---

namespace {

// Bytes of the encoding and data of the element at `at` if it lies within `room` bytes; 0 when not.
size_t checked_data_bytes(const uint8_t* at, size_t room) {
  uint8_t first = at[0];
  if (first > 0xf4) return 0;
  size_t head = first < 0xc0 ? 1 : first < 0xf0 ? 2 : first == 0xf0 ? 5 : 1;
  if (head > room) return 0;
  size_t data = codec::data_bytes(at);
  return data <= room ? data : 0;
}

}  // namespace

bool Listpack::validate(std::span<const uint8_t> bytes, bool deep) {
  if (bytes.size() < kHeaderBytes + 1 || bytes.size() > UINT32_MAX) return false;
  if (codec::load<uint32_t>(bytes.data()) != bytes.size() || bytes.back() != codec::kTerminator) return false;
  if (!deep) return true;
  size_t at = kHeaderBytes;
  size_t end = bytes.size() - 1;
  size_t n = 0;
  for (; at < end; n++) {
    size_t data = checked_data_bytes(bytes.data() + at, end - at);
    if (data == 0) return false;
    size_t whole = data + codec::back_length_bytes(data);
    if (whole > end - at) return false;
    uint8_t length[codec::kMaxBackLength];
    codec::write_back_length(length, data);
    if (std::memcmp(length, bytes.data() + at + data, whole - data) != 0) return false;
    at += whole;
  }
  uint32_t stored = codec::load<uint16_t>(bytes.data() + 4);
  return stored == kUncounted || stored == n;
}

}  // namespace strata::db
