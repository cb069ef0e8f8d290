// MULTI EXEC DISCARD WATCH UNWATCH.
#include "02_data_types/families.h"

namespace strata::db {

void install_transactions(Server&) {}

}  // namespace strata::db
