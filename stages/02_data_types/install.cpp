#include "02_data_types/install.h"

#include "01_resp_server/db/keyspace.h"
#include "02_data_types/encodings/element_slab.h"
#include "02_data_types/families.h"

namespace strata::db {

void install(resp::Server& server) {
  install_lazy_free(server);     // UNLINK, lazyfree-*: big values are freed by a thread
  install_write_stream(server);  // what other copies of the data replay
  install_notifications(server);

  server.get<Keyspace>().large_values = elements_exceed_cache;
  install_lists(server);
  install_hashes(server);
  install_sets(server);
  install_sorted_sets(server);
  install_bits(server);
  install_hyperloglog(server);
  install_geo(server);
  install_sort(server);

  install_transactions(server);   // MULTI EXEC WATCH
  install_blocking(server);       // BLPOP and its kin wait here
  install_active_expiry(server);  // keys that nobody asks for expire too
  install_eviction(server);       // maxmemory
  install_scripting(server);      // EVAL SCRIPT FCALL FUNCTION

  install_data_type_docs(server);
}

}  // namespace strata::db
