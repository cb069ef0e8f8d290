// The list commands, one function for each file of them.
#pragma once

#include "01_resp_server/commands/support.h"
#include "02_data_types/values/list_value.h"

namespace strata::db {

void install_list_readers(resp::Server&);  // list_read_commands.cpp: LLEN LINDEX LRANGE LPOS
void install_list_writers(resp::Server&);  // list_push_commands.cpp: LPUSH RPUSH LPUSHX RPUSHX, LSET LINSERT LREM LTRIM
void install_list_movers(resp::Server&);   // list_pop_commands.cpp: LPOP RPOP LMPOP, LMOVE RPOPLPUSH
void install_list_debug(resp::Server&);    // list_debug.cpp: DEBUG LISTPACK QUICKLIST ...

// Tells that a command has removed `n` elements from the list at `ref`, and removes the key when none are left.
void tell_removed(resp::Client& client, std::string_view key, Ref ref, std::string_view event, size_t n);

}  // namespace strata::db
