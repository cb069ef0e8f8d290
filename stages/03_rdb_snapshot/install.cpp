#include "03_rdb_snapshot/install.h"

#include "03_rdb_snapshot/families.h"

namespace strata::rdb {

void install(resp::Server&) {}

}  // namespace strata::rdb
