// The commands that wait, by type.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::db {

void install_list_waits(resp::Server& server);        // BLPOP BRPOP BLMOVE BRPOPLPUSH BLMPOP
void install_sorted_set_waits(resp::Server& server);  // BZPOPMIN BZPOPMAX BZMPOP

}  // namespace strata::db
