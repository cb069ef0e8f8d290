#include "01_resp_server/commands/families.h"

namespace strata::resp {

void install_latency(Server&) {}

}  // namespace strata::resp
