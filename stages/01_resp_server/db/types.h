// The type table: what the keyspace must know of a value's type to free it, copy it, show it. One row per type, filled in
// by the stage that brings the type. Later stages that add an operation (save, load, emit as commands) keep a table of
// their own, indexed by ValueType in the same way.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "01_resp_server/db/entry.h"
#include "01_resp_server/db/hash.h"

namespace strata::db {

struct TypeRow {
  std::string_view name;                 // as TYPE answers
  void (*free_value)(Entry&) = nullptr;  // what the entry points to; never called without a pointer
  // A shape with a deep copy of the value, for COPY. Key, expiry and clock are filled in by the caller.
  Entry::Shape (*copy_value)(const Entry&) = nullptr;
  std::string_view (*encoding_name)(const Entry&) = nullptr;  // as OBJECT ENCODING answers
  // Bytes outside the entry's own block. `samples`: elements to look at, 0 means all (MEMORY USAGE).
  size_t (*value_bytes)(const Entry&, size_t samples) = nullptr;
  // What DEBUG OBJECT tells besides what all types have: "name:value name:value".
  std::string (*debug_fields)(const Entry&) = nullptr;
  // Brings into the cache what a lookup of a member with this hash will need: first its bucket, then, when that has
  // had time to arrive, the items in it. Null: lookups are cheap.
  void (*prefetch_bucket)(const Entry&, Hash member) = nullptr;
  void (*prefetch_items)(const Entry&, Hash member) = nullptr;
};

class TypeTable {
 public:
  TypeRow& operator[](ValueType type) { return rows_[static_cast<size_t>(type)]; }
  const TypeRow& operator[](ValueType type) const { return rows_[static_cast<size_t>(type)]; }
  const TypeRow& of(const Entry& entry) const { return (*this)[entry.type()]; }
  // The type with this name (any case), or null: SCAN's TYPE option.
  const TypeRow* by_name(std::string_view name) const;

 private:
  std::array<TypeRow, 8> rows_{};
};

}  // namespace strata::db
