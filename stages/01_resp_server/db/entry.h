// One key with its value, expiry and access clock, in one block of memory.
//
//   byte 0     type (3 bits) | has expiry (1) | encoding (4)
//   1..3       access clock: seconds, 24 bits (LRU), or what an eviction policy makes of it (LFU)
//   4          key length; 255: the real length follows in 4 bytes
//   [4 bytes]  length of a key of 255 bytes and more
//   [8 bytes]  expiry, Unix time in ms
//   ...        key
//   ...        value, by encoding:
//                kInt8 .. kInt64    the number in as many bytes as it needs
//                kEmbedded          length (1 byte), bytes
//                kPointer           8 bytes: a RawString, or a later stage's object
//
// A 16-byte key with a small number takes 24 bytes, with a 16-byte string 38. Entries are plain bytes: fields are not
// aligned and are read through memcpy. An entry whose value or expiry changes size is built anew; whoever holds it in
// a table puts the new one in its place.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "01_resp_server/db/slab.h"
#include "01_resp_server/resp/big_bulk.h"

namespace strata::db {

using resp::RawString;

enum class ValueType : uint8_t {
  kString = 0,
  kList = 1,
  kSet = 2,
  kSortedSet = 3,
  kHash = 4,
  kStream = 5,
  kModule = 6
};

// How the bytes of a value are laid out in the entry. What OBJECT ENCODING calls it is the type's business.
enum class Layout : uint8_t {
  kInt8,
  kInt16,
  kInt24,
  kInt32,
  kInt48,
  kInt64,
  kEmbedded,     // short string, shown as embstr or, longer than 44 bytes, as raw
  kEmbeddedRaw,  // short string that a command changed in place (APPEND): always shown as raw
  kPointer,      // of strings: RawString
  kPointerB,
  kPointerC,  // further encodings of the collection types (listpack, table, ...)
};

class Entry {
 public:
  static constexpr size_t kMaxEmbedded = 192;  // value bytes kept inside the entry
  static constexpr uint64_t kClockMask = (1u << 24) - 1;

  // What an entry is made from.
  struct Shape {
    std::string_view key;
    ValueType type = ValueType::kString;
    Layout layout = Layout::kEmbedded;
    int64_t expiry_ms = -1;  // -1: none
    uint32_t clock = 0;
    int64_t number = 0;           // kInt*
    std::string_view bytes = {};  // kEmbedded*
    void* pointer = nullptr;      // kPointer*; ownership passes to the entry's holder
  };
  static Entry* create(SlabAllocator& slab, const Shape& shape);

  // Frees the block only; what a pointer refers to is freed by the type's row (types.h).
  void destroy(SlabAllocator& slab) { slab.free(this, block_bytes()); }

  ValueType type() const { return static_cast<ValueType>(byte(0) & 7); }
  Layout layout() const { return static_cast<Layout>(byte(0) >> 4); }
  bool has_expiry() const { return (byte(0) & kHasExpiry) != 0; }
  bool is_integer() const { return layout() <= Layout::kInt64; }
  bool is_embedded() const { return layout() == Layout::kEmbedded || layout() == Layout::kEmbeddedRaw; }
  bool is_pointer() const { return layout() >= Layout::kPointer; }

  uint32_t clock() const { return load<uint32_t>(0) >> 8; }
  void set_clock(uint32_t clock) { store<uint32_t>(0, (clock << 8) | byte(0)); }

  int64_t expiry_ms() const { return has_expiry() ? load<int64_t>(key_at() - 8) : -1; }
  void set_expiry_ms(int64_t when) { store<int64_t>(key_at() - 8, when); }  // only where there is one already

  std::string_view key() const { return {chars() + key_at(), key_length()}; }
  size_t block_bytes() const;

  int64_t number() const;
  std::string_view embedded() const {
    size_t at = value_at();
    return {chars() + at + 1, byte(at)};
  }
  template <class T>
  T* pointer() const {
    return reinterpret_cast<T*>(load<uint64_t>(value_at()));
  }
  void set_pointer(void* pointer) { store<uint64_t>(value_at(), reinterpret_cast<uint64_t>(pointer)); }
  // The same value in another encoding; both layouts are pointers, so the block stays as it is.
  void set_pointer(Layout layout, void* pointer) {
    store<uint8_t>(0, static_cast<uint8_t>((byte(0) & 15u) | static_cast<unsigned>(layout) << 4));
    set_pointer(pointer);
  }

  // Overwrites a value of the same layout and size.
  void set_number(int64_t value);
  // The same with the value of a shape; false, and nothing done, where it is not of this layout and size or is a pointer.
  bool overwrite(const Shape& shape) {
    if (layout() != shape.layout || is_pointer()) return false;
    if (is_integer()) {
      set_number(shape.number);
      return true;
    }
    if (embedded().size() != shape.bytes.size()) return false;
    std::memcpy(embedded_bytes(), shape.bytes.data(), shape.bytes.size());
    return true;
  }
  char* embedded_bytes() { return chars() + value_at() + 1; }

  static Layout layout_for(int64_t number);  // the smallest that holds it
  static size_t block_bytes_for(const Shape& shape);

 private:
  static constexpr uint8_t kHasExpiry = 8;
  static constexpr size_t kHeader = 5;
  static constexpr uint8_t kLongKey = 255;

  uint8_t byte(size_t at) const { return reinterpret_cast<const uint8_t*>(this)[at]; }
  char* chars() { return reinterpret_cast<char*>(this); }
  const char* chars() const { return reinterpret_cast<const char*>(this); }
  template <class T>
  T load(size_t at) const {
    T value;
    std::memcpy(&value, chars() + at, sizeof value);
    return value;
  }
  template <class T>
  void store(size_t at, T value) {
    std::memcpy(chars() + at, &value, sizeof value);
  }

  size_t key_length() const {
    uint8_t length = byte(4);
    return length != kLongKey ? length : load<uint32_t>(kHeader);
  }
  size_t key_at() const { return kHeader + (byte(4) == kLongKey ? 4u : 0u) + (has_expiry() ? 8u : 0u); }
  size_t value_at() const { return key_at() + key_length(); }
};

}  // namespace strata::db
