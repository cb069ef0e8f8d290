#include "01_resp_server/db/entry.h"

#include <new>

#include "common/assert.h"

namespace strata::db {

namespace {

constexpr size_t number_bytes(Layout layout) {
  constexpr size_t kWidths[] = {1, 2, 3, 4, 6, 8};
  return kWidths[static_cast<size_t>(layout)];
}

}  // namespace

Layout Entry::layout_for(int64_t number) {
  auto fits = [number](int bits) { return number >= -(1ll << (bits - 1)) && number < (1ll << (bits - 1)); };
  if (fits(8)) return Layout::kInt8;
  if (fits(16)) return Layout::kInt16;
  if (fits(24)) return Layout::kInt24;
  if (fits(32)) return Layout::kInt32;
  if (fits(48)) return Layout::kInt48;
  return Layout::kInt64;
}

size_t Entry::block_bytes_for(const Shape& shape) {
  size_t bytes = kHeader + (shape.key.size() >= kLongKey ? 4 : 0) + (shape.expiry_ms >= 0 ? 8 : 0) + shape.key.size();
  if (shape.layout <= Layout::kInt64) return bytes + number_bytes(shape.layout);
  if (shape.layout >= Layout::kPointer) return bytes + 8;
  return bytes + 1 + shape.bytes.size();
}

size_t Entry::block_bytes() const {
  size_t at = value_at();
  if (is_integer()) return at + number_bytes(layout());
  if (is_pointer()) return at + 8;
  return at + 1 + byte(at);
}

Entry* Entry::create(SlabAllocator& slab, const Shape& shape) {
  char* block = static_cast<char*>(slab.allocate(block_bytes_for(shape)));
  auto* entry = reinterpret_cast<Entry*>(block);
  bool expires = shape.expiry_ms >= 0;
  block[0] = static_cast<char>(static_cast<unsigned>(shape.type) | (expires ? kHasExpiry : 0u) |
                               static_cast<unsigned>(shape.layout) << 4);
  entry->set_clock(shape.clock);
  size_t at = kHeader;
  if (shape.key.size() < kLongKey) {
    block[4] = static_cast<char>(shape.key.size());
  } else {
    block[4] = static_cast<char>(kLongKey);
    entry->store<uint32_t>(at, static_cast<uint32_t>(shape.key.size()));
    at += 4;
  }
  if (expires) {
    entry->store<int64_t>(at, shape.expiry_ms);
    at += 8;
  }
  std::memcpy(block + at, shape.key.data(), shape.key.size());
  at += shape.key.size();
  if (shape.layout <= Layout::kInt64) {
    std::memcpy(block + at, &shape.number, number_bytes(shape.layout));
  } else if (shape.layout >= Layout::kPointer) {
    entry->store<uint64_t>(at, reinterpret_cast<uint64_t>(shape.pointer));
  } else {
    STRATA_ASSERT(shape.bytes.size() <= kMaxEmbedded, "{} bytes do not fit into an entry", shape.bytes.size());
    block[at] = static_cast<char>(shape.bytes.size());
    std::memcpy(block + at + 1, shape.bytes.data(), shape.bytes.size());
  }
  return entry;
}

int64_t Entry::number() const {
  // Sign extension: the bytes go to the top of the word and are shifted down again.
  size_t width = number_bytes(layout());
  uint64_t top = 0;
  std::memcpy(reinterpret_cast<char*>(&top) + (8 - width), chars() + value_at(), width);
  return static_cast<int64_t>(top) >> (64 - 8 * width);
}

void Entry::set_number(int64_t value) { std::memcpy(chars() + value_at(), &value, number_bytes(layout())); }

}  // namespace strata::db
