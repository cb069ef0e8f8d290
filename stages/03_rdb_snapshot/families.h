// The parts of stage 3: each function plugs in one folder or one family of commands.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::rdb {

using resp::Server;

void install_rdb_options(Server&);    // rdbcompression, rdbchecksum, ...
void install_value_codecs(Server&);   // how values of each type are written and read
void install_loading(Server&);        // the file is read at the start; -LOADING
void install_fork_child(Server&);     // children that work on the data of one moment
void install_save(Server&);           // save points, MISCONF, the last snapshot at shutdown
void install_save_commands(Server&);  // SAVE BGSAVE LASTSAVE
void document_save_commands(Server&);
void install_dump_commands(Server&);  // DUMP RESTORE
void install_function_dump(Server&);  // FUNCTION DUMP, FUNCTION RESTORE
void install_debug_reload(Server&);   // DEBUG RELOAD
void install_digest(Server&);         // DEBUG DIGEST, DIGEST-VALUE

}  // namespace strata::rdb
