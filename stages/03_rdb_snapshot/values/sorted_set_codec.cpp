// Sorted sets: a listpack as it lies in memory, or the members one by one, from the highest score down: each then belongs
// in front of all that were read before, and needs no search.
//
//   kSortedSetListpackType    listpack of member, score, ... in order      written and read
//   kSortedSetType            members, member, double, ...                 written and read
//   kSortedSetZiplistType     ziplist of member, score, ... in order       read
//   kSortedSetTextType        members, member, score as text, ...          read
#include <cmath>
#include <limits>

#include "03_rdb_snapshot/values/packed.h"
#include "03_rdb_snapshot/values/value_codec.h"
#include "common/numbers.h"

namespace strata::rdb {

namespace {

using db::Element;
using db::Listpack;
using db::RankedTable;
using db::ScoredListpack;
using db::SortedSetValue;

constexpr size_t kLeastBytes = 2;  // of a member and its score in a file

TypeId sorted_set_type_id(const Entry& entry) {
  return SortedSetValue::of(entry).is_listpack() ? kSortedSetListpackType : kSortedSetType;
}

// [task 3.3] Write a sorted set as it lies in memory, or from the highest score down.
void save_sorted_set(const Entry& entry, RdbWriter& out) {
  const SortedSetValue set = SortedSetValue::of(entry);
  if (set.is_listpack()) return out.string(set.listpack().pairs().bytes());
  out.length(set.size());
  for (const auto* node = set.table().order().last(); node != nullptr; node = node->previous()) {
    out.string(node->member());
    out.real(node->score());
  }
}

// [task 3.6] Read a score as text, which was all there was before Redis 4.0.
bool read_text_score(RdbReader& in, double* score) {
  uint8_t size = 0;
  if (!in.byte(&size)) return false;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (size == kTextNan) return in.fail("a score that is no number");
  if (size == kTextInfinity || size == kTextMinusInfinity) {
    *score = size == kTextInfinity ? kInfinity : -kInfinity;
    return true;
  }
  std::string_view text;
  return in.bytes(size, &text) && (parse_double(text, score) || in.fail("a score that is no number"));
}

bool read_score(RdbReader& in, TypeId type, double* score) {
  if (type == kSortedSetTextType) return read_text_score(in, score);
  return in.real(score) && (!std::isnan(*score) || in.fail("a score that is no number"));
}

bool duplicate(RdbReader& in) { return in.fail("a sorted set with the same member twice"); }

// [task 3.5] Add a member in front of the others if it belongs there, else where it belongs.
bool add(RankedTable& table, std::string_view member, double score) {
  const db::Hash hash = db::hash_of(member);
  if (table.find(member, hash) != nullptr) return false;
  const auto* first = table.order().first();
  if (first == nullptr || db::ordered_before(score, member, first->score(), first->member())) {
    table.insert_first(score, member);
  } else {
    table.insert(score, member, hash);
  }
  return true;
}

// [task 3.5] Read members with their scores.
Loaded load_members(RdbReader& in, TypeId type, const LoadRules& rules, Entry::Shape* out) {
  uint64_t members = 0;
  if (!in.length(&members)) return Loaded::kBroken;
  if (members == 0) return Loaded::kEmpty;
  auto table = std::make_unique<RankedTable>();
  table->reserve(in.believable(members, kLeastBytes));
  std::string member;
  for (; members > 0; members--) {
    double score = 0;
    if (!in.string_into(&member) || !read_score(in, type, &score)) return Loaded::kBroken;
    if (!add(*table, member, score)) {
      duplicate(in);
      return Loaded::kBroken;
    }
  }
  const Entry::Shape made = SortedSetValue::shape_of(std::move(table), rules.sorted_sets);
  out->type = made.type;
  out->layout = made.layout;
  out->pointer = made.pointer;
  return Loaded::kValue;
}

bool all_scores_are_numbers(const ScoredListpack& pairs) {
  for (auto at = pairs.first(); at != ScoredListpack::kNone; at = pairs.next(at)) {
    const Element score = pairs.pairs().get(pairs.pairs().next(at));
    double ignored = 0;
    if (!score.is_number && !parse_double(score.text, &ignored)) return false;
  }
  return true;
}

// Of more members than a listpack is to hold.
bool become_table(RdbReader& in, const ScoredListpack& pairs, Entry::Shape* out) {
  auto table = std::make_unique<RankedTable>();
  table->reserve(pairs.size());
  for (auto at = pairs.at(pairs.size() - 1); at != ScoredListpack::kNone; at = pairs.previous(at)) {
    Element::Digits digits;
    if (!add(*table, pairs.member(at).as_text(digits), pairs.score(at))) return duplicate(in);
  }
  out->layout = db::Layout::kPointerB;
  out->pointer = table.release();
  return true;
}

Loaded load_pairs(RdbReader& in, TypeId type, const LoadRules& rules, Entry::Shape* out) {
  const bool old = type == kSortedSetZiplistType;
  Block block = old ? read_ziplist(in) : read_listpack(in);
  if (block == nullptr) return Loaded::kBroken;
  const Listpack elements(block.get());
  const ScoredListpack pairs(block.get());
  if (elements.empty()) return Loaded::kEmpty;
  if (elements.count() % 2 != 0 || !all_scores_are_numbers(pairs)) {
    in.fail("sorted set integrity check failed: a member without a score");
    return Loaded::kBroken;
  }
  if ((rules.deep || old) && !all_names_differ(elements)) {
    duplicate(in);
    return Loaded::kBroken;
  }
  out->type = ValueType::kSortedSet;
  if (pairs.size() > static_cast<size_t>(rules.sorted_sets.max_listpack_entries)) {
    return become_table(in, pairs, out) ? Loaded::kValue : Loaded::kBroken;
  }
  out->layout = db::Layout::kPointer;
  out->pointer = block.release();
  return Loaded::kValue;
}

}  // namespace

void add_sorted_set_codec(ValueCodecs& codecs) {
  codecs[ValueType::kSortedSet] = {sorted_set_type_id, save_sorted_set};
  codecs.add_loaders({kSortedSetTextType, kSortedSetType}, load_members);
  codecs.add_loaders({kSortedSetZiplistType, kSortedSetListpackType}, load_pairs);
}

}  // namespace strata::rdb
