// A set of hash slots: 16384 bits, as nodes send it to each other.
//
//   byte  0        1        ...  2047
//   bit   01234567 89...                slot s is bit s % 8 (the lowest first) of byte s / 8
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strata::cluster {

constexpr int kSlots = 16384;

class SlotSet {
 public:
  static constexpr size_t kBytes = kSlots / 8;

  bool has(int slot) const { return (bytes_[index(slot)] & mask(slot)) != 0; }
  void add(int slot) { bytes_[index(slot)] |= mask(slot); }
  void remove(int slot) { bytes_[index(slot)] &= static_cast<uint8_t>(~mask(slot)); }
  void clear() { bytes_.fill(0); }

  int count() const {
    int sum = 0;
    for (uint8_t byte : bytes_) sum += std::popcount(byte);
    return sum;
  }
  bool empty() const { return *this == SlotSet(); }
  bool operator==(const SlotSet&) const = default;

  std::string_view bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), kBytes}; }
  uint8_t* data() { return bytes_.data(); }

  // visit(slot), ascending.
  template <class Visit>
  void each(Visit visit) const {
    for (int byte = 0; byte < static_cast<int>(kBytes); ++byte) {
      for (unsigned bits = bytes_[static_cast<size_t>(byte)]; bits != 0; bits &= bits - 1) {
        visit(byte * 8 + std::countr_zero(bits));
      }
    }
  }
  // visit(first, last) for every run of neighbours, ascending.
  template <class Visit>
  void each_range(Visit visit) const {
    int first = -1;
    int last = -1;
    each([&](int slot) {
      if (first >= 0 && slot == last + 1) {
        last = slot;
        return;
      }
      if (first >= 0) visit(first, last);
      first = last = slot;
    });
    if (first >= 0) visit(first, last);
  }

 private:
  static size_t index(int slot) { return static_cast<size_t>(slot) / 8; }
  static uint8_t mask(int slot) { return static_cast<uint8_t>(1u << (slot & 7)); }
  std::array<uint8_t, kBytes> bytes_{};
};

}  // namespace strata::cluster
