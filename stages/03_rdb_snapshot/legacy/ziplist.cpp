#include "03_rdb_snapshot/legacy/ziplist.h"

#include "02_data_types/encodings/listpack_element.h"

namespace strata::rdb {

using db::Element;
using db::listpack_element::load;
using db::listpack_element::sign_extend;

namespace {

constexpr uint8_t kTerminator = 0xff;
constexpr uint8_t kWidePrevious = 0xfe;
constexpr size_t kUnknownCount = 65535;

// What the encoding says: how many bytes precede the data, and how many the data has.
struct Layout {
  size_t header = 0;  // 0: no such encoding, or it ends outside
  size_t data = 0;
};

Layout layout_of(std::span<const uint8_t> at) {
  if (at.empty()) return {};
  uint8_t first = at[0];
  switch (first >> 6) {
    case 0:
      return {.header = 1, .data = first & 0x3fu};
    case 1:
      if (at.size() < 2) return {};
      return {.header = 2, .data = (first & 0x3fu) << 8 | at[1]};
    case 2:
      if (at.size() < 5) return {};
      return {.header = 5, .data = __builtin_bswap32(load<uint32_t>(&at[1]))};
    default:
      break;
  }
  switch (first) {
    case 0xfe:
      return {.header = 1, .data = 1};
    case 0xc0:
      return {.header = 1, .data = 2};
    case 0xf0:
      return {.header = 1, .data = 3};
    case 0xd0:
      return {.header = 1, .data = 4};
    case 0xe0:
      return {.header = 1, .data = 8};
    default:
      return {.header = first >= 0xf1 && first <= 0xfd ? 1u : 0u, .data = 0};
  }
}

Element decode(uint8_t encoding, std::span<const uint8_t> data) {
  if (encoding >> 6 != 3) return Element::of(std::string_view(reinterpret_cast<const char*>(data.data()), data.size()));
  if (data.empty()) return Element::of(static_cast<int64_t>(encoding - 0xf1));
  uint64_t raw = 0;
  std::memcpy(&raw, data.data(), data.size());
  return Element::of(sign_extend(raw, static_cast<int>(8 * data.size())));
}

}  // namespace

// [task 3.6] Read one entry, and nothing behind the end.
Ziplist::Entry Ziplist::read(std::span<const uint8_t> rest) {
  if (rest.empty() || rest[0] == kTerminator) return {};
  size_t previous_bytes = rest[0] == kWidePrevious ? 5 : 1;
  if (rest.size() <= previous_bytes) return {};
  size_t previous = previous_bytes == 1 ? rest[0] : load<uint32_t>(&rest[1]);

  std::span<const uint8_t> encoded = rest.subspan(previous_bytes);
  Layout layout = layout_of(encoded);
  if (layout.header == 0 || encoded.size() - layout.header < layout.data) return {};
  return {.element = decode(encoded[0], encoded.subspan(layout.header, layout.data)),
          .bytes = previous_bytes + layout.header + layout.data,
          .previous = previous};
}

// [task 3.6] Walk from the first entry to the last and compare what the header says.
bool Ziplist::validate(std::span<const uint8_t> bytes) {
  if (bytes.size() < kHeaderBytes + 1 || bytes.size() != load<uint32_t>(&bytes[0])) return false;
  size_t end = bytes.size() - 1;
  if (bytes[end] != kTerminator) return false;

  size_t last = kHeaderBytes;
  size_t previous = 0;
  size_t count = 0;
  for (size_t at = kHeaderBytes; at < end; at += previous) {
    Entry entry = read(bytes.subspan(at, end - at));
    if (entry.bytes == 0 || entry.previous != previous) return false;
    last = at;
    previous = entry.bytes;
    count++;
  }
  size_t stored = load<uint16_t>(&bytes[8]);
  return load<uint32_t>(&bytes[4]) == last && (stored == kUnknownCount || stored == count);
}

size_t Ziplist::count() const {
  size_t stored = load<uint16_t>(&bytes_[8]);
  if (stored != kUnknownCount) return stored;
  size_t n = 0;
  each([&n](const Element&) { n++; });
  return n;
}

}  // namespace strata::rdb
