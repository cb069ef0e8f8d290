// Members of one set that are, or are not, in others: what intersections and differences are made of.
//
// All tables hash with the same seed, so a member is hashed once for all of them, and passing over one table visits the
// buckets of another in about their order too. That is why looking up members in batches, with prefetching, is no faster.
#pragma once

#include <cstddef>
#include <span>

#include "02_data_types/values/set_value.h"

namespace strata::db {

// A member on its way through several sets: its hash, text and number are worked out when the first set asks.
class MemberProbe {
 public:
  explicit MemberProbe(const Element& member) : member_(member) {}

  bool in(const SetValue& set);

 private:
  enum class Number : uint8_t { kUnknown, kNone, kKnown };

  Hash hash();

  Element member_;
  Hash hash_{0};
  bool hashed_ = false;
  Number number_state_ = Number::kUnknown;
  int64_t number_ = 0;
};

// Visits the members of `source` that are in all of `others` (`present`) or in none of them, in the order of the
// source, at most `limit` of them (0: no limit). `visit` must change none of these sets.
template <class Visit>
void filter_members(const SetValue& source, std::span<const SetValue> others, bool present, size_t limit, Visit visit) {
  size_t found = 0;
  auto look = [&](const Element& member) {
    MemberProbe probe(member);
    for (const SetValue& other : others) {
      if (probe.in(other) != present) return true;
    }
    visit(member);
    return ++found != limit;
  };
  if (limit == 0) {
    source.each(look);
  } else {
    source.each_while(look);
  }
}

}  // namespace strata::db
