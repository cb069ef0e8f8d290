// The string family: what is in which file.
#include "01_resp_server/commands/families.h"

namespace strata::resp {

void install_set_commands(Server&);      // set_commands.cpp: SET SETNX SETEX PSETEX GETSET MSET MSETNX
void install_get_commands(Server&);      // get_commands.cpp: GET MGET GETDEL GETEX STRLEN GETRANGE SUBSTR, LCS
void install_counter_commands(Server&);  // counter_commands.cpp: INCR DECR INCRBY DECRBY INCRBYFLOAT APPEND SETRANGE

void install_string_commands(Server& server) {
  install_set_commands(server);
  install_get_commands(server);
  install_counter_commands(server);
}

}  // namespace strata::resp
