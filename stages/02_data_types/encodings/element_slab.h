// Where the members, fields and nodes of large collections live: one slab allocator for all collections of all
// databases, so that a value can change its database (MOVE, SWAPDB) without its elements being copied.
//
// The main thread's. A thread that takes a dead collection apart hands the blocks back (see lazyfree/lazy_free.h).
#pragma once

#include "01_resp_server/db/slab.h"

namespace strata::db {

inline SlabAllocator& element_slab() {
  static SlabAllocator slab;
  return slab;
}

// Are large collections more than fits into a core's own cache (2 MB)? Lookups in them are then worth a look ahead.
inline bool elements_exceed_cache() {
  constexpr size_t kCachedPages = 32;
  return element_slab().pages() > kCachedPages;
}

}  // namespace strata::db
