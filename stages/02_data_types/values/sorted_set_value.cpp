#include "02_data_types/values/sorted_set_value.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "common/memory.h"

namespace strata::db {

namespace {

// What the rules make of a member that is there.
AddOutcome decide(const AddRules& rules, double present, double* score) {
  if (rules.only_new) return AddOutcome::kRefused;
  if (rules.increment) {
    *score += present;
    if (std::isnan(*score)) return AddOutcome::kNotANumber;
  }
  if ((rules.only_lower && *score >= present) || (rules.only_higher && *score <= present)) return AddOutcome::kRefused;
  return *score == present ? AddOutcome::kUnchanged : AddOutcome::kUpdated;
}

// The text of an element, for as long as this lives.
class Text {
 public:
  Text(const Element& element) : text_(element.as_text(digits_)) {}  // NOLINT(google-explicit-constructor)
  Text(const Text&) = delete;
  operator std::string_view() const { return text_; }  // NOLINT(google-explicit-constructor)

 private:
  Element::Digits digits_;
  std::string_view text_;
};

}  // namespace

Entry::Shape SortedSetValue::empty_shape(std::string_view key) {
  Entry::Shape shape;
  shape.key = key;
  shape.type = ValueType::kSortedSet;
  shape.layout = Layout::kPointer;
  shape.pointer = Listpack::create().block();
  return shape;
}

Entry::Shape SortedSetValue::shape_of(std::unique_ptr<RankedTable> members, const SortedSetLimits& limits) {
  const SkipList& order = members->order();
  bool small = order.size() <= static_cast<size_t>(limits.max_listpack_entries);
  auto longest = static_cast<size_t>(limits.max_listpack_value);
  for (auto* node = order.first(); small && node != nullptr; node = node->next()) {
    small = node->member().size() <= longest;
  }
  Entry::Shape shape;
  shape.type = ValueType::kSortedSet;
  if (small) {
    ScoredListpack pairs(Listpack::create().block());
    for (auto* node = order.first(); node != nullptr; node = node->next()) pairs.append(node->score(), node->member());
    shape.layout = Layout::kPointer;
    shape.pointer = pairs.block();
  } else {
    shape.layout = Layout::kPointerB;
    shape.pointer = members.release();
  }
  return shape;
}

// From the highest down: each member then belongs in front of all that are there.
std::unique_ptr<RankedTable> SortedSetValue::copy(Ranks ranks) const {
  auto members = std::make_unique<RankedTable>();
  each(ranks, true, [&](const Element& member, double score) { members->insert_first(score, Text(member)); });
  return members;
}

std::optional<double> SortedSetValue::score(std::string_view member) const {
  if (is_listpack()) {
    ScoredListpack pairs = listpack();
    auto at = pairs.find(member);
    if (at == ScoredListpack::kNone) return {};
    return pairs.score(at);
  }
  const SkipListNode* node = table().find(member);
  if (node == nullptr) return {};
  return node->score();
}

std::optional<size_t> SortedSetValue::rank(std::string_view member) const {
  if (is_listpack()) {
    ScoredListpack pairs = listpack();
    auto wanted = pairs.find(member);
    if (wanted == ScoredListpack::kNone) return {};
    return pairs.count_while([wanted](auto at) { return at != wanted; });
  }
  const SkipListNode* node = table().find(member);
  if (node == nullptr) return {};
  return table().order().rank_of(node);
}

// [task 2.4] Add a member or change its score, as the rules allow.
AddOutcome SortedSetValue::add(std::string_view member, double* score, const AddRules& rules,
                               const SortedSetLimits& limits) {
  if (is_listpack()) {
    ScoredListpack pairs = listpack();
    if (auto at = pairs.find(member); at != ScoredListpack::kNone) {
      AddOutcome outcome = decide(rules, pairs.score(at), score);
      if (outcome == AddOutcome::kUpdated) {
        pairs.erase(at);
        pairs.insert(*score, member);
        store(pairs);
      }
      return outcome;
    }
    if (rules.only_present) return AddOutcome::kRefused;
    if (pairs.size() < static_cast<size_t>(limits.max_listpack_entries) &&
        member.size() <= static_cast<size_t>(limits.max_listpack_value) &&
        pairs.pairs().total_bytes() + member.size() < Listpack::kMaxBytes) {
      pairs.insert(*score, member);
      store(pairs);
      return AddOutcome::kAdded;
    }
    convert_to_table();
  }
  Hash hash = hash_of(member);
  if (SkipListNode* node = table().find(member, hash)) {
    AddOutcome outcome = decide(rules, node->score(), score);
    if (outcome == AddOutcome::kUpdated) table().set_score(node, *score);
    return outcome;
  }
  if (rules.only_present) return AddOutcome::kRefused;
  table().insert(*score, member, hash);
  return AddOutcome::kAdded;
}

bool SortedSetValue::remove(std::string_view member) {
  if (!is_listpack()) return table().remove(member);
  ScoredListpack pairs = listpack();
  auto at = pairs.find(member);
  if (at == ScoredListpack::kNone) return false;
  pairs.erase(at);
  pairs.pairs().shrink_to_fit();
  store(pairs);
  return true;
}

void SortedSetValue::remove(Ranks ranks) {
  if (ranks.size() == 0) return;
  if (!is_listpack()) {
    table().remove(ranks.begin, ranks.size());
    return;
  }
  ScoredListpack pairs = listpack();
  pairs.erase(ranks.begin, ranks.size());
  pairs.pairs().shrink_to_fit();
  store(pairs);
}

// [task 2.6] Turn a range of scores into a stretch of ranks.
Ranks SortedSetValue::in(const ScoreRange& range) const {
  auto count_while = [this](auto before) {
    if (!is_listpack()) {
      return table().order().count_while([&](const SkipListNode& node) { return before(node.score()); });
    }
    ScoredListpack pairs = listpack();
    return pairs.count_while([&](auto at) { return before(pairs.score(at)); });
  };
  size_t begin = count_while([&](double score) { return range.is_before(score); });
  size_t end = count_while([&](double score) { return !range.is_behind(score); });
  return {begin, end};
}

// In a set whose scores differ, members are in no order, and what such a range means is left open. What Redis happens to
// make of it is kept: the stretch is looked for from the end at which the command starts.
Ranks SortedSetValue::in(const LexRange& range, bool backward) const {
  size_t n = size();
  if (n == 0 || range.is_empty()) return {};
  bool possible = true;
  each({0, 1}, false, [&](const Element& lowest, double) { possible = range.within_max(Text(lowest)); });
  each({n - 1, n}, false, [&](const Element& highest, double) { possible &= range.reaches_min(Text(highest)); });
  if (!possible) return {};
  if (!is_listpack()) {
    const SkipList& order = table().order();
    return {order.count_while([&](const SkipListNode& node) { return !range.reaches_min(node.member()); }),
            order.count_while([&](const SkipListNode& node) { return range.within_max(node.member()); })};
  }
  ScoredListpack pairs = listpack();
  auto reaches_near = [&](const Text& member) {
    return backward ? range.within_max(member) : range.reaches_min(member);
  };
  auto within_far = [&](const Text& member) { return backward ? range.reaches_min(member) : range.within_max(member); };
  auto further = [&](auto at) { return backward ? pairs.previous(at) : pairs.next(at); };
  size_t skipped = 0;
  size_t taken = 0;
  auto at = pairs.at(backward ? n - 1 : 0);
  for (; at != ScoredListpack::kNone && !reaches_near(pairs.member(at)); at = further(at)) skipped++;
  for (; at != ScoredListpack::kNone && within_far(pairs.member(at)); at = further(at)) taken++;
  return backward ? Ranks{n - skipped - taken, n - skipped} : Ranks{skipped, skipped + taken};
}

const SkipListNode* SortedSetValue::node_at(size_t rank) const {
  const SkipList& order = table().order();
  if (rank == 0) return order.first();
  return rank == order.size() - 1 ? order.last() : order.at(rank);
}

void SortedSetValue::convert_to_table() {
  RankedTable* table = copy(all()).release();
  listpack().pairs().destroy();
  entry_->set_pointer(Layout::kPointerB, table);
}

void SortedSetValue::destroy() {
  if (is_listpack()) {
    listpack().pairs().destroy();
  } else {
    delete &table();
  }
}

// --- the row of the type table ---

namespace {

Entry::Shape copy_sorted_set(const Entry& entry) {
  SortedSetValue value = SortedSetValue::of(entry);
  Entry::Shape shape;
  shape.layout = entry.layout();
  if (value.is_listpack()) {
    shape.pointer = value.listpack().pairs().clone().block();
  } else {
    shape.pointer = value.copy(value.all()).release();
  }
  return shape;
}

size_t sorted_set_bytes(const Entry& entry, size_t samples) {
  SortedSetValue value = SortedSetValue::of(entry);
  if (value.is_listpack()) return usable_size(value.listpack().block());
  const RankedTable& table = value.table();
  size_t looked_at = samples == 0 ? table.size() : std::min(samples, table.size());
  size_t bytes = 0;
  const SkipListNode* node = table.order().first();
  for (size_t i = 0; i < looked_at; i++, node = node->next()) bytes += SlabAllocator::rounded(node->block_bytes());
  if (looked_at > 0) bytes = bytes * table.size() / looked_at;
  return table.overhead_bytes() + bytes;
}

}  // namespace

TypeRow sorted_set_type() {
  return {
      .name = "zset",
      .free_value = [](Entry& entry) { SortedSetValue(entry).destroy(); },
      .copy_value = copy_sorted_set,
      .encoding_name = [](const Entry& entry) -> std::string_view {
        return SortedSetValue::of(entry).is_listpack() ? "listpack" : "skiplist";
      },
      .value_bytes = sorted_set_bytes,
      .prefetch_bucket =
          [](const Entry& entry, Hash member) {
            SortedSetValue set = SortedSetValue::of(entry);
            if (!set.is_listpack()) set.table().index().prefetch_bucket(member);
          },
      .prefetch_items =
          [](const Entry& entry, Hash member) {
            SortedSetValue set = SortedSetValue::of(entry);
            if (!set.is_listpack()) set.table().index().prefetch_items(member);
          },
  };
}

}  // namespace strata::db
