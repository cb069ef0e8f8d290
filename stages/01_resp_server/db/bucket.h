// One bucket of the hash table: a cache line. The layout is described in table.h; slots 0 .. count-1 are in use.
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace strata::db {

class alignas(64) Bucket {
 public:
  static constexpr unsigned kSlots = 9;

  unsigned count() const { return meta_ & kCountMask; }
  bool linked() const { return (meta_ & kLinked) != 0; }
  uint8_t tag(unsigned slot) const { return tags_[slot]; }

  // User-space addresses have 48 bits at most (x86-64 with four-level paging, arm64).
  void* ref(unsigned slot) const {
    uint64_t bits;
    std::memcpy(&bits, refs_ + slot * kRefBytes, sizeof bits);  // two bytes too many, still inside the bucket
    return reinterpret_cast<void*>(bits & kRefMask);
  }
  void set_ref(unsigned slot, const void* item) {
    uint64_t bits = reinterpret_cast<uint64_t>(item);
    std::memcpy(refs_ + slot * kRefBytes, &bits, kRefBytes);
  }

  // Bit i is set when slot i is in use and has this tag.
  unsigned matches(uint8_t tag) const {
    unsigned in_use = (1u << count()) - 1;
#if defined(__SSE2__)
    constexpr int kTagsAt = 6;  // of the bucket's last sixteen bytes
    __m128i last = _mm_load_si128(reinterpret_cast<const __m128i*>(reinterpret_cast<const char*>(this) + 48));
    unsigned equal =
        static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(last, _mm_set1_epi8(static_cast<char>(tag)))));
    return (equal >> kTagsAt) & in_use;
#else
    unsigned equal = 0;
    for (unsigned slot = 0; slot < kSlots; slot++) equal |= static_cast<unsigned>(tags_[slot] == tag) << slot;
    return equal & in_use;
#endif
  }

  unsigned append(const void* item, uint8_t tag) {
    unsigned slot = count();
    set_ref(slot, item);
    tags_[slot] = tag;
    meta_++;
    return slot;
  }
  void copy_slot(unsigned slot, const Bucket& from, unsigned from_slot) {
    set_ref(slot, from.ref(from_slot));
    tags_[slot] = from.tags_[from_slot];
  }
  void set_count(unsigned count) { meta_ = static_cast<uint8_t>((meta_ & kLinked) | count); }

  // Only when full, or linked already: the last slot becomes the link.
  void set_link(Bucket* overflow) {
    set_ref(kSlots - 1, overflow);
    meta_ = kLinked | (kSlots - 1);
  }
  Bucket* link() const { return static_cast<Bucket*>(ref(kSlots - 1)); }
  void unlink() { meta_ = kSlots - 1; }

 private:
  static constexpr size_t kRefBytes = 6;
  static constexpr uint64_t kRefMask = (1ull << 48) - 1;
  static constexpr uint8_t kLinked = 0x80;
  static constexpr uint8_t kCountMask = 0x0f;

  uint8_t refs_[kSlots * kRefBytes] = {};
  uint8_t tags_[kSlots] = {};
  uint8_t meta_ = 0;
};

static_assert(sizeof(Bucket) == 64, "a bucket is one cache line");

}  // namespace strata::db
