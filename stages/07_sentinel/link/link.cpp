#include "07_sentinel/link/link.h"

#include <utility>
#include <vector>

#include "07_sentinel/events/events.h"
#include "07_sentinel/model/instance.h"
#include "07_sentinel/monitor/hello_exchange.h"
#include "07_sentinel/monitor/periodic.h"
#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

namespace {

constexpr size_t kIdInName = 8;

// The words of a command with its name as it is known over there.
std::vector<std::string_view> with_renamed(const Instance& instance, std::initializer_list<std::string_view> words) {
  std::vector<std::string_view> sent(words);
  const auto& map = instance.master().renamed_commands;
  if (map.empty()) return sent;
  if (const auto found = map.find(sent[0]); found != map.end()) sent[0] = found->second;
  return sent;
}

struct Credentials {
  std::string user;
  std::string password;  // empty: no AUTH
};

// Sentinels that have no password for one another take for granted that all have the same one.
// [task 7.4] With which password does it go there?
Credentials credentials(const Sentinel& sentinel, const Instance& instance) {
  const Settings& settings = sentinel.settings;
  if (instance.kind != Kind::kSentinel) return {instance.master().auth_user, instance.master().auth_password};
  if (!settings.sentinel_password.empty()) return {settings.sentinel_user, settings.sentinel_password};
  return {"", sentinel.own_password()};
}

// What a new connection says first. `say` sends the words.
template <class Say>
void introduce(const Sentinel& sentinel, const Instance& instance, std::string_view purpose, Say say) {
  const Credentials auth = credentials(sentinel, instance);
  if (!auth.password.empty() && auth.user.empty()) say({"AUTH", auth.password});
  if (!auth.password.empty() && !auth.user.empty()) say({"AUTH", auth.user, auth.password});
  const std::string name = "sentinel-" + sentinel.id.substr(0, kIdInName) + std::string(purpose);
  say({"CLIENT", "SETNAME", name});
}

void open_commands(Sentinel& sentinel, Instance& instance) {
  Link& link = *instance.link;
  if (sentinel.settings.resolve_hostnames) {
    // A name may stand for another address by now.
    if (std::string ip = resolve(instance.address.host, true); !ip.empty()) instance.address.ip = std::move(ip);
  }
  Connection::Hooks hooks;
  hooks.on_reply = [&sentinel, &link](const Value& value) {
    if (link.pending.empty()) return;  // nobody asked
    const Link::Pending asked = link.pending.front();
    link.pending.pop_front();
    if (asked.about != nullptr && asked.handler != nullptr) asked.handler(sentinel, *asked.about, value);
  };
  hooks.on_lost = [&link] { link.drop_commands(); };
  link.commands = std::make_shared<Connection>(sentinel.server.loop, std::move(hooks));
  const Status opened = link.commands->open(instance.address.ip, instance.address.port, sentinel.source_address());
  if (!opened.ok()) {
    sentinel.events.about(LogLevel::kDebug, "-cmd-link-reconnection", instance, " #" + opened.message());
    link.drop_commands();
    return;
  }
  link.commands_since_ms = now_ms();
  introduce(sentinel, instance, "-cmd", [&](std::initializer_list<std::string_view> words) {
    send_command(instance, words, nullptr);  // whatever it answers: the PINGs will tell
  });
  send_ping(sentinel, instance);
}

void open_messages(Sentinel& sentinel, Instance& instance) {
  Link& link = *instance.link;
  Connection::Hooks hooks;
  hooks.on_reply = [&sentinel, &link](const Value& value) {
    link.last_message_ms = now_ms();
    receive_hello(sentinel, value);  // may be the end of the link
  };
  hooks.on_lost = [&link] { link.drop_messages(); };
  link.messages = std::make_shared<Connection>(sentinel.server.loop, std::move(hooks));
  const Status opened = link.messages->open(instance.address.ip, instance.address.port, sentinel.source_address());
  if (!opened.ok()) {
    sentinel.events.about(LogLevel::kDebug, "-pubsub-link-reconnection", instance, " #" + opened.message());
    link.drop_messages();
    return;
  }
  link.messages_since_ms = link.last_message_ms = now_ms();
  const auto say = [&](std::initializer_list<std::string_view> words) {
    link.messages->send(with_renamed(instance, words));
  };
  introduce(sentinel, instance, "-pubsub", say);
  say({"SUBSCRIBE", kHelloChannel});
}

}  // namespace

void Link::drop_commands() {
  // Kept until the handlers that may be running on it have returned.
  if (const auto dropped = std::exchange(commands, nullptr)) dropped->close();
  pending.clear();
  disconnected = true;
}

void Link::drop_messages() {
  if (const auto dropped = std::exchange(messages, nullptr)) dropped->close();
  disconnected = true;
}

void Link::forget(const Instance& instance) {
  for (Pending& each : pending) {
    if (each.about == &instance) each.about = nullptr;
  }
}

void Link::restart_ping() {
  const int64_t now = now_ms();
  act_ping_ms = last_avail_ms = last_pong_ms = now;
  last_ping_ms = 0;
}

// [task 7.4] Open what is missing, but not too often.
void reconnect(Sentinel& sentinel, Instance& instance) {
  Link& link = *instance.link;
  if (!link.disconnected || instance.address.port == 0) return;
  const int64_t now = now_ms();
  if (now - link.last_reconnect_ms < sentinel.timing.ping_period) return;
  link.last_reconnect_ms = now;
  const bool listens = instance.kind != Kind::kSentinel;
  if (link.commands == nullptr) open_commands(sentinel, instance);
  if (listens && link.messages == nullptr) open_messages(sentinel, instance);
  if (link.commands != nullptr && (!listens || link.messages != nullptr)) link.disconnected = false;
}

// [task 7.4] Send a command, and remember who asked.
bool send_command(Instance& instance, std::initializer_list<std::string_view> words, ReplyHandler handler) {
  Link& link = *instance.link;
  if (link.commands == nullptr) return false;
  link.commands->send(with_renamed(instance, words));
  link.pending.push_back({&instance, handler});
  return true;
}

}  // namespace strata::sentinel
