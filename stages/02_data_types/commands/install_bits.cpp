// Bit commands: strings as arrays of bits.
#include "02_data_types/families.h"

namespace strata::db {

void install_bits(Server&) {}

}  // namespace strata::db
