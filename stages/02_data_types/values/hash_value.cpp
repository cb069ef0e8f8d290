#include "02_data_types/values/hash_value.h"

#include "common/memory.h"

namespace strata::db {

Entry::Shape HashValue::empty_shape(std::string_view key) {
  Entry::Shape shape;
  shape.key = key;
  shape.type = ValueType::kHash;
  shape.layout = Layout::kPointer;
  shape.pointer = Listpack::create().block();
  return shape;
}

std::optional<Element> HashValue::get(std::string_view field) const {
  if (is_listpack()) {
    Listpack fields = listpack();
    auto at = find(fields, field);
    if (at == Listpack::kNone) return {};
    return fields.get(fields.next(at));
  }
  const Entry* found = table().find(field);
  if (found == nullptr) return {};
  return element_of(*found);
}

// [task 2.1] Set a field in a listpack or a table, converting where a limit is passed.
bool HashValue::set(std::string_view field, std::string_view value, const HashLimits& limits, resp::BigBulk adopt) {
  if (is_listpack()) {
    auto longest = static_cast<size_t>(limits.max_listpack_value);
    bool fits = field.size() <= longest && value.size() <= longest &&
                listpack().total_bytes() + field.size() + value.size() < Listpack::kMaxBytes;
    if (!fits) convert_to_table();
  }
  if (!is_listpack()) return table().set(field, value, std::move(adopt));

  Listpack fields = listpack();
  auto at = find(fields, field);
  bool is_new = at == Listpack::kNone;
  if (is_new) {
    fields.append(field);
    fields.append(value);
  } else {
    fields.replace(fields.next(at), value);
  }
  entry_->set_pointer(fields.block());
  if (fields.count() / 2 > static_cast<size_t>(limits.max_listpack_entries)) convert_to_table();
  return is_new;
}

bool HashValue::erase(std::string_view field) {
  if (!is_listpack()) return table().erase(field);
  Listpack fields = listpack();
  auto at = find(fields, field);
  if (at == Listpack::kNone) return false;
  fields.erase(at, 2);
  fields.shrink_to_fit();
  entry_->set_pointer(fields.block());
  return true;
}

HashField HashValue::random(Random& random) const {
  if (!is_listpack()) return field_of(table().random(random));
  Listpack fields = listpack();
  auto at = fields.at(static_cast<int64_t>(random.below(size()) * 2));
  return {fields.get(at), fields.get(fields.next(at))};
}

// [task 2.1] Move all fields into a table of their own.
void HashValue::convert_to_table() {
  auto* table = new FieldTable();
  each([table](const HashField& field) {
    Element::Digits digits;
    table->add(field.name.as_text(digits), field.value);
  });
  listpack().destroy();
  entry_->set_pointer(Layout::kPointerB, table);
}

void HashValue::destroy() {
  if (is_listpack()) {
    listpack().destroy();
  } else {
    delete &table();
  }
}

TypeRow hash_type() {
  return {
      .name = "hash",
      .free_value = [](Entry& entry) { HashValue(entry).destroy(); },
      .copy_value =
          [](const Entry& entry) {
            HashValue hash = HashValue::of(entry);
            Entry::Shape shape;
            shape.layout = entry.layout();
            shape.pointer = hash.is_listpack() ? static_cast<void*>(hash.listpack().clone().block())
                                               : static_cast<void*>(hash.table().clone().release());
            return shape;
          },
      .encoding_name = [](const Entry& entry) -> std::string_view {
        return HashValue::of(entry).is_listpack() ? "listpack" : "hashtable";
      },
      .value_bytes = [](const Entry& entry, size_t samples) -> size_t {
        HashValue hash = HashValue::of(entry);
        return hash.is_listpack() ? usable_size(hash.listpack().block()) : hash.table().memory_bytes(samples);
      },
      .prefetch_bucket =
          [](const Entry& entry, Hash field) {
            HashValue hash = HashValue::of(entry);
            if (!hash.is_listpack()) hash.table().prefetch_bucket(field);
          },
      .prefetch_items =
          [](const Entry& entry, Hash field) {
            HashValue hash = HashValue::of(entry);
            if (!hash.is_listpack()) hash.table().prefetch_items(field);
          },
  };
}

}  // namespace strata::db
