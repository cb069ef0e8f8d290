// Options of redis-server that this stage accepts and checks but does not act upon.
#pragma once

namespace strata::resp {

class Server;

void install_inert_options(Server& server);

// Those whose values are more than one number or word (inert_special_options.cpp); part of the above.
void install_inert_special_options(Server& server);

}  // namespace strata::resp
