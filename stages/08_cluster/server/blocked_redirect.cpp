#include "08_cluster/families.h"

#include <vector>

#include "02_data_types/blocking/blocked_clients.h"
#include "08_cluster/server/redirect.h"

namespace strata::cluster {

namespace {

// Empty: it may go on waiting. A slot that is on its way here is as good as ours.
std::string reason_to_go(Cluster& cluster, const resp::Client& client) {
  const View& view = cluster.view();
  for (std::string_view key : db::BlockedClients::keys_of(client)) {
    if (!view.ok) return "CLUSTERDOWN The cluster is down";
    if (view.importing_from(key_slot(key)) != nullptr) continue;
    Placement placement(cluster);
    placement.add(key, true);  // whether the key is there does not matter: it is waited for
    if (std::string verdict = placement.verdict({.read_only_client = is_read_only(client)}); !verdict.empty()) {
      return verdict;
    }
  }
  return {};
}

}  // namespace

void redirect_blocked(resp::Server& server) {
  auto& blocked = server.get<db::BlockedClients>();
  if (blocked.count() == 0) return;
  std::vector<std::pair<resp::Client*, std::string>> leaving;
  server.clients.each([&](resp::Client& client) {
    if (!db::BlockedClients::blocked(client)) return;
    if (std::string reason = reason_to_go(server.get<Cluster>(), client); !reason.empty()) {
      leaving.emplace_back(&client, std::move(reason));
    }
  });
  for (const auto& [client, reason] : leaving) blocked.interrupt(*client, reason);
}

}  // namespace strata::cluster
