// Hashes as values: fields with their values, in one of two encodings.
//
//   Layout::kPointer    a listpack: field, value, field, value, ...    few fields, all short
//   Layout::kPointerB   a FieldTable                                   beyond HashLimits, and from then on
//
// A HashValue is a handle on an entry of the keyspace, as cheap as a pointer; the entry's Ref stays valid whatever
// happens to the value. Elements handed out are borrowed until the next change. Who takes the last field out removes
// the key. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "01_resp_server/db/entry.h"
#include "01_resp_server/db/types.h"
#include "02_data_types/encodings/field_table.h"
#include "02_data_types/encodings/listpack.h"
#include "02_data_types/values/element.h"

namespace strata::db {

// Up to where a hash is a listpack.
struct HashLimits {
  int64_t max_listpack_entries = 0;  // fields
  int64_t max_listpack_value = 0;    // bytes of a field or a value
};

struct HashField {
  Element name;
  Element value;
};

class HashValue {
 public:
  explicit HashValue(Entry& entry) : entry_(&entry) {}
  static HashValue of(const Entry& entry) { return HashValue(const_cast<Entry&>(entry)); }  // for those who only look

  // The shape of a hash without fields, to be added to a database under `key` and then filled.
  static Entry::Shape empty_shape(std::string_view key);

  size_t size() const { return is_listpack() ? listpack().count() / 2 : table().size(); }
  std::optional<Element> get(std::string_view field) const;

  // Sets a field; true when it is new. `adopt` may hand over the value's own block.
  bool set(std::string_view field, std::string_view value, const HashLimits& limits, resp::BigBulk adopt = nullptr);
  bool erase(std::string_view field);  // false when there was none

  // visit(HashField), every field once; a listpack's in the order in which they were set. Nothing may change meanwhile.
  template <class Visit>
  void each(Visit visit) const {
    if (!is_listpack()) {
      table().each([&](const Entry& field) { visit(field_of(field)); });
      return;
    }
    Listpack fields = listpack();
    for (auto at = fields.first(); at != Listpack::kNone;) {
      auto value_at = fields.next(at);
      visit(HashField{fields.get(at), fields.get(value_at)});
      at = fields.next(value_at);
    }
  }
  // The same for a part: returns the cursor to go on with, 0 at the end. A listpack is visited whole.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const {
    if (!is_listpack()) return table().scan(cursor, [&](const Entry& field) { visit(field_of(field)); });
    each(visit);
    return 0;
  }
  HashField random(Random& random) const;  // each with the same probability; not of an empty hash

  // Frees everything: the entry is about to go.
  void destroy();

  bool is_listpack() const { return entry_->layout() == Layout::kPointer; }
  bool is_table() const { return !is_listpack(); }
  Listpack listpack() const { return Listpack(entry_->pointer<uint8_t>()); }
  FieldTable& table() const { return *entry_->pointer<FieldTable>(); }

 private:
  static HashField field_of(const Entry& field) { return {Element::of(field.key()), element_of(field)}; }
  Listpack::Position find(Listpack fields, std::string_view field) const {
    return fields.find(fields.first(), field, 1);
  }
  void convert_to_table();

  Entry* entry_;
};

TypeRow hash_type();

}  // namespace strata::db
