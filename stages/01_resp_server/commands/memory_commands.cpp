#include "01_resp_server/commands/families.h"

namespace strata::resp {

void install_memory_commands(Server&) {}

}  // namespace strata::resp
