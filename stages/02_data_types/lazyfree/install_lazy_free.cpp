// Lazy freeing: its options, its figures in INFO, its place in the keyspace.
#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/info_sections.h"
#include "01_resp_server/server/server.h"
#include "02_data_types/families.h"
#include "02_data_types/lazyfree/lazy_free.h"

namespace strata::db {

void install_lazy_free(Server& server) {
  auto& keyspace = server.get<Keyspace>();
  auto& lazy = server.own<LazyFree>(server.loop, keyspace.types);
  keyspace.disposer = &lazy;

  auto& options = lazy.options;
  server.config.flag("lazyfree-lazy-eviction", &options.eviction, false, "evicted values are freed by a thread");
  server.config.flag("lazyfree-lazy-expire", &options.expire, false, "expired values are freed by a thread");
  server.config.flag("lazyfree-lazy-server-del", &options.server_del, false, "so are values that a command replaces");
  server.config.flag("lazyfree-lazy-user-del", &options.user_del, false, "DEL frees like UNLINK");
  server.config.flag("lazyfree-lazy-user-flush", &options.user_flush, false,
                     "FLUSHALL and FLUSHDB are ASYNC unless told SYNC");

  server.info.section("memory").add([&lazy](resp::InfoWriter& out) {
    out.field("lazyfree_pending_objects", lazy.pending());
    out.field("lazyfreed_objects", lazy.freed());
  });
  resp::on_reset_statistics(server, [&lazy] { lazy.reset_freed(); });
}

}  // namespace strata::db
