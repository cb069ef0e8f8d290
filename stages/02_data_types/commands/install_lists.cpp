// Lists: the type's row, its options, its commands.
#include "02_data_types/families.h"

namespace strata::db {

void install_lists(Server&) {}

}  // namespace strata::db
