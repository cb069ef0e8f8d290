#include "02_data_types/encodings/scored_listpack.h"

#include "common/numbers.h"

namespace strata::db {

namespace {

void insert_score(Listpack& pairs, Listpack::Position at, double score) {
  if (auto whole = ScoredListpack::whole_score(score)) {
    pairs.insert(at, *whole);
    return;
  }
  char text[kDoubleChars];
  pairs.insert(at, std::string_view(text, format_double(text, score)));
}

}  // namespace

std::optional<int64_t> ScoredListpack::whole_score(double score) {
  constexpr double kLargest = 0x1p62;
  if (score < -kLargest || score > kLargest) return {};
  auto whole = static_cast<int64_t>(score);
  if (static_cast<double>(whole) != score) return {};
  return whole;
}

double ScoredListpack::score(Position at) const {
  Element score = pairs_.get(pairs_.next(at));
  if (score.is_number) return static_cast<double>(score.number);
  double value = 0;
  (void)parse_double(score.text, &value);  // a text that is no number came from outside; it counts as 0
  return value;
}

// [task 2.4] Insert a member and its score in order.
void ScoredListpack::insert(double new_score, std::string_view new_member) {
  Position at = first();
  for (; at != kNone; at = next(at)) {
    double here = score(at);
    if (here < new_score) continue;
    Element::Digits digits;
    if (here > new_score || member(at).as_text(digits) > new_member) break;
  }
  Position put = pairs_.insert(at == kNone ? pairs_.end() : at, new_member);
  insert_score(pairs_, pairs_.after(put), new_score);
}

void ScoredListpack::append(double new_score, std::string_view new_member) {
  pairs_.append(new_member);
  insert_score(pairs_, pairs_.end(), new_score);
}

}  // namespace strata::db
