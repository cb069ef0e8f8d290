#include "02_data_types/notifications/notifications.h"

#include <fmt/format.h>

#include "02_data_types/families.h"
#include "common/text.h"

namespace strata::db {

namespace {

constexpr std::string_view kKnown = "Ag$lshzxeKEtmdn";  // as Redis's error lists them
constexpr std::string_view kAll = "g$lshzxetd";         // what A stands for
constexpr size_t kKeptChannel = 4096;                   // capacity kept for the next channel's name

}  // namespace

Notifications::Notifications(Keyspace& keyspace, resp::PubSub& pubsub) : keyspace_(keyspace), pubsub_(pubsub) {
  listener_ = keyspace.events.listen([this](const KeyEvent& event) { on_event(event); });
  keyspace.events.set_hearing(listener_, false);
}

std::string Notifications::letters() const {
  std::string shown;
  auto show = [&](std::string_view letters) {
    for (char letter : letters) {
      if (has(letter)) shown += letter;
    }
  };
  show(kAll);
  if (shown == kAll) {
    shown = "A";  // hides an n beside it, as in Redis
  } else {
    show("n");
  }
  show("KEm");
  return shown;
}

// [task 2.13] Read the option, and hear of events only while somebody wants them.
Status Notifications::set_letters(std::string_view letters) {
  std::bitset<128> wanted;
  for (char letter : letters) {
    if (kKnown.find(letter) == std::string_view::npos) {
      return Status::error(fmt::format("Invalid event class character. Use '{}'.", kKnown));
    }
    if (letter != 'A') {
      wanted.set(static_cast<size_t>(letter));
    } else {
      for (char each : kAll) wanted.set(static_cast<size_t>(each));
    }
  }
  enabled_ = wanted;
  bool channels = has('K') || has('E');
  size_t classes = wanted.count() - static_cast<size_t>(has('K')) - static_cast<size_t>(has('E'));
  keyspace_.events.set_hearing(listener_, channels && classes > 0);
  return {};
}

// [task 2.13] Publish an event on the channels that are wanted.
void Notifications::on_event(const KeyEvent& event) {
  if (!has(static_cast<char>(event.klass))) return;
  if (pubsub_.channels().size() == 0 && pubsub_.patterns().size() == 0) return;
  if (has('K')) publish("keyspace", event.db.index(), event.key, event.name);
  if (has('E')) publish("keyevent", event.db.index(), event.name, event.key);
}

// [task 2.13] Publish on one channel, without allocating memory.
void Notifications::publish(std::string_view kind, int db, std::string_view subject, std::string_view message) {
  if (channel_.capacity() > kKeptChannel) channel_ = std::string();
  channel_.clear();
  fmt::format_to(std::back_inserter(channel_), "__{}@{}__:", kind, db);
  channel_ += subject;
  pubsub_.publish(channel_, message);
}

void install_notifications(Server& server) {
  auto& notifications = server.own<Notifications>(server.get<Keyspace>(), server.get<resp::PubSub>());
  server.config.custom(
      "notify-keyspace-events",
      {.get = [&] { return notifications.letters(); },
       .set =
           [&](const resp::Config::Words& words) { return notifications.set_letters(words.empty() ? "" : words[0]); },
       .rewrite =
           [&] {
             return std::vector<std::string>{fmt::format("notify-keyspace-events {}", quote(notifications.letters()))};
           }},
      "which events of keys are published, and on which channels");
}

}  // namespace strata::db
