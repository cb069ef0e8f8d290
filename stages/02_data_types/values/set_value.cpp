#include "02_data_types/values/set_value.h"

namespace strata::db {

namespace {

// What else an entry's set takes: see TypeRow::value_bytes.
size_t bytes_of_set(const Entry& entry, size_t samples) {
  SetValue set(entry);
  if (set.is_intset()) return set.intset().memory_bytes();
  size_t seen = 0;
  size_t bytes = 0;
  set.each_while([&](const Element& member) {
    bytes += SlabAllocator::rounded(member.text.size() + 1);
    return ++seen != samples;
  });
  return set.table().memory_bytes() + (seen == 0 ? 0 : bytes * set.size() / seen);
}

}  // namespace

void SetValue::become(Layout layout, void* pointer) {
  layout_ = layout;
  pointer_ = pointer;
  if (entry_ != nullptr) entry_->set_pointer(layout, pointer);
}

void SetValue::destroy() {
  if (is_intset()) {
    intset().destroy();
  } else {
    delete &table();
  }
}

// Every number becomes its text.
MemberTable& SetValue::become_table() {
  auto* table = new MemberTable();
  each([&](const Element& member) {
    Element::Digits digits;
    table->add(member.as_text(digits));
  });
  intset().destroy();
  become(Layout::kPointerB, table);
  return *table;
}

bool SetValue::contains(std::string_view member) const {
  if (!is_intset()) return table().contains(member);
  int64_t number;
  return parse_int64(member, &number) && intset().contains(number);
}

// [task 2.2] Add a number to an intset, which may become a table by that.
bool SetValue::add_number(int64_t number, const SetLimits& limits) {
  IntSet set = intset();
  if (!set.add(number)) return false;
  become(Layout::kPointer, set.block());
  if (set.size() > limits.intset_entries()) become_table();
  return true;
}

bool SetValue::add(std::string_view member, const SetLimits& limits) {
  if (!is_intset()) return table().add(member);
  int64_t number;
  if (parse_int64(member, &number)) return add_number(number, limits);
  return become_table().add(member);
}

bool SetValue::add(const Element& member, const SetLimits& limits) {
  if (member.is_number && is_intset()) return add_number(member.number, limits);
  Element::Digits digits;
  return add(member.as_text(digits), limits);
}

bool SetValue::remove_number(int64_t number) {
  IntSet set = intset();
  if (!set.remove(number)) return false;
  become(Layout::kPointer, set.block());
  return true;
}

bool SetValue::remove(std::string_view member) {
  if (!is_intset()) return table().remove(member);
  int64_t number;
  return parse_int64(member, &number) && remove_number(number);
}

bool SetValue::remove(const Element& member) {
  if (member.is_number && is_intset()) return remove_number(member.number);
  Element::Digits digits;
  return remove(member.as_text(digits));
}

NewSet NewSet::for_member(std::string_view first) {
  int64_t number;
  if (parse_int64(first, &number)) return {};
  return {Layout::kPointerB, new MemberTable()};
}

NewSet NewSet::copy_of(const SetValue& set) {
  if (set.is_intset()) return {Layout::kPointer, set.intset().clone().block()};
  auto* table = new MemberTable();
  set.table().copy_to(*table);
  return {Layout::kPointerB, table};
}

void NewSet::replace(SetValue& other) {
  other.destroy();
  other.become(set_.layout_, std::exchange(set_.pointer_, nullptr));
}

TypeRow set_type() {
  return {.name = "set",
          .free_value = [](Entry& entry) { SetValue(entry).destroy(); },
          .copy_value = [](const Entry& entry) { return NewSet::copy_of(SetValue(entry)).release(); },
          .encoding_name = [](const Entry& entry) -> std::string_view {
            return SetValue(entry).is_intset() ? "intset" : "hashtable";
          },
          .value_bytes = bytes_of_set,
          .prefetch_bucket =
              [](const Entry& entry, Hash member) {
                SetValue set(entry);
                if (!set.is_intset()) set.table().prefetch_bucket(member);
              },
          .prefetch_items =
              [](const Entry& entry, Hash member) {
                SetValue set(entry);
                if (!set.is_intset()) set.table().prefetch_items(member);
              }};
}

}  // namespace strata::db
