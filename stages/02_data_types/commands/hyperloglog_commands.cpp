// PFADD PFCOUNT PFMERGE.
#include "02_data_types/families.h"

namespace strata::db {

void install_hyperloglog(Server&) {}

}  // namespace strata::db
