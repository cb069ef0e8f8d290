// A large argument in a heap block of its own, laid out so that the keyspace can keep it as a value without a copy.
//
//   [ size | capacity | bytes ............ ]
//
// The block is a RawString: what string values of more than the inline size are made of.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace strata::resp {

struct RawString {
  size_t size;
  size_t capacity;
  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view view() const { return {data(), size}; }

  // Null when memory is short.
  static RawString* allocate(size_t capacity) {
    auto* raw = static_cast<RawString*>(std::malloc(sizeof(RawString) + capacity));
    if (raw != nullptr) *raw = {0, capacity};
    return raw;
  }
};

struct FreeRawString {
  void operator()(RawString* raw) const { std::free(raw); }
};
using BigBulk = std::unique_ptr<RawString, FreeRawString>;

inline constexpr size_t kBigBulk = 32 * 1024;

}  // namespace strata::resp
