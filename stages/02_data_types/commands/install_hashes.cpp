// Hashes: the type's row, its options, its commands.
#include "02_data_types/families.h"

namespace strata::db {

void install_hashes(Server&) {}

}  // namespace strata::db
