// The map of fields by which SENTINEL MASTER, REPLICAS and SENTINELS describe an instance. Every value is a bulk string;
// times are ages in milliseconds.
#include <string>
#include <utility>
#include <vector>

#include "01_resp_server/server/client.h"
#include "07_sentinel/commands/families.h"

namespace strata::sentinel {

namespace {

class Fields {
 public:
  explicit Fields(const Settings& settings) : settings_(settings), now_(now_ms()) {}

  void add(std::string_view name, std::string value) { fields_.emplace_back(name, std::move(value)); }
  void number(std::string_view name, int64_t value) { add(name, std::to_string(value)); }
  void age(std::string_view name, int64_t since) { number(name, since == 0 ? 0 : now_ - since); }

  void common(const Instance& instance);
  void data(const DataInstance& instance);
  void master(const Master& master);
  void replica(const Replica& replica);
  void peer(const Peer& peer);
  void reply(Client& client) const;

 private:
  const Settings& settings_;
  const int64_t now_;
  std::vector<std::pair<std::string_view, std::string>> fields_;
};

void Fields::common(const Instance& instance) {
  const Link& link = *instance.link;
  add("name", instance.name);
  add("ip", settings_.shown(instance.address));
  number("port", instance.address.port);
  add("runid", instance.run_id);
  add("flags", flags_of(instance));
  number("link-pending-commands", static_cast<int64_t>(link.pending.size()));
  number("link-refcount", link.users);
  if (instance.kind == Kind::kMaster && instance.master().failover.in_progress()) {
    add("failover-state", std::string(name_of(instance.master().failover.state)));
  }
  age("last-ping-sent", link.act_ping_ms);
  age("last-ok-ping-reply", link.last_avail_ms);
  age("last-ping-reply", link.last_pong_ms);
  if (instance.s_down) age("s-down-time", instance.s_down_since_ms);
  if (instance.kind == Kind::kMaster && instance.master().o_down) age("o-down-time", instance.o_down_since_ms);
  number("down-after-milliseconds", instance.down_after_ms);
}

void Fields::data(const DataInstance& instance) {
  age("info-refresh", instance.info_refreshed_ms);
  add("role-reported", instance.role_reported == Role::kMaster ? "master" : "slave");
  age("role-reported-time", instance.role_reported_since_ms);
}

void Fields::master(const Master& master) {
  number("config-epoch", static_cast<int64_t>(master.config_epoch));
  number("num-slaves", static_cast<int64_t>(master.replicas.size()));
  number("num-other-sentinels", static_cast<int64_t>(master.sentinels.size()));
  number("quorum", master.quorum);
  number("failover-timeout", master.failover_timeout_ms);
  number("parallel-syncs", master.parallel_syncs);
  if (!master.notification_script.empty()) add("notification-script", master.notification_script);
  if (!master.client_reconfig_script.empty()) add("client-reconfig-script", master.client_reconfig_script);
}

void Fields::replica(const Replica& replica) {
  number("master-link-down-time", replica.master_link_down_ms);
  add("master-link-status", replica.master_link_up ? "ok" : "err");
  add("master-host", replica.master_host.empty() ? "?" : replica.master_host);
  number("master-port", replica.master_port);
  number("slave-priority", replica.priority);
  number("slave-repl-offset", replica.offset);
  number("replica-announced", replica.announced ? 1 : 0);
}

void Fields::peer(const Peer& peer) {
  age("last-hello-message", peer.last_hello_ms);
  add("voted-leader", peer.leader.empty() ? "?" : peer.leader);
  number("voted-leader-epoch", static_cast<int64_t>(peer.leader_epoch));
}

void Fields::reply(Client& client) const {
  client.reply.map(fields_.size());
  for (const auto& [name, value] : fields_) {
    client.reply.bulk(name);
    client.reply.bulk(value);
  }
}

}  // namespace

void reply_instance(Client& client, const Instance& instance) {
  Fields fields(sentinel_of(client).settings);
  fields.common(instance);
  switch (instance.kind) {
    case Kind::kMaster:
      fields.data(instance.master());
      fields.master(instance.master());
      break;
    case Kind::kReplica:
      fields.data(static_cast<const Replica&>(instance));
      fields.replica(static_cast<const Replica&>(instance));
      break;
    case Kind::kSentinel:
      fields.peer(static_cast<const Peer&>(instance));
      break;
  }
  fields.reply(client);
}

}  // namespace strata::sentinel
