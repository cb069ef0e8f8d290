#include "07_sentinel/monitor/hello_exchange.h"

#include <fmt/format.h>

#include "07_sentinel/failover/failover.h"
#include "07_sentinel/failover/reconfigure.h"
#include "07_sentinel/model/directory.h"

namespace strata::sentinel {

namespace {

void on_published(Sentinel&, Instance& instance, const Value& reply) {
  if (!reply.is(Value::Kind::kError)) instance.last_hello_sent_ms = now_ms();
}

Peer* find_peer(const Sentinel& sentinel, const Master& master, const Hello& hello) {
  const auto found = master.sentinels.find(hello.run_id);
  if (found == master.sentinels.end()) return nullptr;
  const int port = static_cast<int>(hello.port);
  return is_at(found->second->address, hello.ip, port, sentinel.settings.resolve_hostnames) ? found->second.get()
                                                                                            : nullptr;
}

// Another id at the address of a sentinel that is known: the known one is no more.
void remove_who_was_there(Sentinel& sentinel, const Master& master, const Hello& hello) {
  for (const auto& [id, peer] : master.sentinels) {
    if (!is_at(peer->address, hello.ip, static_cast<int>(hello.port), sentinel.settings.resolve_hostnames)) continue;
    sentinel.events.about(LogLevel::kNotice, "+sentinel-invalid-addr", *peer);
    const std::string gone = id;
    for (const auto& [name, each] : sentinel.masters) each->sentinels.erase(gone);
    return;
  }
}

// The sender is new, or it is no longer where it was.
// [task 7.6] Get to know a sentinel that is new, or that has moved.
Peer* meet(Sentinel& sentinel, Master& master, const Hello& hello) {
  const bool moved = master.sentinels.erase(hello.run_id) > 0;
  if (moved) {
    sentinel.events.about(LogLevel::kNotice, "+sentinel-address-switch", master,
                          fmt::format(" ip {} port {} for {}", hello.ip, hello.port, hello.run_id));
  } else {
    remove_who_was_there(sentinel, master, hello);
  }
  const Expected<Peer*> added = add_peer(sentinel, master, hello.run_id, hello.ip, hello.port);
  if (!added) return nullptr;
  Peer& peer = **added;
  if (!moved) sentinel.events.about(LogLevel::kNotice, "+sentinel", peer);
  share_link(sentinel, peer);
  if (moved) spread_address(sentinel, peer);
  (void)sentinel.save();
  return &peer;
}

// [task 7.13] Believe who has the higher config epoch.
void adopt_configuration(Sentinel& sentinel, Master& master, const Peer& sender, const Hello& hello) {
  master.config_epoch = hello.config_epoch;
  const bool names = sentinel.settings.resolve_hostnames;
  if (is_at(master.address, hello.master_host, static_cast<int>(hello.master_port), names)) return;
  Address to;
  if (make_address(hello.master_host, hello.master_port, names, false, &to) != BadAddress::kNone) return;
  sentinel.events.about(LogLevel::kWarning, "+config-update-from", sender);
  announce_switch(sentinel, master, to);
  const Address from = master.address;
  switch_address(sentinel, master, to);
  run_reconfiguration_script(sentinel, master, "observer", from, to);
}

}  // namespace

// [task 7.6] Say where you are, and where you believe the master to be.
void send_hello(Sentinel& sentinel, Instance& instance) {
  const Master& master = instance.master();
  Hello hello;
  hello.ip = sentinel.settings.announce_ip;
  if (hello.ip.empty() && instance.link->commands != nullptr) hello.ip = instance.link->commands->local_ip();
  if (hello.ip.empty()) return;
  hello.port = sentinel.announced_port();
  hello.run_id = sentinel.id;
  hello.current_epoch = sentinel.current_epoch;
  hello.master_name = master.name;
  const Address& address = master.current_address();
  hello.master_host = sentinel.settings.shown(address);
  hello.master_port = address.port;
  hello.config_epoch = master.config_epoch;
  send_command(instance, {"PUBLISH", kHelloChannel, format_hello(hello)}, on_published);
}

void hurry_hellos(const Sentinel& sentinel, Master& master) {
  const int64_t earlier = sentinel.timing.publish_period + 1;
  master.last_hello_sent_ms -= earlier;
  for (const auto& [key, replica] : master.replicas) replica->last_hello_sent_ms -= earlier;
  for (const auto& [id, peer] : master.sentinels) peer->last_hello_sent_ms -= earlier;
}

void receive_hello(Sentinel& sentinel, const Value& message) {
  if (!message.is(Value::Kind::kArray) || message.items.size() != 3) return;
  for (const Value& item : message.items) {
    if (!item.is(Value::Kind::kString)) return;
  }
  if (message.items[0].text != "message") return;
  const std::string& text = message.items[2].text;
  if (text.find(sentinel.id) == text.npos) take_hello(sentinel, text);  // not my own
}

// [task 7.6] Take over what is newer.
void take_hello(Sentinel& sentinel, std::string_view text) {
  const std::optional<Hello> hello = parse_hello(text);
  if (!hello) return;
  Master* master = sentinel.find(hello->master_name);
  if (master == nullptr) return;
  Peer* sender = find_peer(sentinel, *master, *hello);
  if (sender == nullptr) sender = meet(sentinel, *master, *hello);
  sentinel.raise_epoch(hello->current_epoch, *master);
  if (sender == nullptr) return;
  sender->last_hello_ms = now_ms();
  if (hello->config_epoch > master->config_epoch) adopt_configuration(sentinel, *master, *sender, *hello);
}

}  // namespace strata::sentinel
