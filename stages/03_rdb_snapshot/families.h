// The parts of stage 3: each function plugs in one folder or one family of commands.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::rdb {

using resp::Server;

void install_rdb_options(Server&);  // rdbcompression, rdbchecksum, ...
void install_digest(Server&);       // DEBUG DIGEST, DIGEST-VALUE

}  // namespace strata::rdb
