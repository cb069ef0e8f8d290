// SORT and SORT_RO.
#include "02_data_types/families.h"

namespace strata::db {

void install_sort(Server&) {}

}  // namespace strata::db
