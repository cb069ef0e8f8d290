#include "06_replication/disk_state.h"

#include "03_rdb_snapshot/save/background_save.h"
#include "04_aof/persistence/append_only.h"

namespace strata::repl {

bool keeps_data(resp::Server& server) {
  return !server.get<rdb::BackgroundSave>().points.none() || server.get<aof::AppendOnly>().options.enabled;
}

bool disk_fails(resp::Server& server) {
  const auto& save = server.get<rdb::BackgroundSave>();
  if (save.stop_writes_on_error && !save.points.none() && !save.last_succeeded()) return true;
  auto& aof = server.get<aof::AppendOnly>();
  return aof.options.enabled && aof.log().failing();
}

}  // namespace strata::repl
