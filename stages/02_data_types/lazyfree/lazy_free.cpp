// Freeing big values without stalling the loop.
#include "02_data_types/families.h"

namespace strata::db {

void install_lazy_free(Server&) {}

}  // namespace strata::db
