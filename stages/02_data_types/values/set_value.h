// A set as commands see it, whatever its encoding.
//
//   Layout::kPointer    IntSet's block     numbers only, at most set-max-intset-entries of them    "intset"
//   Layout::kPointerB   MemberTable        everything else                                         "hashtable"
//
// A set starts as an intset and becomes a table when a member is added that an intset cannot hold; never back. A
// SetValue is a light handle: copied freely, valid as long as the set is changed through no other one. An emptied set
// stays in its entry until the command removes the key.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "01_resp_server/db/entry.h"
#include "01_resp_server/db/types.h"
#include "02_data_types/encodings/intset.h"
#include "02_data_types/encodings/member_table.h"
#include "02_data_types/values/element.h"

namespace strata::db {

struct SetLimits {
  int64_t max_intset_entries = 512;  // set-max-intset-entries

  // An intset's every change moves its numbers: there is a limit to that, whatever the configuration says.
  size_t intset_entries() const { return static_cast<size_t>(std::min<int64_t>(max_intset_entries, 1 << 30)); }
};

class SetValue {
 public:
  explicit SetValue(Entry& entry) : entry_(&entry), layout_(entry.layout()), pointer_(entry.pointer<void>()) {}
  explicit SetValue(const Entry& entry) : layout_(entry.layout()), pointer_(entry.pointer<void>()) {}  // to read only

  bool is_intset() const { return layout_ == Layout::kPointer; }
  bool is_table() const { return !is_intset(); }
  IntSet intset() const { return IntSet(static_cast<uint8_t*>(pointer_)); }
  MemberTable& table() const { return *static_cast<MemberTable*>(pointer_); }

  size_t size() const { return is_intset() ? intset().size() : table().size(); }
  bool empty() const { return size() == 0; }
  bool contains(std::string_view member) const;

  // Both: true when that changed the set. `member` may be the set's own only when removing.
  bool add(std::string_view member, const SetLimits& limits);
  bool add(const Element& member, const SetLimits& limits);
  bool remove(std::string_view member);
  bool remove(const Element& member);
  void destroy();  // frees the set; its entry must go, or get another value

  // --- visiting: visit(Element), which must not change the set ---
  template <class Visit>
  void each(Visit visit) const {
    if (is_intset()) {
      IntSet set = intset();
      for (size_t i = 0; i < set.size(); i++) visit(Element::of(set.at(i)));
    } else {
      table().each([&](const Member* member) { visit(Element::of(member->text())); });
    }
  }
  // The same for a visit that returns false when it has seen enough (a table's bucket is still seen to its end). Slower
  // than each() for a whole table.
  template <class Visit>
  void each_while(Visit visit) const {
    bool more = true;
    if (is_intset()) {
      IntSet set = intset();
      for (size_t i = 0; i < set.size() && more; i++) more = visit(Element::of(set.at(i)));
      return;
    }
    uint64_t cursor = 0;
    do {
      cursor = table().scan(cursor, [&](const Member* member) { more = more && visit(Element::of(member->text())); });
    } while (more && cursor != 0);
  }
  // A part of the set from `cursor` on; the next cursor, 0 at the end. An intset is visited as a whole.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const {
    if (!is_intset()) {
      return table().scan(cursor, [&](const Member* member) { visit(Element::of(member->text())); });
    }
    each(visit);
    return 0;
  }

  // --- chance ---
  Element random(Random& random) const { return element_of(draw(random)); }  // of a set that is not empty
  // Splits the set: visit(Element, bool chosen) for each member, `count` of them chosen, every choice equally likely.
  // (D. Knuth, The Art of Computer Programming, volume 2, 3.4.2, algorithm S.)
  template <class Visit>
  void split(size_t count, Random& random, Visit visit) const {
    size_t left = size();
    each([&](const Element& member) {
      bool chosen = random.below(left--) < count;
      count -= chosen ? 1 : 0;
      visit(member, chosen);
    });
  }
  // Visits `count` different members (at most all), every choice equally likely. O(count) where the set is much larger.
  template <class Visit>
  void sample(size_t count, Random& random, Visit visit) const {
    constexpr size_t kMuch = 3;  // drawing anew what was drawn before is cheaper than passing over the whole set
    if (count * kMuch > size()) {
      split(count, random, [&](const Element& member, bool chosen) {
        if (chosen) visit(member);
      });
      return;
    }
    std::unordered_set<uint64_t> drawn;
    while (drawn.size() < count) {
      auto [id, fresh] = drawn.insert(draw(random));
      if (fresh) visit(element_of(*id));
    }
  }

 private:
  friend class NewSet;
  SetValue(Layout layout, void* pointer) : layout_(layout), pointer_(pointer) {}

  // A member by a number: its index in an intset, its address in a table.
  uint64_t draw(Random& random) const {
    return is_intset() ? random.below(size()) : reinterpret_cast<uint64_t>(table().random(random));
  }
  Element element_of(uint64_t id) const {
    if (is_intset()) return Element::of(intset().at(id));
    return Element::of(reinterpret_cast<const Member*>(id)->text());
  }

  bool add_number(int64_t number, const SetLimits& limits);
  bool remove_number(int64_t number);
  void become(Layout layout, void* pointer);
  MemberTable& become_table();

  Entry* entry_ = nullptr;  // follows every change of the pointer
  Layout layout_;
  void* pointer_;
};

// A set that belongs to no key yet: the result of a command. Frees what nobody took.
class NewSet {
 public:
  NewSet() : NewSet(Layout::kPointer, IntSet::create().block()) {}
  // With the encoding that its first member asks for; the member is not added.
  static NewSet for_member(std::string_view first);
  static NewSet copy_of(const SetValue& set);
  NewSet(NewSet&& other) noexcept : set_(other.set_) { other.set_.pointer_ = nullptr; }
  NewSet(const NewSet&) = delete;
  NewSet& operator=(const NewSet&) = delete;
  ~NewSet() {
    if (set_.pointer_ != nullptr) set_.destroy();
  }

  SetValue& operator*() { return set_; }
  SetValue* operator->() { return &set_; }

  // For a key, or an entry's new value: whoever has the shape owns the set.
  Entry::Shape release(std::string_view key = {}) {
    Entry::Shape shape{.key = key, .type = ValueType::kSet, .layout = set_.layout_};
    shape.pointer = std::exchange(set_.pointer_, nullptr);
    return shape;
  }
  // Puts this set in the place of the other one's, whose members are freed.
  void replace(SetValue& other);

 private:
  NewSet(Layout layout, void* pointer) : set_(layout, pointer) {}

  SetValue set_;
};

TypeRow set_type();

}  // namespace strata::db
