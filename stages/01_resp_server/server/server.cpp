// How a command is run: lookup, arity, gates, handler, statistics. The life of the process is in startup.cpp.
#include "01_resp_server/server/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "01_resp_server/server/latency_histogram.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/random.h"
#include "common/text.h"

namespace strata::resp {

namespace {

constexpr size_t kQuotedInError = 128;  // of an unknown command and its arguments

// At most once a minute: the log must not be filled from outside.
void warn_of_http(Client& client) {
  static int64_t last_ms = INT64_MIN;
  int64_t now = client.server.loop.now_ms();
  if (last_ms != INT64_MIN && now - last_ms < 60'000) return;
  last_ms = now;
  log_warning(
      "Possible SECURITY ATTACK detected. A client sends HTTP (POST or Host:) instead of commands, perhaps from a web "
      "page that tries to reach this server through its visitor's browser. Connection from {} aborted.",
      client.peer_address());
}

}  // namespace

Server::Server() : shutdown(*this), clients(*this), run_id(random_hex(40)), started_ms(wall_ms()) {}

Server::~Server() {
  // Clients go first: their extensions may refer to what the stages own.
  clients.close_all();
  while (!owned_.empty()) owned_.pop_back();
}

Status Server::start() {
  commands.each([this](CommandSpec& spec) {
    spec.gates = gates.bits_for(spec);
    for (CommandSpec& each : spec.subcommands) each.gates = gates.bits_for(each);
  });
  for (auto& hook : start_hooks_) {
    if (Status status = hook(); !status.ok()) return status;
  }
  loop.after_sleep([this] { moment++; });
  loop.every(1000, [this] { cycle_clock_.recalibrate(); });
  loop.before_sleep([this] { shutdown.poll(); });
  loop.before_sleep([this] { clients.end_of_turn(); });  // the last one: whatever others answered leaves now
  return {};
}

bool Server::serve_while_busy() {
  moment++;
  const int64_t clock = batch_clock_ns_;
  clients.serve_while_busy(clients.serving());
  shutdown.poll();
  batch_clock_ns_ = clock;  // the outer command's time goes on
  return !shutdown.stopping();
}

void Server::begin_batch() { batch_clock_ns_ = cycle_clock_.ns(); }

void Server::execute(Client& client, Args args) {
  const CommandSpec* spec = commands.find(args[0]);
  if (spec == nullptr) {
    client.last_command = nullptr;
    unknown_command(client, args);
    return;
  }
  if (spec->is_container() && args.size() > 1) {
    const CommandSpec* sub = spec->subcommand(args[1]);
    if (sub == nullptr) {
      client.last_command = nullptr;
      reject(client, nullptr,  // counted for nobody, as in Redis
             fmt::format("ERR unknown subcommand '{}'. Try {} HELP.", until_zero(args[1]).substr(0, kQuotedInError),
                         to_upper(spec->name)));
      return;
    }
    spec = sub;
  }
  client.last_command = spec;
  if (!spec->accepts(args.size())) {
    reject(client, spec, fmt::format("ERR wrong number of arguments for '{}' command", spec->full_name));
    return;
  }
  uint64_t concerned = spec->gates & (armed | client.armed);
  if (concerned != 0) {
    uint64_t errors = client.errors_answered;
    bool skipped = client.has(Client::kReplySkipNext);
    if (skipped) client.reply.set_muted(true);
    client.reply.set_error_prefix(spec->refusal);
    bool passed = gates.pass(concerned, client, *spec, args);
    client.reply.set_error_prefix({});
    if (skipped) {
      client.reply.set_muted(client.has(Client::kReplyOff));
      if (!passed && !client.has(Client::kSuspended)) client.unset(Client::kReplySkipNext);
    }
    if (!passed) {
      if (client.errors_answered != errors) {
        spec->stats.rejected_calls++;
        for (auto& hook : reject_hooks_) hook(client);
      }
      return;
    }
  }
  call(client, *spec, args);
}

void Server::call(Client& client, const CommandSpec& spec, Args args) {
  client.current = &spec;
  moment++;
  uint64_t errors = client.errors_answered;
  depth_++;
  for (CommandObserver* observer : observers_) observer->before(client, spec);
  bool within_skipped = client.has(Client::kReplySkip);  // of an EXEC that is skipped as a whole
  if (client.has(Client::kReplySkipNext)) {
    client.unset(Client::kReplySkipNext);
    client.set(Client::kReplySkip);
    client.reply.set_muted(true);
  }
  int64_t began_ns = batch_clock_ns_;  // a command that runs others moves the clock
  spec.run(client, args);
  if (!within_skipped && client.has(Client::kReplySkip)) {
    client.unset(Client::kReplySkip);
    client.reply.set_muted(client.has(Client::kReplyOff));
  }
  for (CommandObserver* observer : observers_) observer->after(client, spec, args);
  int64_t now = cycle_clock_.ns();  // one reading per command: the end of one is the start of the next
  int64_t duration_ns = now - began_ns;
  batch_clock_ns_ = now;
  bool failed = client.errors_answered != errors;
  stats.commands_processed++;
  spec.stats.calls++;
  spec.stats.nsec += static_cast<uint64_t>(duration_ns);
  if (failed) spec.stats.failed_calls++;
  if (!client.has(Client::kSuspended)) record_latency(spec, duration_ns);  // a blocked one is not over yet
  if (duration_ns >= slow_threshold_ns_) {
    CommandReport report{client, spec, args, duration_ns / 1000, failed};
    for (SlowHook& hook : slow_hooks_) {
      if (*hook.threshold_us >= 0 && report.duration_us >= *hook.threshold_us) hook.run(report);
    }
  }
  client.current = nullptr;
  if (--depth_ == 0 && !after_command_.empty()) run_after_command();
  // Only outputs that could be over a limit are looked at.
  if (client.out.pending_bytes() > OutputBuffer::kChunkBytes) clients.check_output_limit(client);
}

void Server::after_command(std::function<void()> run) {
  if (depth_ == 0) {
    loop.soon(std::move(run));
  } else {
    after_command_.push_back(std::move(run));
  }
}

void Server::run_after_command() {
  for (auto& run : std::exchange(after_command_, {})) run();
}

void Server::record_latency(const CommandSpec& spec, int64_t duration_ns) {
  if (!latency_tracking) return;
  if (spec.latency == nullptr) spec.latency = std::make_shared<LatencyHistogram>();
  spec.latency->record(static_cast<uint64_t>(duration_ns));
}

// [task 1.3] Refuse a command: count it, answer the error, tell those who watch.
void Server::reject(Client& client, const CommandSpec* spec, std::string_view error) {
  if (spec != nullptr) spec->stats.rejected_calls++;
  bool skipped = client.has(Client::kReplySkipNext);
  if (skipped) {
    client.unset(Client::kReplySkipNext);
    client.reply.set_muted(true);
  }
  if (spec != nullptr && !spec->refusal.empty()) {
    client.reply.set_error_prefix(spec->refusal);
    error.remove_prefix(error.find(' ') + 1);  // the prefix is the code
  }
  client.reply.error(error);
  if (skipped) client.reply.set_muted(client.has(Client::kReplyOff));
  for (auto& hook : reject_hooks_) hook(client);
}

// [task 1.3] Answer a command that does not exist.
void Server::unknown_command(Client& client, Args args) {
  // A web page can make a browser send HTTP to a port of its user's machine. The lines that such a request cannot do
  // without end the connection, before its body is taken for commands.
  if (equals_nocase(args[0], "post") || equals_nocase(args[0], "host:")) {
    warn_of_http(client);
    clients.close(client);
    return;
  }
  std::string shown;
  for (size_t i = 1; i < args.size() && shown.size() < kQuotedInError; i++) {
    shown += fmt::format("'{}' ", until_zero(args[i]).substr(0, kQuotedInError - shown.size()));
  }
  reject(client, nullptr,
         fmt::format("ERR unknown command '{}', with args beginning with: {}",
                     until_zero(args[0]).substr(0, kQuotedInError), shown));
}

void Server::on_slow_command(const int64_t* threshold_us, std::function<void(const CommandReport&)> hook) {
  slow_hooks_.push_back({threshold_us, std::move(hook)});
  refresh_slow_threshold();
}

void Server::refresh_slow_threshold() {
  slow_threshold_ns_ = INT64_MAX;
  for (const SlowHook& hook : slow_hooks_) {
    // A threshold beyond what nanoseconds can tell is never reached.
    if (*hook.threshold_us < 0 || *hook.threshold_us > INT64_MAX / 1000) continue;
    slow_threshold_ns_ = std::min(slow_threshold_ns_, *hook.threshold_us * 1000);
  }
}

}  // namespace strata::resp
