// Keyspace notifications.
#include "02_data_types/families.h"

namespace strata::db {

void install_notifications(Server&) {}

}  // namespace strata::db
