// Matching with one level of backtracking. When the part of the pattern between two stars has matched
// somewhere, trying it further right can never help a later star (the later one could only see less of the
// text), so only the last star has to be remembered. That is what keeps the cost at |pattern| * |text|.
#include "common/glob.h"

#include <cctype>
#include <cstddef>
#include <utility>

namespace strata {
namespace {

int fold(char c, bool nocase) {
  return nocase ? std::tolower(static_cast<unsigned char>(c)) : static_cast<unsigned char>(c);
}

// `p` stands behind the '['. Decides whether `c` is in the set and moves `p` behind the closing ']' (or to
// the end).
bool match_set(std::string_view pattern, size_t& p, char c, bool nocase) {
  const bool negated = p < pattern.size() && pattern[p] == '^';
  if (negated) ++p;
  bool found = false;
  while (p < pattern.size() && pattern[p] != ']') {
    const size_t left = pattern.size() - p;
    if (pattern[p] == '\\' && left >= 2) {
      // An escaped member is compared as it is even when case is ignored; clients may rely on it.
      if (pattern[p + 1] == c) found = true;
      p += 2;
    } else if (left >= 3 && pattern[p + 1] == '-') {
      // Bounds compare as signed bytes, and are put in order before case is folded.
      int low = static_cast<signed char>(pattern[p]);
      int high = static_cast<signed char>(pattern[p + 2]);
      int value = static_cast<signed char>(c);
      if (low > high) std::swap(low, high);
      if (nocase) {
        low = std::tolower(static_cast<unsigned char>(low));
        high = std::tolower(static_cast<unsigned char>(high));
        value = std::tolower(static_cast<unsigned char>(value));
      }
      if (value >= low && value <= high) found = true;
      p += 3;
    } else {
      if (fold(pattern[p], nocase) == fold(c, nocase)) found = true;
      ++p;
    }
  }
  if (p < pattern.size()) ++p;
  return found != negated;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text, bool nocase) {
  if (text.empty()) return pattern.empty();
  constexpr size_t kNone = static_cast<size_t>(-1);
  size_t p = 0;
  size_t t = 0;
  size_t star = kNone;   // where the pattern goes on behind the last star
  size_t star_text = 0;  // where in the text that continuation is being tried

  while (t < text.size()) {
    bool matched = false;
    if (p < pattern.size()) {
      switch (pattern[p]) {
        case '*':
          while (p < pattern.size() && pattern[p] == '*') ++p;
          if (p == pattern.size()) return true;
          star = p;
          star_text = t;
          continue;
        case '?':
          matched = true;
          ++p;
          break;
        case '[':
          ++p;
          matched = match_set(pattern, p, text[t], nocase);
          break;
        case '\\':
          if (p + 1 < pattern.size()) ++p;
          [[fallthrough]];
        default:
          matched = fold(pattern[p], nocase) == fold(text[t], nocase);
          ++p;
      }
    }
    if (matched) {
      ++t;
      continue;
    }
    if (star == kNone) return false;
    p = star;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace strata
