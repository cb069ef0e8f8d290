// Eviction: what goes when memory passes maxmemory.
#include "02_data_types/families.h"

namespace strata::db {

void install_eviction(Server&) {}

}  // namespace strata::db
