#include "08_cluster/server/cluster.h"

#include <unistd.h>

#include <cstdlib>

#include "01_resp_server/commands/client_pause.h"
#include "01_resp_server/commands/hello.h"
#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/core_options.h"
#include "02_data_types/writes/write_stream.h"
#include "03_rdb_snapshot/loading/loading.h"
#include "06_replication/replication.h"
#include "08_cluster/view/nodes_text.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/random.h"

namespace strata::cluster {

namespace {

constexpr int kBusOffset = 10000;
constexpr int64_t kCronMs = 100;

}  // namespace

Cluster::Cluster(resp::Server& server) : server_(server) {}

Cluster::~Cluster() = default;

db::Database& Cluster::database() { return server_.get<db::Keyspace>().db(0); }

// --- start ---

Status Cluster::check_configuration() {
  if (!enabled()) return {};
  resp::ServerIdentity::of(server_).mode = "cluster";
  auto& replication = server_.get<repl::Replication>();
  if (!replication.configured_host.empty()) return Status::error("replicaof directive not allowed in cluster mode");
  replication.kept_by_configuration = false;
  replication.passes_on_messages = false;
  return {};
}

Status Cluster::start() {
  auto& core = server_.get<resp::CoreOptions>();
  const int64_t bus_port = options.bus_port != 0 ? options.bus_port : core.port + kBusOffset;
  if (bus_port > 65535) {
    return Status::error(
        "Redis port number too high for cluster mode. The cluster bus port number is the port + {} where that is not "
        "configured (cluster-port), and must be at most 65535.",
        kBusOffset);
  }
  if (core.bind.empty()) {
    return Status::error("No bind address is configured, but it is required for the Cluster bus.");
  }
  if (Status loaded = load_view(); !loaded.ok()) return loaded;

  SocketBus::Hooks hooks{
      .opened = [this](Link& link) { member_->opened(link); },
      .lost = [this](Link& link) { member_->lost(link); },
      .received = [this](Link& link, std::string_view packet) { member_->received(link, packet); },
      .before_flush = [this] { member_->settle(); },
  };
  bus_ = std::make_unique<SocketBus>(server_.loop, std::move(hooks));
  member_ = std::make_unique<Member>(*view_, options.settings, *bus_, static_cast<Host&>(*this));
  view_->on_leave = [this](int slot, const Node& owner) {
    if (&owner == &view_->my_master() && on_slot_left) on_slot_left(slot);
  };
  options_changed();
  bus_->may_accept = [this] { return view_->myself().is_replica() || !server_.get<rdb::Loading>().active(); };
  adopt_data();
  save(true);
  if (Status open = bus_->listen(core.bind, static_cast<int>(bus_port), static_cast<int>(core.tcp_backlog));
      !open.ok()) {
    return Status::error("Failed listening on port {} (cluster), aborting.", bus_port);
  }

  server_.every(kCronMs, [this] {
    bus_->enforce_limit(static_cast<size_t>(options.link_output_limit));
    member_->cron();
  });
  member_->cron();
  // As many as there would be with everybody: one that we open and one that we accept.
  server_.clients.other_connections = [this] { return 2 * (view_->size() - 1); };
  server_.loop.before_sleep([this] { member_->settle(); });
  server_.replies.add_barrier([this] { member_->settle(); });
  return {};
}

Status Cluster::load_view() {
  if (Status opened = file_.open(options.config_file); !opened.ok()) return opened;
  Expected<std::string> text = file_.read();
  if (!text) return text.status();
  if (!text->empty()) {
    Expected<std::unique_ptr<View>> parsed = parse_view(*text, now_ms());
    if (!parsed) {
      log_warning("{}: {}", file_.path(), parsed.message());
      return Status::error("Unrecoverable error: corrupted cluster config file.");
    }
    view_ = std::move(*parsed);
  }
  if (view_ == nullptr) {  // there is no file yet; or, in a starter, nobody yet who can read it
    view_ = std::make_unique<View>(random_id(), now_ms());
    log_notice("No cluster configuration found, I'm {}", view_->myself().id);
    return {};
  }
  log_notice("Node configuration loaded, I'm {}", view_->myself().id);
  return {};
}

// Ports, address and name as they are announced; a node tells them with every message.
void Cluster::follow_announcements() {
  Node& myself = view_->myself();
  const auto& core = server_.get<resp::CoreOptions>();
  const Settings& settings = options.settings;
  myself.port = static_cast<int>(options.announce_port != 0 ? options.announce_port : core.port);
  myself.plain_port = 0;
  const int64_t bus_port = options.bus_port != 0 ? options.bus_port : core.port + kBusOffset;
  myself.bus_port = static_cast<int>(options.announce_bus_port != 0 ? options.announce_bus_port : bus_port);
  if (!settings.announce_ip.empty()) myself.ip = settings.announce_ip;
  myself.hostname = settings.announce_hostname;
  if (settings.replica_no_failover) {
    myself.set(kNoFailover);
  } else {
    myself.unset(kNoFailover);
  }
}

void Cluster::options_changed() {
  if (!enabled() || view_ == nullptr) return;
  follow_announcements();
  options.settings.ping_replica_period_s = server_.get<repl::Replication>().options.ping_period_s;
  bus_->keepalive_seconds = 2 * options.settings.node_timeout_ms / 1000;
  view_->due.save = view_->due.evaluate = true;
}

// Keys that are here and whose slot is nobody's are ours; where somebody else owns the slot, it is being moved to us.
void Cluster::adopt_data() {
  auto& keyspace = server_.get<db::Keyspace>();
  if (view_->myself().is_replica()) return;
  for (size_t i = 1; i < keyspace.count(); ++i) {
    if (keyspace.db(static_cast<int>(i)).size() == 0) continue;
    log_warning("You can't have keys in a DB different than DB 0 when in Cluster mode. Exiting.");
    std::exit(1);
  }
  for (int slot = 0; slot < kSlots; ++slot) {
    if (keys_in(slot) == 0 || view_->importing_from(slot) != nullptr) continue;
    Node* owner = view_->owner(slot);
    if (owner == &view_->myself()) continue;
    if (owner == nullptr) {
      log_warning("I have keys for unassigned slot {}. Taking responsibility for it.", slot);
      view_->assign(slot, view_->myself());
    } else {
      log_warning("I have keys for slot {}, but the slot is assigned to another node. Setting it to importing state.",
                  slot);
      view_->set_importing(slot, owner);
    }
    view_->due.save = view_->due.sync = true;
  }
}

// --- what the member asks for ---

int64_t Cluster::now_ms() { return wall_ms(); }
uint64_t Cluster::random_below(uint64_t n) { return thread_random().below(n); }
void Cluster::look_at_election_in(int64_t ms) {
  // A millisecond more: the two clocks need not tick together.
  server_.loop.after(ms + 1, [this] {
    view_->due.failover = true;
    member_->settle();
  });
}

std::string Cluster::random_id() { return random_hex(kIdBytes); }

Status Cluster::save_now(bool sync) { return file_.write(view_text(*view_), sync); }

void Cluster::save(bool sync) {
  if (Status saved = save_now(sync); !saved.ok()) {
    log_warning("Fatal: can't update cluster config file. {}", saved.message());
    std::exit(1);
  }
}

uint64_t Cluster::offset() { return server_.get<repl::Replication>().stream().offset(); }

int64_t Cluster::master_silence_ms() {
  const repl::MasterLink* link = server_.get<repl::Replication>().link();
  if (link == nullptr) return 0;
  const int64_t now = server_.loop.now_ms();
  if (link->up()) return now - link->last_io_ms();
  return link->down_since_ms() < 0 ? INT64_MAX / 2 : now - link->down_since_ms();
}

bool Cluster::replicates() { return server_.get<repl::Replication>().is_replica(); }

void Cluster::replicate(const Node& master) {
  auto& replication = server_.get<repl::Replication>();
  const repl::MasterLink* link = replication.link();
  if (master.ip.empty() || (link != nullptr && link->host() == master.ip && link->port() == master.port)) return;
  replication.follow(master.ip, master.port);
}

void Cluster::stop_replicating() { server_.get<repl::Replication>().promote(); }

void Cluster::pause_writes(int64_t ms) {
  using Pause = resp::ClientPause;
  server_.get<Pause>().pause(Pause::Purpose::kFailover, Pause::Mode::kWrites, server_.loop.now_ms() + ms);
}

void Cluster::resume_writes() { server_.get<resp::ClientPause>().unpause(resp::ClientPause::Purpose::kFailover); }

uint64_t Cluster::keys_in(int slot) { return database().table(static_cast<size_t>(slot)).size(); }

void Cluster::drop_keys(int slot) {
  auto& keyspace = server_.get<db::Keyspace>();
  db::Database& db = database();
  std::vector<std::string> keys;
  db.table(static_cast<size_t>(slot)).each([&keys](const db::Entry* entry) { keys.emplace_back(entry->key()); });
  const db::WriteStream::Unit unit(server_.get<db::WriteStream>(), 0);
  for (const std::string& key : keys) {
    if (!db.remove(key)) continue;
    if (keyspace.effects.wanted) keyspace.effects.also_replay(0, {"DEL", key});
    keyspace.changed(db, key, "del", db::EventClass::kGeneric);
  }
}

void Cluster::deliver(std::string_view channel, std::string_view message, bool sharded) {
  if (on_message) on_message(channel, message, sharded);
}

std::optional<std::string> Cluster::endpoint(const Node& node) const {
  switch (options.endpoint_type) {
    case EndpointType::kIp:
      return node.ip;
    case EndpointType::kHostname:
      return node.hostname.empty() ? "?" : node.hostname;
    case EndpointType::kUnknown:
      break;
  }
  return std::nullopt;
}

}  // namespace strata::cluster
