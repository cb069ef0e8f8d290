// Sorted sets as values: members in order of their scores, in one of two encodings.
//
//   Layout::kPointer    a ScoredListpack    few members, all short
//   Layout::kPointerB   a RankedTable       beyond SortedSetLimits, and from then on
//
// A SortedSetValue is a handle on an entry of the keyspace, as cheap as a pointer; the entry's Ref stays valid whatever
// happens to the value. Whatever selects members (scores, members, ranks) becomes a stretch of Ranks first; reading,
// counting and removing work on those. Elements handed out are borrowed until the next change. Who takes the last
// member out removes the key. Not thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "01_resp_server/db/entry.h"
#include "01_resp_server/db/types.h"
#include "02_data_types/encodings/ranked_table.h"
#include "02_data_types/encodings/scored_listpack.h"
#include "02_data_types/values/element.h"
#include "02_data_types/values/sorted_set_ranges.h"

namespace strata::db {

// Up to where a sorted set is a listpack.
struct SortedSetLimits {
  int64_t max_listpack_entries = 0;  // members
  int64_t max_listpack_value = 0;    // bytes of a member
};

// Under which conditions ZADD stores a score.
struct AddRules {
  bool only_new = false;      // NX
  bool only_present = false;  // XX
  bool only_higher = false;   // GT: of a member that is there
  bool only_lower = false;    // LT
  bool increment = false;     // INCR: the score is added to the present one
};

enum class AddOutcome : uint8_t {
  kAdded,
  kUpdated,
  kUnchanged,   // it had this score already
  kRefused,     // by the rules
  kNotANumber,  // infinities of both signs were added up; nothing changed
};

class SortedSetValue {
 public:
  explicit SortedSetValue(Entry& entry) : entry_(&entry) {}
  // For those who only look.
  static SortedSetValue of(const Entry& entry) { return SortedSetValue(const_cast<Entry&>(entry)); }

  // The shape of a sorted set without members, to be added to a database under `key` and then filled.
  static Entry::Shape empty_shape(std::string_view key);

  // The shape of one with these members, as a listpack where the limits allow it.
  static Entry::Shape shape_of(std::unique_ptr<RankedTable> members, const SortedSetLimits& limits);
  std::unique_ptr<RankedTable> copy(Ranks ranks) const;

  void destroy();  // frees what the entry points to

  size_t size() const { return is_listpack() ? listpack().size() : table().size(); }
  std::optional<double> score(std::string_view member) const;
  std::optional<size_t> rank(std::string_view member) const;

  // `score`: the one to store or to add; afterwards the one the member has.
  AddOutcome add(std::string_view member, double* score, const AddRules& rules, const SortedSetLimits& limits);
  bool remove(std::string_view member);  // false when it was not there
  void remove(Ranks ranks);

  Ranks all() const { return {0, size()}; }
  Ranks in(const ScoreRange& range) const;
  Ranks in(const LexRange& range, bool backward = false) const;

  // visit(Element member, double score) for the ranks in order, or in reverse order. Nothing may change meanwhile.
  template <class Visit>
  void each(Ranks ranks, bool backward, Visit visit) const {
    each_while(ranks, backward, [&](const Element& member, double score) {
      visit(member, score);
      return true;
    });
  }
  // The same until visit returns false.
  template <class Visit>
  void each_while(Ranks ranks, bool backward, Visit visit) const {
    size_t n = ranks.size();
    if (n == 0) return;
    size_t start = backward ? ranks.end - 1 : ranks.begin;
    if (is_listpack()) {
      ScoredListpack pairs = listpack();
      for (auto at = pairs.at(start);; at = backward ? pairs.previous(at) : pairs.next(at)) {
        if (!visit(pairs.member(at), pairs.score(at)) || --n == 0) return;
      }
    }
    for (const SkipListNode* node = node_at(start);; node = backward ? node->previous() : node->next()) {
      if (!visit(Element::of(node->member()), node->score()) || --n == 0) return;
    }
  }
  // All members in steps: visits some (a listpack: all), returns the cursor to go on with, 0 at the end.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const {
    if (!is_listpack()) {
      return table().index().scan(cursor,
                                  [&](const SkipListNode* node) { visit(Element::of(node->member()), node->score()); });
    }
    each(all(), false, visit);
    return 0;
  }

  void convert_to_table();  // of a listpack: what a member that does not fit brings about
  bool is_listpack() const { return entry_->layout() == Layout::kPointer; }
  bool is_table() const { return !is_listpack(); }
  ScoredListpack listpack() const { return ScoredListpack(entry_->pointer<uint8_t>()); }
  RankedTable& table() const { return *entry_->pointer<RankedTable>(); }

 private:
  const SkipListNode* node_at(size_t rank) const;
  void store(const ScoredListpack& pairs) { entry_->set_pointer(pairs.block()); }

  Entry* entry_;
};

TypeRow sorted_set_type();

}  // namespace strata::db
