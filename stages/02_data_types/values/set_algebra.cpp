#include "02_data_types/values/set_algebra.h"

namespace strata::db {

Hash MemberProbe::hash() {
  if (!hashed_) {
    Element::Digits digits;
    hash_ = hash_of(member_.as_text(digits));
    hashed_ = true;
  }
  return hash_;
}

// [task 2.5] Is a member in a set? Its hash and its number are worked out once.
bool MemberProbe::in(const SetValue& set) {
  if (!set.is_intset()) {
    Element::Digits digits;
    return set.table().contains(member_.as_text(digits), hash());
  }
  if (member_.is_number) return set.intset().contains(member_.number);
  if (number_state_ == Number::kUnknown) {
    number_state_ = parse_int64(member_.text, &number_) ? Number::kKnown : Number::kNone;
  }
  return number_state_ == Number::kKnown && set.intset().contains(number_);
}

}  // namespace strata::db
