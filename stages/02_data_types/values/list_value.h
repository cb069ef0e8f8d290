// Lists as values: an entry of type list points to a QuickList, whatever its size (Layout::kPointer).
//
// Who takes the last element out removes the key.
#pragma once

#include <cstdint>
#include <string_view>

#include "01_resp_server/db/entry.h"
#include "01_resp_server/db/types.h"
#include "02_data_types/encodings/quicklist.h"

namespace strata::db {

// How lists are laid out that are made from now on (quicklist.h).
struct ListLimits {
  int64_t max_listpack_size = 0;  // fill
  int64_t compress_depth = 0;
};

inline QuickList& list_of(Entry& entry) { return *entry.pointer<QuickList>(); }
inline const QuickList& list_of(const Entry& entry) { return *entry.pointer<QuickList>(); }

// The shape of a list without elements, to be added to a database under `key` and then filled.
Entry::Shape empty_list(std::string_view key, const ListLimits& limits);

TypeRow list_type();

// What LRANGE and LTRIM mean by two indexes, both inclusive, below zero counted from the end of `size` elements.
struct ListRange {
  size_t first = 0;
  size_t count = 0;

  static ListRange between(int64_t start, int64_t stop, size_t size);
};

}  // namespace strata::db
