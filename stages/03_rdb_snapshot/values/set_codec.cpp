// Sets: an intset as it lies in memory, or the members one by one.
//
//   kSetIntsetType    intset
//   kSetType          members, string, ...
#include "02_data_types/encodings/element_slab.h"
#include "03_rdb_snapshot/values/packed.h"
#include "03_rdb_snapshot/values/value_codec.h"
#include "common/numbers.h"

namespace strata::rdb {

namespace {

using db::IntSet;
using db::MemberTable;
using db::SetValue;

constexpr size_t kLeastBytes = 1;  // of a member in a file

TypeId set_type_id(const Entry& entry) { return SetValue(entry).is_intset() ? kSetIntsetType : kSetType; }

// [task 3.3] Write a set as it lies in memory, or member by member.
void save_set(const Entry& entry, RdbWriter& out) {
  const SetValue set(entry);
  if (set.is_intset()) return out.string(set.intset().bytes());
  out.length(set.size());
  set.each([&](const db::Element& member) { out.string(member.text); });
}

void give(db::NewSet set, Entry::Shape* out) {
  const Entry::Shape made = set.release();
  out->type = made.type;
  out->layout = made.layout;
  out->pointer = made.pointer;
}

void give(std::unique_ptr<MemberTable> table, Entry::Shape* out) {
  out->type = ValueType::kSet;
  out->layout = db::Layout::kPointerB;
  out->pointer = table.release();
}

Loaded duplicate(RdbReader& in) {
  in.fail("a set with the same member twice");
  return Loaded::kBroken;
}

// One that is too large for an intset whatever its members are.
Loaded load_large(RdbReader& in, uint64_t members, Entry::Shape* out) {
  auto table = std::make_unique<MemberTable>();
  table->reserve(in.believable(members, kLeastBytes));
  for (; members > 0; members--) {
    std::string_view member;
    if (!in.string(&member)) return Loaded::kBroken;
    if (!table->add(member)) return duplicate(in);
  }
  give(std::move(table), out);
  return Loaded::kValue;
}

// [task 3.5] Read the members of a set, which becomes what this server would make of them.
Loaded load_members(RdbReader& in, TypeId, const LoadRules& rules, Entry::Shape* out) {
  uint64_t members = 0;
  if (!in.length(&members)) return Loaded::kBroken;
  if (members == 0) return Loaded::kEmpty;
  if (members > rules.sets.intset_entries()) return load_large(in, members, out);
  db::NewSet set;
  for (; members > 0; members--) {
    std::string_view member;
    if (!in.string(&member)) return Loaded::kBroken;
    if (!set->add(member, rules.sets)) return duplicate(in);
  }
  give(std::move(set), out);
  return Loaded::kValue;
}

// [task 3.5] Read an intset, unless it is none.
Loaded load_intset(RdbReader& in, TypeId, const LoadRules& rules, Entry::Shape* out) {
  std::string_view bytes;
  if (!in.string(&bytes)) return Loaded::kBroken;
  if (!IntSet::validate(as_bytes(bytes), true)) {
    in.fail("intset integrity check failed");
    return Loaded::kBroken;
  }
  IntSet set = IntSet::copy_of(as_bytes(bytes));
  if (set.size() <= rules.sets.intset_entries()) {
    out->type = ValueType::kSet;
    out->layout = db::Layout::kPointer;
    out->pointer = set.block();
    return Loaded::kValue;
  }
  auto table = std::make_unique<MemberTable>();
  table->reserve(set.size());
  for (size_t i = 0; i < set.size(); i++) {
    char digits[kInt64Chars];
    table->add({digits, format_int64(digits, set.at(i))});
  }
  set.destroy();
  give(std::move(table), out);
  return Loaded::kValue;
}

}  // namespace

void add_set_codec(ValueCodecs& codecs) {
  codecs[ValueType::kSet] = {set_type_id, save_set};
  codecs.add_loader(kSetType, load_members);
  codecs.add_loader(kSetIntsetType, load_intset);
}

}  // namespace strata::rdb
