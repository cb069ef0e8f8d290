#include "02_data_types/encodings/field_table.h"

#include "01_resp_server/db/string_value.h"
#include "common/memory.h"

namespace strata::db {

Element element_of(const Entry& field) {
  if (field.is_integer()) return Element::of(field.number());
  return Element::of(string_bytes(field, nullptr));
}

namespace {

Entry::Shape shape_of(std::string_view field, std::string_view value, resp::BigBulk adopt = nullptr) {
  Entry::Shape shape;
  shape.key = field;
  shape_string(shape, value, std::move(adopt));
  return shape;
}

}  // namespace

const Entry* FieldTable::find(std::string_view field) const {
  auto at = fields_.find(field, hash_of(field));
  return at ? at.item() : nullptr;
}

// [task 2.1] Set a field of a large hash, in its old block where that is possible.
bool FieldTable::set(std::string_view field, std::string_view value, resp::BigBulk adopt) {
  Entry::Shape shape = shape_of(field, value, std::move(adopt));
  Hash hash = hash_of(field);
  auto at = fields_.find(field, hash);
  if (!at) {
    fields_.insert(Entry::create(element_slab(), shape), hash);
    return true;
  }
  Entry& old = *at.item();
  if (old.overwrite(shape)) return false;
  free_big(old);
  if (old.layout() == shape.layout && old.is_pointer()) {
    old.set_pointer(shape.pointer);
    return false;
  }
  shape.key = old.key();
  at.replace(Entry::create(element_slab(), shape));
  old.destroy(element_slab());
  return false;
}

void FieldTable::add(std::string_view field, const Element& value) {
  Element::Digits digits;
  fields_.insert(Entry::create(element_slab(), shape_of(field, value.as_text(digits))), hash_of(field));
}

bool FieldTable::erase(std::string_view field) {
  Hash hash = hash_of(field);
  auto at = fields_.find(field, hash);
  if (!at) return false;
  Entry* gone = fields_.remove(at, hash);
  free_big(*gone);
  gone->destroy(element_slab());
  return true;
}

std::unique_ptr<FieldTable> FieldTable::clone() const {
  auto copy = std::make_unique<FieldTable>();
  each([&](const Entry& field) { copy->add(field.key(), element_of(field)); });
  return copy;
}

size_t FieldTable::memory_bytes(size_t samples) const {
  if (samples == 0 || samples > size()) samples = size();
  size_t bytes = 0;
  size_t seen = 0;
  auto measure = [&](const Entry& field) {
    if (seen == samples) return;
    seen++;
    bytes += SlabAllocator::rounded(field.block_bytes());
    if (field.is_pointer()) bytes += usable_size(field.pointer<RawString>());
  };
  for (uint64_t cursor = 0; seen < samples;) {
    cursor = scan(cursor, measure);
    if (cursor == 0) break;
  }
  if (seen > 0)
    bytes = static_cast<size_t>(static_cast<double>(bytes) / static_cast<double>(seen) * static_cast<double>(size()));
  return sizeof(FieldTable) + fields_.memory_bytes() + bytes;
}

}  // namespace strata::db
