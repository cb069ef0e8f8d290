#include "02_data_types/values/sorted_set_ranges.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <tuple>
#include <utility>

#include "common/numbers.h"

namespace strata::db {

namespace {

// [task 2.6] Read a bound of a range of scores.
// A bound follows strtod where a score does not: leading space, nothing at all (0), overflow and a zero byte that ends
// the text are fine.
bool parse_bound(std::string_view text, double* value, bool* excluded) {
  *excluded = text.starts_with('(');
  if (*excluded) text.remove_prefix(1);
  if (parse_double(text, value)) return true;
  std::string terminated(text);
  char* end = nullptr;
  *value = std::strtod(terminated.c_str(), &end);
  return *end == '\0' && !std::isnan(*value);
}

}  // namespace

// [task 2.4] Turn a range by rank into a stretch of ranks.
Ranks Ranks::between(int64_t first, int64_t last, size_t size, bool backward) {
  auto n = static_cast<int64_t>(size);
  if (first < 0) first = std::max<int64_t>(first + n, 0);
  if (last < 0) last += n;
  last = std::min(last, n - 1);
  if (first > last) return {};
  if (backward) std::tie(first, last) = std::pair(n - 1 - last, n - 1 - first);
  return {static_cast<size_t>(first), static_cast<size_t>(last) + 1};
}

// [task 2.6] Take from a stretch what LIMIT leaves of it.
Ranks Ranks::limited(int64_t offset, int64_t count, bool backward) const {
  if (offset < 0 || static_cast<uint64_t>(offset) >= size()) return {};
  Ranks rest =
      backward ? Ranks{begin, end - static_cast<size_t>(offset)} : Ranks{begin + static_cast<size_t>(offset), end};
  if (count < 0 || static_cast<uint64_t>(count) >= rest.size()) return rest;
  auto n = static_cast<size_t>(count);
  return backward ? Ranks{rest.end - n, rest.end} : Ranks{rest.begin, rest.begin + n};
}

bool ScoreRange::parse(std::string_view min, std::string_view max, ScoreRange* out) {
  return parse_bound(min, &out->min, &out->excludes_min) && parse_bound(max, &out->max, &out->excludes_max);
}

// [task 2.6] Read a bound of a range of members.
bool LexBound::parse(std::string_view text, LexBound* out) {
  if (text == "-") {
    out->kind = Kind::kLowest;
  } else if (text == "+") {
    out->kind = Kind::kHighest;
  } else if (text.starts_with('[') || text.starts_with('(')) {
    out->kind = text.front() == '[' ? Kind::kIncluded : Kind::kExcluded;
    out->member = text.substr(1);
  } else {
    return false;
  }
  return true;
}

// [task 2.6] Is a member at the lower bound or behind it?
bool LexRange::reaches_min(std::string_view member) const {
  switch (min.kind) {
    case LexBound::Kind::kLowest:
      return true;
    case LexBound::Kind::kHighest:
      return false;
    case LexBound::Kind::kIncluded:
      return member >= min.member;
    default:
      return member > min.member;
  }
}

// [task 2.6] Is a member at the upper bound or in front of it?
bool LexRange::within_max(std::string_view member) const {
  switch (max.kind) {
    case LexBound::Kind::kLowest:
      return false;
    case LexBound::Kind::kHighest:
      return true;
    case LexBound::Kind::kIncluded:
      return member <= max.member;
    default:
      return member < max.member;
  }
}

bool LexRange::is_empty() const {
  if (min.kind == LexBound::Kind::kHighest || max.kind == LexBound::Kind::kLowest) return true;
  if (min.kind == LexBound::Kind::kLowest || max.kind == LexBound::Kind::kHighest) return false;
  bool excludes = min.kind == LexBound::Kind::kExcluded || max.kind == LexBound::Kind::kExcluded;
  return excludes ? min.member >= max.member : min.member > max.member;
}

}  // namespace strata::db
