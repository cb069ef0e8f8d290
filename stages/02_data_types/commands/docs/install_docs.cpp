// Documentation of stage 2's commands.
#include "02_data_types/families.h"

namespace strata::db {

void install_data_type_docs(Server&) {}

}  // namespace strata::db
