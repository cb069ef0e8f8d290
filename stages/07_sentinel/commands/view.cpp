// Looking: what this sentinel monitors, and how it sees it.
#include <fmt/format.h>

#include <algorithm>

#include "01_resp_server/server/client.h"
#include "07_sentinel/commands/families.h"

namespace strata::sentinel {

namespace {

void masters_command(Client& client, Args) {
  const Sentinel& sentinel = sentinel_of(client);
  client.reply.array(sentinel.masters.size());
  for (const auto& [name, master] : sentinel.masters) reply_instance(client, *master);
}

void master_command(Client& client, Args args) {
  if (const Master* master = master_argument(client, args[2])) reply_instance(client, *master);
}

void replicas_command(Client& client, Args args) {
  const Master* master = master_argument(client, args[2]);
  if (master == nullptr) return;
  const auto shown = [](const auto& each) { return each.second->announced; };
  client.reply.array(static_cast<size_t>(std::count_if(master->replicas.begin(), master->replicas.end(), shown)));
  for (const auto& each : master->replicas) {
    if (shown(each)) reply_instance(client, *each.second);
  }
}

void sentinels_command(Client& client, Args args) {
  const Master* master = master_argument(client, args[2]);
  if (master == nullptr) return;
  client.reply.array(master->sentinels.size());
  for (const auto& [id, peer] : master->sentinels) reply_instance(client, *peer);
}

void get_master_addr_command(Client& client, Args args) {
  const Sentinel& sentinel = sentinel_of(client);
  const Master* master = sentinel.find(args[2]);
  if (master == nullptr) {
    client.reply.null_array();
    return;
  }
  const Address& address = master->current_address();
  client.reply.array(2);
  client.reply.bulk(sentinel.settings.shown(address));
  client.reply.bulk_integer(address.port);
}

void ckquorum_command(Client& client, Args args) {
  const Master* master = master_argument(client, args[2]);
  if (master == nullptr) return;
  const auto usable = std::count_if(master->sentinels.begin(), master->sentinels.end(),
                                    [](const auto& each) { return !each.second->s_down; }) +
                      1;
  const auto voters = static_cast<int64_t>(master->sentinels.size()) + 1;
  std::string error;
  if (usable < master->quorum) {
    error = "Not enough available Sentinels to reach the specified quorum for this master";
  }
  if (usable < voters / 2 + 1) {
    error.append(error.empty() ? "" : ". ");
    error += "Not enough available Sentinels to reach the majority and authorize a failover";
  }
  if (error.empty()) {
    client.reply.simple(
        fmt::format("OK {} usable Sentinels. Quorum and failover authorization can be reached", usable));
  } else {
    client.reply.error(fmt::format("NOQUORUM {} usable Sentinels. {}", usable, error));
  }
}

void reply_cached_info(Client& client, const DataInstance& instance) {
  client.reply.array(2);
  client.reply.integer(instance.info_refreshed_ms == 0 ? 0 : now_ms() - instance.info_refreshed_ms);
  if (instance.info.empty())
    client.reply.null();
  else
    client.reply.bulk(instance.info);
}

void info_cache_command(Client& client, Args args) {
  const Sentinel& sentinel = sentinel_of(client);
  std::vector<const Master*> known;
  for (const std::string_view name : args.subspan(2)) {
    const Master* master = sentinel.find(name);
    if (master != nullptr && std::find(known.begin(), known.end(), master) == known.end()) known.push_back(master);
  }
  client.reply.array(known.size() * 2);
  for (const Master* master : known) {
    client.reply.bulk(master->name);
    client.reply.array(master->replicas.size() + 1);
    reply_cached_info(client, *master);
    for (const auto& [key, replica] : master->replicas) reply_cached_info(client, *replica);
  }
}

void pending_scripts_command(Client& client, Args) {
  const auto& jobs = sentinel_of(client).scripts.jobs();
  const int64_t now = now_ms();
  client.reply.array(jobs.size());
  for (const ScriptJob& job : jobs) {
    const bool running = job.pid != 0;
    client.reply.map(5);
    client.reply.bulk("argv");
    client.reply.array(job.argv.size());
    for (const std::string& word : job.argv) client.reply.bulk(word);
    client.reply.bulk("flags");
    client.reply.bulk(running ? "running" : "scheduled");
    client.reply.bulk("pid");
    client.reply.bulk_integer(job.pid);
    client.reply.bulk(running ? "run-time" : "run-delay");
    client.reply.bulk_integer(running ? now - job.since_ms : std::max<int64_t>(job.since_ms - now, 0));
    client.reply.bulk("retry-num");
    client.reply.bulk_integer(job.runs);
  }
}

}  // namespace

std::vector<CommandSpec> view_commands() {
  return {
      admin_command("masters", 2, masters_command),
      admin_command("master", 3, master_command),
      admin_command("replicas", 3, replicas_command),
      admin_command("slaves", 3, replicas_command),
      admin_command("sentinels", 3, sentinels_command),
      admin_command("get-master-addr-by-name", 3, get_master_addr_command),
      admin_command("ckquorum", 3, ckquorum_command),
      admin_command("info-cache", -3, info_cache_command),
      admin_command("pending-scripts", 2, pending_scripts_command),
  };
}

}  // namespace strata::sentinel
