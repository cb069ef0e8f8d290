// Ranges of sorted sets as clients spell them, and the stretch of ranks that each comes down to.
//
//   by score   1.5   (1.5   -inf   +inf          '(' excludes the bound
//   by member  [a    (a     -      +             the lowest and the highest of all; only for members of equal score
//   by rank    0     -1                          negative: from the end
//
// Bounds borrow from the text they were read from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strata::db {

// Ranks begin .. end-1, counted from 0 at the lowest score.
struct Ranks {
  size_t begin = 0;
  size_t end = 0;

  size_t size() const { return end > begin ? end - begin : 0; }
  // What a range by rank means in a set of `size` members; `backward` counts from the highest score.
  static Ranks between(int64_t first, int64_t last, size_t size, bool backward);
  // LIMIT: leaves `offset` ranks out and takes `count` of the rest (negative: all), at the other end if `backward`.
  Ranks limited(int64_t offset, int64_t count, bool backward) const;
};

struct ScoreRange {
  double min = 0;
  double max = 0;
  bool excludes_min = false;
  bool excludes_max = false;

  // False: one of them is no number.
  static bool parse(std::string_view min, std::string_view max, ScoreRange* out);

  bool is_before(double score) const { return excludes_min ? score <= min : score < min; }
  bool is_behind(double score) const { return excludes_max ? score >= max : score > max; }
};

struct LexBound {
  enum class Kind : uint8_t { kLowest, kIncluded, kExcluded, kHighest };
  Kind kind = Kind::kLowest;
  std::string_view member = {};

  static bool parse(std::string_view text, LexBound* out);
};

struct LexRange {
  LexBound min;
  LexBound max;

  static bool parse(std::string_view min, std::string_view max, LexRange* out) {
    return LexBound::parse(min, &out->min) && LexBound::parse(max, &out->max);
  }

  bool reaches_min(std::string_view member) const;
  bool within_max(std::string_view member) const;
  bool is_empty() const;  // the bounds leave no room for any member
};

}  // namespace strata::db
