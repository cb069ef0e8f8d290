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

}  // namespace strata::db
