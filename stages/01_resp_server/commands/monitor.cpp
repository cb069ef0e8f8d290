#include "01_resp_server/commands/monitor.h"

#include <fmt/format.h>

#include <algorithm>

#include "01_resp_server/commands/client_reset.h"
#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/redaction.h"
#include "common/clock.h"
#include "common/text.h"

namespace strata::resp {

namespace {

constexpr size_t kKeptLine = 64 * 1024;  // capacity kept for the next line

bool replica_keyspace_gate(Client& client, const CommandSpec&, Args) {
  client.reply.error("ERR Replica can't interact with the keyspace");
  return false;
}

void append_origin(std::string& line, Client& client) {
  if (client.has(Client::kInternal)) {
    line += "lua";
  } else if (client.has(Client::kUnixSocket)) {
    std::string_view path = client.peer_address();
    line += "unix:";
    line += path.substr(0, path.rfind(':'));
  } else {
    line += client.peer_address();
  }
}

bool is_hello_secret(Args args, size_t i) {
  auto follows_auth = [&](size_t distance) { return i >= 2 + distance && equals_nocase(args[i - distance], "auth"); };
  return follows_auth(1) || follows_auth(2);
}

}  // namespace

ReplicaGate::ReplicaGate(Server& server)
    : bit(server.gates.add(
          "replica-keyspace", GateRank::kReplicaKeyspace,
          [](const CommandSpec& spec) { return spec.is(kWrite | kReadOnly | kMayReplicate); }, replica_keyspace_gate)) {
}

Monitors::Monitors(Server& server) : server_(server) {
  server.on_slow_command(&threshold_us_, [this](const CommandReport& report) { feed(report); });
  server.clients.on_close([this](Client& client) { remove(client); });
  ClientReset::of(server).on_reset([this](Client& client) { remove(client); });
}

void Monitors::add(Client& client) {
  client.set(Client::kMonitor);
  client.armed |= server_.get<ReplicaGate>().bit;
  monitors_.push_back(&client);
  update_threshold();
}

void Monitors::remove(Client& client) {
  if (!client.has(Client::kMonitor)) return;
  client.unset(Client::kMonitor);
  client.armed &= ~server_.get<ReplicaGate>().bit;
  std::erase(monitors_, &client);
  update_threshold();
}

void Monitors::update_threshold() {
  threshold_us_ = monitors_.empty() ? kNobody : 0;
  server_.refresh_slow_threshold();
}

void Monitors::feed(const CommandReport& report) {
  if (monitors_.empty() || report.spec.is(kSkipMonitor | kAdmin)) return;
  int64_t now = wall_us();
  if (line_.capacity() > kKeptLine) line_ = std::string();
  line_.clear();
  fmt::format_to(std::back_inserter(line_), "+{}.{:06} [{} ", now / 1000000, now % 1000000, report.client.db);
  append_origin(line_, report.client);
  line_ += ']';
  Redaction::Secret secret = Redaction::of(server_).find(report.spec);
  for (size_t i = 0; i < report.args.size(); i++) {
    line_ += ' ';
    append_quoted(line_, Redaction::shown(secret, report.args, i));
  }
  line_ += "\r\n";
  for (Client* monitor : monitors_) {
    if (monitor->flags & (Client::kCloseNow | Client::kCloseAfterReply)) continue;
    monitor->reply.raw(line_);
    server_.clients.schedule_write(*monitor);
    if (monitor->out.pending_bytes() > OutputBuffer::kChunkBytes) server_.clients.check_output_limit(*monitor);
  }
}

static void monitor_command(Client& client, Args) {
  // Whoever reads a feed already is not told: its reply would stand in the middle of it.
  if (client.has(Client::kMonitor) || client.kind == ClientClass::kReplica) return;
  auto& monitors = client.server.get<Monitors>();
  if (monitors.refuses(client)) {
    client.reply.error("ERR MONITOR isn't allowed for DENY BLOCKING client");
    return;
  }
  monitors.add(client);
  client.reply.ok();
}

void install_monitor(Server& server) {
  server.own<ReplicaGate>(server);
  server.own<Monitors>(server);
  Redaction& redaction = Redaction::of(server);
  redaction.add("auth", [](Args, size_t i) { return i > 0; });
  redaction.add("hello", is_hello_secret);
  server.commands.add(
      {.name = "monitor", .arity = 1, .flags = kAdmin | kNoScript | kLoading | kStale, .run = monitor_command});
}

}  // namespace strata::resp
