#include "01_resp_server/commands/families.h"

namespace strata::resp {

void install_keyspace_debug(Server&) {}

}  // namespace strata::resp
