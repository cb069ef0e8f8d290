// At the end of a master: writes are held back until its replicas have everything, for shutdown-timeout at most.
#pragma once

#include "06_replication/families.h"

namespace strata::repl {

void install_last_wait(Server& server);

}  // namespace strata::repl
