#include "01_resp_server/commands/families.h"

namespace strata::resp {

void install_debug_commands(Server&) {}

}  // namespace strata::resp
