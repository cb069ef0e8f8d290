// The elements that SORT puts in order, each with its weight: a number, or with ALPHA a text.
//
//   keys_     [rank | index] [rank | index] ...     16 bytes each, the only thing that moves while sorting
//                        |
//   items_    [element, text to compare] ...        looked at where ranks are equal
//
// A rank is the weight as a whole number of 64 bits: a double in such a way that order is kept, or the first eight
// bytes of a text. Elements of equal weight come in order of their own bytes (numbers), or as they came (texts).
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "02_data_types/commands/sort_pattern.h"

namespace strata::db {

// How texts compare: byte by byte, or as the locale of the process has it (LC_COLLATE), up to a zero byte.
enum class TextOrder : uint8_t { kBytes, kLocale };

class SortVector {
 public:
  // `borrowed`: the element's bytes stay where they are until the command ends.
  void add(const Element& member, bool borrowed = true);

  size_t size() const { return items_.size(); }

  // Weighs all elements, by themselves or by what `by` (null: themselves) finds for them: 0, or less than any text,
  // where that is nothing. The first is false when some weight is not a number.
  bool weigh_as_numbers(Database& database, SortPattern* by);
  void weigh_as_texts(Database& database, SortPattern* by, TextOrder order);

  // Puts the stretch of `count` elements from `first` on in the places that sorting all elements would give them.
  void sort(size_t first, size_t count, bool descending);

  // In the present order.
  const Element& operator[](size_t place) const { return items_[keys_[place].index].member; }

  // Brings what a pattern finds for the kAhead elements from `place` on into the cache.
  static constexpr size_t kAhead = 32;
  void prefetch(const Database& database, SortPattern& pattern, size_t place) const;

 private:
  struct Item {
    Element member;
    std::string_view text = {};
    bool weightless = false;
  };
  struct Key {
    uint64_t rank;
    size_t index;
  };

  // Calls weigh(item, what the item is weighed by): its rank.
  template <class Weigh>
  void weigh_all(Database& database, SortPattern* by, Weigh weigh);
  int compare_equal_ranks(const Item& a, const Item& b) const;
  std::string_view keep(std::string text) { return kept_.emplace_back(std::move(text)); }
  std::string_view text_of(const Element& element);
  std::string_view collated(std::string_view text);

  std::vector<Item> items_;
  std::vector<Key> keys_;
  std::deque<std::string> kept_;  // texts that are nobody else's
  bool numbers_ = false;
};

}  // namespace strata::db
