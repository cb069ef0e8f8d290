// Members of one set that are, or are not, in others: what intersections and differences are made of.
//
//   source --a few members at a time--> [in the second?] --those that pass--> [in the third?] --> ... --> visit
//
// Looking up a member in a large table is two waits for memory. For a batch of members all the waits of one kind are
// started before the first is needed, so a batch waits little longer than a single member.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "02_data_types/values/set_value.h"

namespace strata::db {

// A member on its way through several sets: its hash, text and number are worked out when the first set asks.
class Candidate {
 public:
  Candidate() = default;
  explicit Candidate(const Element& member) : member_(member) {}

  const Element& member() const { return member_; }
  bool in(const SetValue& set);
  void prefetch_bucket(const MemberTable& table) { table.prefetch_bucket(hash()); }
  void prefetch_items(const MemberTable& table) { table.prefetch_items(hash()); }

 private:
  enum class Number : uint8_t { kUnknown, kNone, kKnown };

  Hash hash();

  Element member_;
  Hash hash_{0};
  bool hashed_ = false;
  Number number_state_ = Number::kUnknown;
  int64_t number_ = 0;
};

class CandidateBatch {
 public:
  static constexpr size_t kMost = 32;

  bool full() const { return count_ == kMost; }
  void push(const Element& member) { candidates_[count_++] = Candidate(member); }
  void clear() { count_ = 0; }
  // Drops those that are in the set although they should not be, or the other way round.
  void keep(const SetValue& set, bool present);
  std::span<const Candidate> candidates() const { return {candidates_.data(), count_}; }

 private:
  std::array<Candidate, kMost> candidates_;
  size_t count_ = 0;
};

// Visits the members of `source` that are in all of `others` (`present`) or in none of them, in the order of the
// source, at most `limit` of them (0: no limit). `visit` must change none of these sets.
template <class Visit>
void filter_members(const SetValue& source, std::span<const SetValue> others, bool present, size_t limit, Visit visit) {
  CandidateBatch batch;
  size_t found = 0;
  auto flush = [&] {
    for (const SetValue& other : others) batch.keep(other, present);
    for (const Candidate& candidate : batch.candidates()) {
      if (limit != 0 && found == limit) break;
      visit(candidate.member());
      found++;
    }
    batch.clear();
  };
  auto next = [&](const Element& member) {
    batch.push(member);
    if (batch.full()) flush();
    return limit == 0 || found < limit;
  };
  if (limit == 0) {
    source.each(next);
  } else {
    source.each_while(next);
  }
  flush();
}

}  // namespace strata::db
