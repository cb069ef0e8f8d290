#include "02_data_types/commands/sort_vector.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <clocale>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "common/text.h"

namespace strata::db {

namespace {

// strtod's idea of a number over the whole text, or up to a zero byte: leading space is fine, "" is 0.
bool parse_weight(const Element& weight, double* out) {
  int64_t whole = weight.number;
  if (weight.is_number || parse_int64(weight.text, &whole)) {
    *out = static_cast<double>(whole);
    return true;
  }
  char nearby[64];
  std::string far;
  const char* text = nearby;
  if (weight.text.size() < sizeof nearby) {
    nearby[weight.text.copy(nearby, sizeof nearby)] = '\0';
  } else {
    far = weight.text;
    text = far.c_str();
  }
  char* end = nullptr;
  errno = 0;
  *out = std::strtod(text, &end);
  return *end == '\0' && errno != ERANGE && !std::isnan(*out);
}

// In the order of the numbers: of negative ones all bits are turned over, of others the sign.
uint64_t rank_of(double number) {
  constexpr uint64_t kSign = 1ull << 63;
  uint64_t bits = std::bit_cast<uint64_t>(number + 0.0);  // -0 counts as 0
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

uint64_t rank_of(std::string_view text) {
  uint64_t bytes = 0;
  text.copy(reinterpret_cast<char*>(&bytes), sizeof bytes);
  return __builtin_bswap64(bytes);
}

bool locale_compares_bytes() {
  static const bool bytes = [] {
    std::string_view name = std::setlocale(LC_COLLATE, nullptr);
    return name == "C" || name == "POSIX";
  }();
  return bytes;
}

}  // namespace

// The text of an element, which lasts as long as this vector.
std::string_view SortVector::text_of(const Element& element) {
  if (!element.is_number) return element.text;
  Element::Digits digits;
  return keep(std::string(element.as_text(digits)));
}

// A text whose bytes compare as the locale compares the original.
std::string_view SortVector::collated(std::string_view text) {
  text = until_zero(text);
  if (locale_compares_bytes()) return text;
  const std::string original(text);
  std::string key(std::strxfrm(nullptr, original.c_str(), 0), '\0');
  std::strxfrm(key.data(), original.c_str(), key.size() + 1);
  return keep(std::move(key));
}

void SortVector::add(const Element& member, bool borrowed) {
  keys_.push_back({0, items_.size()});
  items_.push_back({.member = member});
  if (!borrowed && !member.is_number) items_.back().member.text = keep(std::string(member.text));
}

template <class Weigh>
void SortVector::weigh_all(Database& database, SortPattern* by, Weigh weigh) {
  for (size_t i = 0; i < items_.size(); i++) {
    if (by == nullptr) {
      keys_[i].rank = weigh(items_[i], std::optional(items_[i].member));
      continue;
    }
    if (i % kAhead == 0) prefetch(database, *by, i);
    keys_[i].rank = weigh(items_[i], by->find(database, items_[i].member));
  }
}

bool SortVector::weigh_as_numbers(Database& database, SortPattern* by) {
  numbers_ = true;
  bool valid = true;
  weigh_all(database, by, [&](Item&, const std::optional<Element>& weight) {
    double number = 0;
    if (weight) valid = parse_weight(*weight, &number) && valid;
    return rank_of(number);
  });
  return valid;
}

void SortVector::weigh_as_texts(Database& database, SortPattern* by, TextOrder order) {
  weigh_all(database, by, [&](Item& item, const std::optional<Element>& weight) {
    item.weightless = !weight;
    if (weight) item.text = order == TextOrder::kBytes ? text_of(*weight) : collated(text_of(*weight));
    return rank_of(item.text);
  });
}

int SortVector::compare_equal_ranks(const Item& a, const Item& b) const {
  if (numbers_) {
    Element::Digits digits_a;
    Element::Digits digits_b;
    return a.member.as_text(digits_a).compare(b.member.as_text(digits_b));
  }
  if (a.weightless != b.weightless) return a.weightless ? -1 : 1;
  return a.text.compare(b.text);
}

// [task 2.6] Sort, but no more than the stretch that is wanted.
void SortVector::sort(size_t first, size_t count, bool descending) {
  auto before = [&](const Key& a, const Key& b) {
    if (a.rank != b.rank) return (a.rank < b.rank) != descending;
    int order = compare_equal_ranks(items_[a.index], items_[b.index]);
    if (order != 0) return (order < 0) != descending;
    return a.index < b.index;
  };
  // What comes before the stretch and what comes behind it is only kept apart from it.
  auto from = keys_.begin() + static_cast<ptrdiff_t>(first);
  auto to = from + static_cast<ptrdiff_t>(count);
  if (from != keys_.begin()) std::nth_element(keys_.begin(), from, keys_.end(), before);
  if (to != keys_.end()) std::nth_element(from, to, keys_.end(), before);
  std::sort(from, to, before);
}

void SortVector::prefetch(const Database& database, SortPattern& pattern, size_t place) const {
  Element members[kAhead];
  size_t count = 0;
  while (count < kAhead && place + count < size()) {
    members[count] = (*this)[place + count];
    count++;
  }
  pattern.prefetch(database, {members, count});
}

}  // namespace strata::db
