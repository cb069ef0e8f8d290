#include "02_data_types/commands/sort_pattern.h"

#include <vector>

#include "01_resp_server/db/string_value.h"
#include "02_data_types/values/hash_value.h"
#include "common/text.h"

namespace strata::db {

SortPattern::SortPattern(std::string_view pattern) {
  constexpr std::string_view kArrow = "->";
  const std::string_view visible = until_zero(pattern);
  self_ = visible == "#";
  const size_t star = visible.find('*');
  placeholder_ = star != std::string_view::npos;
  if (!placeholder_) return;
  before_ = pattern.substr(0, star);
  behind_ = pattern.substr(star + 1);
  const size_t arrow = visible.find(kArrow, star + 1);
  if (arrow == std::string_view::npos || arrow + kArrow.size() == visible.size()) return;
  behind_ = pattern.substr(star + 1, arrow - star - 1);
  field_ = pattern.substr(arrow + kArrow.size());
}

void SortPattern::append_key(std::string& to, const Element& member) const {
  Element::Digits digits;
  to.append(before_).append(member.as_text(digits)).append(behind_);
}

std::optional<Element> SortPattern::find(Database& database, const Element& member) {
  if (self_) return member;
  if (!placeholder_) return std::nullopt;
  key_.clear();
  append_key(key_, member);
  Ref ref = database.read(key_);
  if (!ref) return std::nullopt;
  if (!field_.empty()) {
    if (ref->type() != ValueType::kHash) return std::nullopt;
    return HashValue(*ref).get(field_);
  }
  if (ref->type() != ValueType::kString) return std::nullopt;
  if (ref->is_integer()) return Element::of(ref->number());
  return Element::of(string_bytes(*ref, nullptr));
}

void SortPattern::prefetch(const Database& database, std::span<const Element> members) {
  if (!placeholder_) return;
  std::vector<size_t> ends;
  key_.clear();
  for (const Element& member : members) {
    append_key(key_, member);
    ends.push_back(key_.size());
  }
  std::vector<resp::Lookup> lookups;
  size_t start = 0;
  for (size_t end : ends) {
    lookups.push_back({std::string_view(key_).substr(start, end - start), field_});
    start = end;
  }
  database.prefetch(lookups);
}

}  // namespace strata::db
