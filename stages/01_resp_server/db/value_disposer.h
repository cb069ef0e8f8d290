// Who frees values: normally the database itself, at once. A disposer may take over those that would take long.
#pragma once

#include <cstdint>
#include <memory>

#include "01_resp_server/db/entry.h"

namespace strata::db {

struct DatabaseStorage;

// Why a value goes.
enum class Removal : uint8_t {
  kReplaced,  // a command stores something else under the key, or removes it along the way
  kDeleted,   // DEL
  kUnlinked,  // UNLINK
  kExpired,
  kEvicted,
  kFlushed,  // FLUSHDB, FLUSHALL without SYNC or ASYNC
};

class ValueDisposer {
 public:
  // Should values that go for this reason be freed later?
  virtual bool lazily(Removal why) const = 0;
  // Offers the value of an entry that is going. True: the disposer owns what the entry points to from now on.
  virtual bool take(const Entry& entry) = 0;
  virtual void take_all(std::unique_ptr<DatabaseStorage> storage) = 0;

 protected:
  ~ValueDisposer() = default;
};

}  // namespace strata::db
