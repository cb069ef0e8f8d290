// The table of a large hash: field -> value.
//
// A field and its value are one block, the same that the keyspace makes of a key and its string (entry.h; clock and
// expiry are not used):
//
//   [type, layout | clock | field length][field][value: a number in 1 to 8 bytes | length, bytes | pointer]
//
// so a number takes as many bytes as it needs, a value of up to 192 bytes stands behind its field, and a larger one has
// a block of its own: replacing it leaves the field where it is. Blocks and overflow buckets come from element_slab().
// An Entry& handed out is borrowed until the next change. Not thread safe.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "01_resp_server/db/database.h"
#include "01_resp_server/db/entry.h"
#include "02_data_types/encodings/element_slab.h"
#include "02_data_types/values/element.h"

namespace strata::db {

class FieldTable {
 public:
  FieldTable() : fields_(element_slab()) {}
  ~FieldTable() {
    dismantle([](void* block, size_t bytes) { element_slab().free(block, bytes); });
  }
  FieldTable(const FieldTable&) = delete;
  FieldTable& operator=(const FieldTable&) = delete;
  std::unique_ptr<FieldTable> clone() const;

  size_t size() const { return fields_.size(); }
  const Entry* find(std::string_view field) const;

  void reserve(size_t fields) { fields_.reserve(fields); }  // before the first one
  // Sets a field; true when it is new. `adopt` may hand over the value's own block.
  bool set(std::string_view field, std::string_view value, resp::BigBulk adopt = nullptr);
  // Adds a field that is not there yet.
  void add(std::string_view field, const Element& value);
  bool erase(std::string_view field);  // false when there was none

  // Lookups whose memory is not in the cache overlap when these are called for all of them first, one after the other.
  void prefetch_bucket(Hash field) const { fields_.prefetch_bucket(field); }
  void prefetch_items(Hash field) const { fields_.prefetch_items(field); }

  // visit(const Entry&), every field once. Nothing may change meanwhile.
  template <class Visit>
  void each(Visit visit) const {
    fields_.each([&](const Entry* field) { visit(*field); });
  }
  // The same for a part: returns the cursor to go on with, 0 at the end (see Table::scan).
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const {
    return fields_.scan(cursor, [&](const Entry* field) { visit(*field); });
  }
  const Entry& random(Random& random) const { return *fields_.random(random); }  // of a table that is not empty

  // All memory, from a sample of the fields' sizes; `samples` 0: all of them are looked at.
  size_t memory_bytes(size_t samples) const;

  // Frees everything; blocks of the slab are given to release(block, bytes). Touches nothing that is shared, so that a
  // background thread may do it.
  template <class Release>
  void dismantle(Release release) {
    fields_.each([&](Entry* field) {
      free_big(*field);
      release(field, field->block_bytes());
    });
    fields_.clear(release);
  }

 private:
  static void free_big(Entry& field) {
    if (field.is_pointer()) std::free(field.pointer<RawString>());
  }

  EntryTable fields_;
};

// The value of a field.
Element element_of(const Entry& field);

}  // namespace strata::db
