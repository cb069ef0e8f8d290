// The stream of write commands: see write_stream.h.
#include "02_data_types/families.h"

namespace strata::db {

void install_write_stream(Server&) {}

}  // namespace strata::db
