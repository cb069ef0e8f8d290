// The parts of stage 2: each function plugs in one folder or one family of commands.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::db {

using resp::Server;

// --- types: a row of the type table, options, commands ---
void install_lists(Server&);        // LPUSH LRANGE LMOVE ...
void install_hashes(Server&);       // HSET HGETALL HSCAN ...
void install_sets(Server&);         // SADD SINTERSTORE SPOP ...
void install_sorted_sets(Server&);  // ZADD ZRANGE ZUNIONSTORE ...
void install_bits(Server&);         // SETBIT BITOP BITFIELD ...
void install_hyperloglog(Server&);  // PFADD PFCOUNT PFMERGE
void install_geo(Server&);          // GEOADD GEOSEARCH ...
void install_sort(Server&);         // SORT SORT_RO

// --- what happens to keys ---
void install_write_stream(Server&);   // write commands as every other copy of the data replays them
void install_notifications(Server&);  // notify-keyspace-events
void install_transactions(Server&);   // MULTI EXEC DISCARD WATCH UNWATCH
void install_blocking(Server&);       // clients that wait for a key
void install_active_expiry(Server&);  // keys that nobody asks for expire too
void install_eviction(Server&);       // maxmemory
void install_lazy_free(Server&);      // big values are freed by a thread
void install_scripting(Server&);      // EVAL SCRIPT FCALL FUNCTION

void install_data_type_docs(Server&);  // what COMMAND DOCS tells of all these

}  // namespace strata::db
