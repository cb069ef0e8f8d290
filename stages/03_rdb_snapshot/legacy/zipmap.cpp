#include "03_rdb_snapshot/legacy/zipmap.h"

#include "02_data_types/encodings/listpack_element.h"

namespace strata::rdb {

namespace {

constexpr uint8_t kWideLength = 0xfe;
constexpr size_t kUnknownCount = 254;

// The functions below take bytes off the front of `rest`; false: there is no such thing at its front.

bool take_length(std::span<const uint8_t>& rest, size_t* length) {
  if (rest.empty() || rest[0] > kWideLength) return false;
  size_t bytes = rest[0] == kWideLength ? 5 : 1;
  if (rest.size() < bytes) return false;
  *length = bytes == 1 ? rest[0] : db::listpack_element::load<uint32_t>(&rest[1]);
  rest = rest.subspan(bytes);
  return true;
}

bool take_text(std::span<const uint8_t>& rest, size_t length, std::string_view* text) {
  if (rest.size() < length) return false;
  *text = {reinterpret_cast<const char*>(rest.data()), length};
  rest = rest.subspan(length);
  return true;
}

}  // namespace

// [task 3.6] Read one pair, and nothing behind the end.
Zipmap::Pair Zipmap::read(std::span<const uint8_t> rest) {
  size_t before = rest.size();
  Pair pair;
  size_t length;
  if (!take_length(rest, &length) || !take_text(rest, length, &pair.field)) return {};
  if (!take_length(rest, &length) || rest.empty()) return {};
  size_t unused = rest[0];
  rest = rest.subspan(1);
  if (!take_text(rest, length, &pair.value) || rest.size() < unused) return {};
  pair.bytes = before - rest.size() + unused;
  return pair;
}

bool Zipmap::validate(std::span<const uint8_t> bytes) {
  if (bytes.size() < kHeaderBytes + 1 || bytes.back() != kTerminator) return false;
  size_t end = bytes.size() - 1;
  size_t count = 0;
  for (size_t at = kHeaderBytes; bytes[at] != kTerminator; count++) {
    size_t taken = read(bytes.subspan(at, end - at)).bytes;
    if (taken == 0) return false;
    at += taken;
  }
  return count > 0 && (bytes[0] == kUnknownCount || bytes[0] == count);
}

size_t Zipmap::count() const {
  if (bytes_[0] != kUnknownCount) return bytes_[0];
  size_t n = 0;
  each([&n](std::string_view, std::string_view) { n++; });
  return n;
}

}  // namespace strata::rdb
