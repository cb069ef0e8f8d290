// A ziplist: the sequence of strings and numbers that files of Redis 2.2 to 6.2 hold for small lists, hashes and sorted
// sets, and for the nodes of long lists. Read only: what is loaded becomes a listpack.
//
//   [total bytes: 4 LE][offset of the last entry: 4 LE][count: 2 LE][entry]...[entry][0xff]
//                                                                  count 65535: that many or more, count by walking
//   entry = [bytes of the entry before][encoding][data]
//     bytes of the entry before     0 for the first; 0..253 in one byte, any number as 0xfe + 4 LE
//     00xxxxxx                      string of up to 63 bytes
//     01xxxxxx + 1 byte             string of up to 16383 bytes, big-endian length
//     10...... + 4 bytes            string, big-endian length
//     0xfe, 0xc0, 0xf0, 0xd0, 0xe0  number of 8, 16, 24, 32, 64 bits, little-endian
//     0xf1 .. 0xfd                  number 0..12, no data
//
// A Ziplist borrows its bytes and relies on validate() having accepted them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "02_data_types/values/element.h"

namespace strata::rdb {

class Ziplist {
 public:
  // Is this a whole, well-formed ziplist? Walks every entry; never reads outside `bytes`.
  static bool validate(std::span<const uint8_t> bytes);

  explicit Ziplist(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  size_t count() const;  // O(n) from 65535 elements on

  // visit(Element) for each element in order; its text points into the bytes.
  template <class Visit>
  void each(Visit visit) const {
    for (size_t at = kHeaderBytes; at < bytes_.size() - 1;) {
      Entry entry = read(bytes_.subspan(at));
      visit(entry.element);
      at += entry.bytes;
    }
  }

 private:
  static constexpr size_t kHeaderBytes = 10;

  struct Entry {
    db::Element element;
    size_t bytes = 0;     // all of it; 0: not an entry
    size_t previous = 0;  // bytes of the entry before, as this one has it
  };
  // The entry at the start of `rest`, nothing beyond which is read.
  static Entry read(std::span<const uint8_t> rest);

  std::span<const uint8_t> bytes_;
};

}  // namespace strata::rdb
