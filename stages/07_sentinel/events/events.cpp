#include "07_sentinel/events/events.h"

#include <fmt/format.h>

#include "01_resp_server/pubsub/pubsub.h"
#include "07_sentinel/model/instance.h"

namespace strata::sentinel {

namespace {

std::string_view word_for(Kind kind) {
  switch (kind) {
    case Kind::kMaster:
      return "master";
    case Kind::kReplica:
      return "slave";
    case Kind::kSentinel:
      return "sentinel";
  }
  return "unknown";
}

}  // namespace

void Events::about(LogLevel level, std::string_view type, const Instance& instance, std::string_view extra) {
  const auto place = [this](const Instance& each) {
    return fmt::format("{} {} {}", each.name, settings_.shown(each.address), each.address.port);
  };
  std::string message = fmt::format("{} {}", word_for(instance.kind), place(instance));
  if (instance.kind != Kind::kMaster) message += " @ " + place(instance.master());
  message += extra;
  note(level, type, &instance, std::move(message));
}

void Events::note(LogLevel level, std::string_view type, const Instance* concerned, std::string message) {
  if (message.size() > kMaxMessage) message.resize(kMaxMessage);
  log_at(level, "{} {}", type, message);
  if (level != LogLevel::kDebug) server_.get<resp::PubSub>().publish(type, message);
  if (level != LogLevel::kWarning || concerned == nullptr) return;
  const std::string& script = concerned->master().notification_script;
  if (!script.empty()) scripts_.schedule({script, std::string(type), message});
}

}  // namespace strata::sentinel
