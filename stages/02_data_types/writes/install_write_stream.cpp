// The stream of write commands: see write_stream.h. The stages that keep copies of the data add the sinks.
#include "02_data_types/families.h"
#include "02_data_types/writes/write_stream.h"

namespace strata::db {

void install_write_stream(Server& server) { server.own<WriteStream>(server, server.get<Keyspace>()); }

}  // namespace strata::db
