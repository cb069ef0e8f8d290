#include "01_resp_server/commands/client_pause.h"

#include <algorithm>
#include <utility>

#include "01_resp_server/commands/client_list.h"
#include "01_resp_server/commands/subcommand_error.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {

namespace {

// The command that a pause holds back. Owns its words: the buffers that they were received into are used for
// other things.
struct Held {
  std::vector<std::string> words;
};
const ExtensionKey<Held> kHeld;

constexpr int64_t kLongestTimerMs = 24ll * 3600 * 1000;  // a longer pause looks again once a day

}  // namespace

ClientPause::ClientPause(Server& server) : server_(server) {
  gate_bit_ = server.gates.add(
      "paused", GateRank::kPaused, [](const CommandSpec&) { return true; }, gate);
  ClientLines::of(server).set_flag('b', holds);
  server.clients.on_close([this](Client& client) {
    if (holds(client)) std::erase(waiting_, client.id);
  });
}

bool ClientPause::holds(const Client& client) {
  const Held* held = client.ext.get(kHeld);
  return held != nullptr && !held->words.empty();
}

bool ClientPause::gate(Client& client, const CommandSpec& spec, Args args) {
  auto& pause = client.server.get<ClientPause>();
  if (!pause.concerns(client, spec)) return true;
  pause.put_aside(client, args);
  return false;
}

bool ClientPause::concerns(const Client& client, const CommandSpec& spec) const {
  if (client.has(Client::kInternal) || client.kind == ClientClass::kReplica || client.has(Client::kMonitor))
    return false;
  if (mode_ != Mode::kWrites) return mode_ == Mode::kAll;
  if (spec.is(kWrite | kMayReplicate)) return true;
  return std::any_of(also_writes_.begin(), also_writes_.end(), [&](Writes writes) { return writes(client, spec); });
}

void ClientPause::put_aside(Client& client, Args args) {
  client.ext.ensure(kHeld).words.assign(args.begin(), args.end());
  waiting_.push_back(client.id);
  server_.clients.suspend(client);
}

void ClientPause::pause(Purpose purpose, Mode mode, int64_t end_ms) {
  Pause& pause = pauses_[static_cast<size_t>(purpose)];
  bool running = pause.mode != Mode::kNone && pause.end_ms > server_.loop.now_ms();
  pause = running ? Pause{std::max(pause.mode, mode), std::max(pause.end_ms, end_ms)} : Pause{mode, end_ms};
  refresh();
}

void ClientPause::unpause(Purpose purpose) {
  pauses_[static_cast<size_t>(purpose)] = {};
  refresh();
}

void ClientPause::refresh() {
  Mode before = std::exchange(mode_, Mode::kNone);
  int64_t now = server_.loop.now_ms();
  int64_t next_end = INT64_MAX;
  for (Pause& pause : pauses_) {
    if (pause.end_ms <= now) pause = {};
    if (pause.mode == Mode::kNone) continue;
    mode_ = std::max(mode_, pause.mode);
    next_end = std::min(next_end, pause.end_ms);
  }
  if (timer_ != 0) server_.loop.cancel(std::exchange(timer_, 0));
  if (mode_ == Mode::kNone) {
    server_.armed &= ~gate_bit_;
  } else {
    server_.armed |= gate_bit_;
    timer_ = server_.loop.after(std::min(next_end - now, kLongestTimerMs), [this] {
      timer_ = 0;
      refresh();
    });
  }
  // Also when the mode only became weaker: whoever still has to wait is put aside again. Not at once: this
  // may run inside another client's command.
  if (mode_ < before) server_.loop.soon([this] { release(); });
}

void ClientPause::release() {
  for (auto& hook : release_hooks_) hook();
  for (uint64_t id : std::exchange(waiting_, {})) {
    Client* client = server_.clients.by_id(id);
    if (client == nullptr || client->has(Client::kCloseNow)) continue;  // closed since
    std::vector<std::string> words = std::exchange(client->ext.ensure(kHeld).words, {});
    std::vector<std::string_view> args(words.begin(), words.end());
    // Resumed first: the command may suspend its client anew, for a pause or a reason of its own.
    server_.clients.resume(*client);
    server_.begin_batch();
    server_.execute(*client, args);
    if (!client->out.empty()) server_.clients.schedule_write(*client);
  }
}

void client_pause_command(Client& client, Args args) {
  auto mode = ClientPause::Mode::kAll;
  if (args.size() > 4) {
    reply_bad_subcommand(client, args);
    return;
  }
  if (args.size() == 4) {
    if (equals_nocase(args[3], "write")) {
      mode = ClientPause::Mode::kWrites;
    } else if (!equals_nocase(args[3], "all")) {
      client.reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
      return;
    }
  }
  int64_t timeout_ms = 0;
  if (!parse_int64(args[2], &timeout_ms)) {
    client.reply.error("ERR timeout is not an integer or out of range");
    return;
  }
  if (timeout_ms < 0) {
    client.reply.error("ERR timeout is negative");
    return;
  }
  // An end beyond what the clock can hold lies in the past for Redis, and pauses nothing.
  int64_t end_ms = 0;
  bool fits = !__builtin_add_overflow(client.server.loop.now_ms(), timeout_ms, &end_ms);
  if (fits) client.server.get<ClientPause>().pause(ClientPause::Purpose::kCommand, mode, end_ms);
  client.reply.ok();
}

void client_unpause_command(Client& client, Args) {
  client.server.get<ClientPause>().unpause(ClientPause::Purpose::kCommand);
  client.reply.ok();
}

}  // namespace strata::resp
