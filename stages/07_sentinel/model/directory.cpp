#include "07_sentinel/model/directory.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace strata::sentinel {

namespace {

Expected<Address> address_of(const Sentinel& sentinel, const std::string& host, int64_t port) {
  Address address;
  switch (make_address(host, port, sentinel.settings.resolve_hostnames, true, &address)) {
    case BadAddress::kNone:
      return address;
    case BadAddress::kPort:
      return Status::error("Invalid port number.");
    case BadAddress::kHost:
      break;
  }
  return Status::error("Can't resolve instance hostname.");
}

std::string key_of(const Sentinel& sentinel, const Address& address) {
  return host_and_port(sentinel.settings.shown(address), address.port);
}

}  // namespace

Expected<Master*> add_master(Sentinel& sentinel, std::string_view name, const std::string& host, int64_t port,
                             int quorum) {
  if (quorum < 1) return Status::error("Quorum must be 1 or greater.");
  Expected<Address> address = address_of(sentinel, host, port);
  if (!address) return address.status();
  auto& place = sentinel.masters[std::string(name)];
  if (place != nullptr) return Status::error("Duplicate master name.");
  place = std::make_unique<Master>(std::string(name), *std::move(address), quorum, sentinel.timing);
  return place.get();
}

Expected<Replica*> add_replica(Sentinel& sentinel, Master& master, const std::string& host, int64_t port) {
  Expected<Address> address = address_of(sentinel, host, port);
  if (!address) return address.status();
  const std::string key = key_of(sentinel, *address);
  auto& place = master.replicas[key];
  if (place != nullptr) return Status::error("Duplicate hostname and port for replica.");
  place = std::make_unique<Replica>(master, key, *std::move(address));
  return place.get();
}

Expected<Peer*> add_peer(Sentinel& sentinel, Master& master, const std::string& run_id, const std::string& host,
                         int64_t port) {
  Expected<Address> address = address_of(sentinel, host, port);
  if (!address) return address.status();
  auto& place = master.sentinels[run_id];
  if (place != nullptr) return Status::error("Duplicate runid for sentinel.");
  place = std::make_unique<Peer>(master, run_id, *std::move(address));
  place->run_id = run_id;
  return place.get();
}

Replica* find_replica(const Sentinel& sentinel, const Master& master, const std::string& host, int64_t port) {
  const Expected<Address> address = address_of(sentinel, host, port);
  if (!address) return nullptr;
  const auto found = master.replicas.find(key_of(sentinel, *address));
  return found == master.replicas.end() ? nullptr : found->second.get();
}

void share_link(Sentinel& sentinel, Peer& peer) {
  for (const auto& [name, master] : sentinel.masters) {
    const auto known = master->sentinels.find(peer.run_id);
    if (known == master->sentinels.end() || known->second.get() == &peer) continue;
    peer.use_link(known->second->link);
    return;
  }
}

void spread_address(Sentinel& sentinel, Peer& peer) {
  int changed = 0;
  for (const auto& [name, master] : sentinel.masters) {
    const auto known = master->sentinels.find(peer.run_id);
    if (known == master->sentinels.end()) continue;
    known->second->link->drop_commands();
    if (known->second.get() == &peer) continue;
    known->second->address = peer.address;
    changed++;
  }
  if (changed == 0) return;
  sentinel.events.about(LogLevel::kNotice, "+sentinel-address-update", peer,
                        fmt::format(" {} additional matching instances", changed));
}

void announce_monitored(Sentinel& sentinel, const Master& master) {
  sentinel.events.about(LogLevel::kWarning, "+monitor", master, fmt::format(" quorum {}", master.quorum));
}

void spread_down_after(Master& master) {
  for (const auto& [key, replica] : master.replicas) replica->down_after_ms = master.down_after_ms;
  for (const auto& [id, peer] : master.sentinels) peer->down_after_ms = master.down_after_ms;
}

void reset(Master& master, Keep keep) {
  master.failover = {};  // first: it points to a replica
  master.replicas.clear();
  if (keep == Keep::kNothing) master.sentinels.clear();
  master.link->drop();
  master.link->restart_ping();
  master.s_down = master.o_down = false;
  master.script_kill_sent = master.reboot_seen = false;
  master.leader.clear();
  master.run_id.clear();
  master.role_reported = Role::kMaster;
  master.role_reported_since_ms = now_ms();
}

// [task 7.13] Watch another server under the same name.
void switch_address(Sentinel& sentinel, Master& master, Address to) {
  std::vector<Address> replicas;
  for (const auto& [key, replica] : master.replicas) {
    if (!same(replica->address, to)) replicas.push_back(replica->address);
  }
  if (!same(master.address, to)) replicas.push_back(master.address);
  reset(master, Keep::kSentinels);
  master.address = std::move(to);
  master.s_down_since_ms = master.o_down_since_ms = 0;
  master.info_refreshed_ms = 0;  // the next INFO is of another server: asked for at once
  for (const Address& each : replicas) {
    const Expected<Replica*> added = add_replica(sentinel, master, each.host, each.port);
    if (added) sentinel.events.about(LogLevel::kNotice, "+slave", **added);
  }
  (void)sentinel.save();
}

}  // namespace strata::sentinel
