// DEBUG PROTOCOL type: a value of each type of reply, for those who test the parsers of client libraries.
#pragma once

#include "01_resp_server/server/client.h"

namespace strata::resp {

void debug_protocol(Client& client, Args args);

}  // namespace strata::resp
