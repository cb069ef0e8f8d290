// Lists: the type's row, its options, its commands.
#include "01_resp_server/server/server.h"
#include "02_data_types/commands/list_commands.h"
#include "02_data_types/families.h"
#include "02_data_types/lazyfree/lazy_free.h"

namespace strata::db {

namespace {

LazyFreeRow lazy_list() {
  return {.effort = [](const Entry& entry) { return list_of(entry).node_count(); },
          .take_apart =
              [](const Entry& entry, SlabAllocator::DeadBlocks& dead) {
                auto* list = entry.pointer<QuickList>();
                list->dismantle([&dead](void* block, size_t bytes) { dead.add(block, bytes); });
                delete list;
              }};
}

}  // namespace

void install_lists(Server& server) {
  server.get<Keyspace>().types[ValueType::kList] = list_type();
  server.get<LazyFree>().row(ValueType::kList) = lazy_list();

  auto& limits = server.own<ListLimits>();
  server.config.integer("list-max-listpack-size", &limits.max_listpack_size, -2, INT32_MIN, INT32_MAX,
                        "how much one node of a list holds: elements, or -1 to -5 for 4 to 64 KiB",
                        {.alias = "list-max-ziplist-size"});
  server.config.integer("list-compress-depth", &limits.compress_depth, 0, 0, INT32_MAX,
                        "nodes at each end of a list that are not compressed; 0: none is");

  install_list_readers(server);
  install_list_writers(server);
  install_list_movers(server);
  install_list_debug(server);
}

}  // namespace strata::db
