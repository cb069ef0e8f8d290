// A small sorted set: a listpack of member, score, member, score, ... in order of (score, member).
//
// A whole score is kept as a number, any other as the shortest text that %.17g gives. As a Listpack it is a handle
// whose block() may move with every change. Positions are those of members.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "02_data_types/encodings/listpack.h"

namespace strata::db {

class ScoredListpack {
 public:
  using Position = Listpack::Position;
  static constexpr Position kNone = Listpack::kNone;

  explicit ScoredListpack(uint8_t* block) : pairs_(block) {}

  uint8_t* block() const { return pairs_.block(); }
  Listpack& pairs() { return pairs_; }
  const Listpack& pairs() const { return pairs_; }
  size_t size() const { return pairs_.count() / 2; }

  Position first() const { return pairs_.first(); }
  Position at(size_t rank) const { return pairs_.at(static_cast<int64_t>(rank * 2)); }
  Position next(Position member) const { return pairs_.next(pairs_.next(member)); }
  Position previous(Position member) const {
    Position score = pairs_.previous(member);
    return score == kNone ? kNone : pairs_.previous(score);
  }
  Position find(std::string_view member) const { return pairs_.find(pairs_.first(), member, 1); }
  Element member(Position at) const { return pairs_.get(at); }
  double score(Position at) const;
  // The number that a score is kept as, if it is one.
  static std::optional<int64_t> whole_score(double score);

  void insert(double score, std::string_view member);  // one that is not there
  void append(double score, std::string_view member);  // one that belongs behind all others
  void erase(Position at) { pairs_.erase(at, 2); }
  void erase(size_t rank, size_t n) { pairs_.erase_range(static_cast<int64_t>(rank * 2), n * 2); }

  // visit(Position) for every member in order until it returns false; returns how many it returned true for.
  template <class Visit>
  size_t count_while(Visit visit) const {
    size_t n = 0;
    for (Position at = first(); at != kNone && visit(at); at = next(at)) n++;
    return n;
  }

 private:
  Listpack pairs_;
};

}  // namespace strata::db
