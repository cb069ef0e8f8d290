// Clients that wait for a key.
#include "02_data_types/families.h"

namespace strata::db {

void install_blocking(Server&) {}

}  // namespace strata::db
