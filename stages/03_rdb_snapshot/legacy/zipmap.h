// A zipmap: the pairs of strings that files of Redis 2.0 to 2.4 hold for a small hash. Read only: what is loaded becomes
// a listpack.
//
//   [count: 1][pair]...[pair][0xff]                                 count 254: that many or more, count by walking
//
//   pair   = [length][field][length][unused: 1][value][unused bytes]
//   length = 0..253 in one byte, any number as 0xfe + 4 LE
//
// A Zipmap borrows its bytes and relies on validate() having accepted them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace strata::rdb {

class Zipmap {
 public:
  // Is this a whole, well-formed zipmap of at least one pair? Walks every pair; never reads outside `bytes`.
  static bool validate(std::span<const uint8_t> bytes);

  explicit Zipmap(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  size_t count() const;  // pairs; O(n) from 254 on

  // visit(field, value) for each pair in order; both are string_views into the bytes.
  template <class Visit>
  void each(Visit visit) const {
    for (size_t at = kHeaderBytes; bytes_[at] != kTerminator;) {
      Pair pair = read(bytes_.subspan(at));
      visit(pair.field, pair.value);
      at += pair.bytes;
    }
  }

 private:
  static constexpr size_t kHeaderBytes = 1;
  static constexpr uint8_t kTerminator = 0xff;  // where a field's length would be; what follows means nothing

  struct Pair {
    std::string_view field;
    std::string_view value;
    size_t bytes = 0;  // all of it; 0: not a pair
  };
  // The pair at the start of `rest`, nothing beyond which is read.
  static Pair read(std::span<const uint8_t> rest);

  std::span<const uint8_t> bytes_;
};

}  // namespace strata::rdb
