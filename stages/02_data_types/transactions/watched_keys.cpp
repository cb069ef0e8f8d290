#include "02_data_types/transactions/watched_keys.h"

#include <algorithm>

#include "01_resp_server/commands/client_list.h"
#include "01_resp_server/commands/client_reset.h"

namespace strata::db {

using resp::Client;

namespace {

const resp::ExtensionKey<WatchedKeys::Watches> kWatches;

}  // namespace

WatchedKeys::WatchedKeys(resp::Server& server, Keyspace& keyspace) : keyspace_(keyspace) {
  listener_ = keyspace.events.listen([this](const KeyEvent& event) { on_event(event); });
  keyspace.events.set_hearing(listener_, false);
  keyspace.events.listen_to_resets([this](Database* db) { on_reset(db); });
  server.clients.on_close([this](Client& client) { forget(client); });
  resp::ClientReset::of(server).on_reset([this](Client& client) { forget(client); });
  resp::ClientLines::of(server).set_flag('d', touched);
}

// [task 2.11] Watch a key, as it is now.
void WatchedKeys::watch(Client& client, std::string_view key) {
  Watches& own = client.ext.ensure(kWatches);
  if (own.touched) return;  // nothing can make it more so
  auto same = [&](const Lines::Place& place) { return place.line->db == client.db && place.line->key == key; };
  if (std::any_of(own.places.begin(), own.places.end(), same)) return;
  own.places.push_back(lines_.join(client.db, key, {&client, presence(client.db, key)}));
  keyspace_.events.set_hearing(listener_, true);
}

void WatchedKeys::forget(Client& client) {
  Watches* own = client.ext.get(kWatches);
  if (own == nullptr) return;
  leave_all(*own);
  own->touched = false;
}

void WatchedKeys::leave_all(Watches& watches) {
  for (const Lines::Place& place : watches.places) lines_.leave(place);
  watches.places.clear();
  keyspace_.events.set_hearing(listener_, !lines_.empty());
}

bool WatchedKeys::touched(const Client& client) {
  const Watches* own = client.ext.get(kWatches);
  return own != nullptr && own->touched;
}

// [task 2.11] Did a watched key change or expire?
bool WatchedKeys::changed(const Client& client) const {
  const Watches* own = client.ext.get(kWatches);
  if (own == nullptr) return false;
  auto expired_since = [this](const Lines::Place& place) {
    return (*place).seen != Presence::kExpired && presence(place.line->db, place.line->key) == Presence::kExpired;
  };
  return own->touched || std::any_of(own->places.begin(), own->places.end(), expired_since);
}

WatchedKeys::Presence WatchedKeys::presence(int db, std::string_view key) const {
  Database& database = keyspace_.db(db);
  Ref ref = database.find_even_expired(key);
  if (!ref) return Presence::kAbsent;
  return database.expired(*ref) ? Presence::kExpired : Presence::kPresent;
}

// [task 2.11] Touch all who watch a key that was modified.
void WatchedKeys::on_event(const KeyEvent& event) {
  if (event.kind != KeyEvent::Kind::kModified) return;
  Lines::Line* line = lines_.find(event.db.index(), event.key);
  if (line == nullptr) return;
  bool gone = !event.db.find_even_expired(event.key);
  for (Watcher& watcher : line->members) {
    if (gone && watcher.seen == Presence::kExpired) {
      watcher.seen = Presence::kAbsent;
    } else {
      to_touch_.push_back(watcher.client);
    }
  }
  touch_all();
}

void WatchedKeys::on_reset(Database* db) {
  int first = db == nullptr ? 0 : db->index();
  int last = db == nullptr ? static_cast<int>(lines_.databases()) - 1 : first;
  for (int index = first; index <= last; index++) {
    lines_.each(index, [this](Lines::Line& line) { look_again(line); });
  }
  touch_all();
}

// [task 2.11] Touch those whose key is another one in the new database.
// The database may hold other keys now than when the key was seen. Nothing changed for those who saw none where there is
// none now; an expired key is as good as none.
void WatchedKeys::look_again(Lines::Line& line) {
  Presence now = presence(line.db, line.key);
  for (Watcher& watcher : line.members) {
    if (watcher.seen == Presence::kPresent || now == Presence::kPresent) {
      to_touch_.push_back(watcher.client);
    } else {
      watcher.seen = now;
    }
  }
}

void WatchedKeys::touch_all() {
  for (Client* client : to_touch_) {
    Watches* own = client->ext.get(kWatches);
    own->touched = true;
    leave_all(*own);
  }
  to_touch_.clear();
}

}  // namespace strata::db
