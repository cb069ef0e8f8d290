#include "01_resp_server/commands/families.h"

namespace strata::resp {

void install_slowlog(Server&) {}

}  // namespace strata::resp
