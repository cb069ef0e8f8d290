// Changing what is monitored, and starting a failover by hand.
#include "01_resp_server/server/client.h"
#include "07_sentinel/commands/families.h"
#include "07_sentinel/failover/failover.h"
#include "07_sentinel/failover/selection.h"
#include "07_sentinel/model/directory.h"
#include "common/glob.h"

namespace strata::sentinel {

namespace {

void monitor_command(Client& client, Args args) {
  Sentinel& sentinel = sentinel_of(client);
  int64_t quorum = 0;
  int64_t port = 0;
  if (!parse_int64(args[5], &quorum) || quorum > std::numeric_limits<int>::max() ||
      quorum < std::numeric_limits<int>::min()) {
    client.reply.error("ERR Invalid quorum");
    return;
  }
  if (!parse_int64(args[4], &port)) {
    client.reply.error("ERR Invalid port");
    return;
  }
  const std::string host(args[3]);
  if (quorum >= 1 && resolve(host, sentinel.settings.resolve_hostnames).empty()) {
    client.reply.error("ERR Invalid IP address or hostname specified");
    return;
  }
  const Expected<Master*> added = add_master(sentinel, args[2], host, port, static_cast<int>(quorum));
  if (!added) {
    client.reply.error("ERR " + added.message());
    return;
  }
  save_and_reply(client);
  announce_monitored(sentinel, **added);
}

void remove_command(Client& client, Args args) {
  Sentinel& sentinel = sentinel_of(client);
  const Master* master = master_argument(client, args[2]);
  if (master == nullptr) return;
  sentinel.events.about(LogLevel::kWarning, "-monitor", *master);
  sentinel.masters.erase(master->name);
  save_and_reply(client);
}

void reset_command(Client& client, Args args) {
  Sentinel& sentinel = sentinel_of(client);
  int64_t count = 0;
  for (const auto& [name, master] : sentinel.masters) {
    if (!glob_match(args[2], name)) continue;
    reset(*master, Keep::kNothing);
    sentinel.events.about(LogLevel::kWarning, "+reset-master", *master);
    count++;
  }
  client.reply.integer(count);
}

void failover_command(Client& client, Args args) {
  Sentinel& sentinel = sentinel_of(client);
  Master* master = master_argument(client, args[2]);
  if (master == nullptr) return;
  if (master->failover.in_progress()) {
    client.reply.error("INPROG Failover already in progress");
    return;
  }
  if (select_replica(*master, sentinel.timing, now_ms()) == nullptr) {
    client.reply.error("NOGOODSLAVE No suitable replica to promote");
    return;
  }
  log_warning("Executing user requested FAILOVER of '{}'", master->name);
  start_failover(sentinel, *master);
  master->failover.forced = true;
  client.reply.ok();
}

void flushconfig_command(Client& client, Args) { save_and_reply(client); }

}  // namespace

std::vector<CommandSpec> manage_commands() {
  return {
      admin_command("monitor", 6, monitor_command),
      admin_command("remove", 3, remove_command),
      admin_command("reset", 3, reset_command),
      admin_command("failover", 3, failover_command),
      admin_command("flushconfig", 2, flushconfig_command),
  };
}

}  // namespace strata::sentinel
