// Geo commands: sorted sets whose scores are places.
#include "02_data_types/families.h"

namespace strata::db {

void install_geo(Server&) {}

}  // namespace strata::db
