// Active expiry: keys that nobody asks for expire too.
#include "02_data_types/families.h"

namespace strata::db {

void install_active_expiry(Server&) {}

}  // namespace strata::db
