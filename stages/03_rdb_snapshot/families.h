// The parts of stage 3: each function plugs in one folder or one family of commands.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::rdb {

using resp::Server;

}  // namespace strata::rdb
