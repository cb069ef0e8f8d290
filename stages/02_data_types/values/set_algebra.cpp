#include "02_data_types/values/set_algebra.h"

namespace strata::db {

Hash Candidate::hash() {
  if (!hashed_) {
    Element::Digits digits;
    hash_ = hash_of(member_.as_text(digits));
    hashed_ = true;
  }
  return hash_;
}

bool Candidate::in(const SetValue& set) {
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

void CandidateBatch::keep(const SetValue& set, bool present) {
  if (!set.is_intset()) {
    for (size_t i = 0; i < count_; i++) candidates_[i].prefetch_bucket(set.table());
    for (size_t i = 0; i < count_; i++) candidates_[i].prefetch_items(set.table());
  }
  size_t kept = 0;
  for (size_t i = 0; i < count_; i++) {
    if (candidates_[i].in(set) == present) candidates_[kept++] = candidates_[i];
  }
  count_ = kept;
}

}  // namespace strata::db
