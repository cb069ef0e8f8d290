// WATCH: has any of the keys that a client watches become another one since?
//
// A client joins the line of each key that it watches. A change of the key marks all clients in its line as touched,
// which is all that EXEC needs to know; their other watches are dropped at once. While nobody watches anything, changes
// of keys cost nothing here.
//
// Expiry. A watched key that expires counts as changed when EXEC looks, deleted already or not. A key that had expired
// before it was watched counts as absent: that it is deleted in the end is no change.
#pragma once

#include <vector>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/server.h"
#include "02_data_types/interest/key_interests.h"

namespace strata::db {

class WatchedKeys {
 public:
  WatchedKeys(resp::Server& server, Keyspace& keyspace);

  // A key that is watched already stays as it was seen first.
  void watch(resp::Client& client, std::string_view key);
  void forget(resp::Client& client);  // all its keys, and that one of them was touched

  // Did a watched key change or expire?
  bool changed(const resp::Client& client) const;
  static bool touched(const resp::Client& client);  // without a look at the clock

 private:
  enum class Presence : uint8_t { kAbsent, kPresent, kExpired };
  struct Watcher {
    resp::Client* client;
    Presence seen;
  };
  using Lines = KeyInterests<Watcher>;

 public:
  // What a client watches.
  struct Watches {
    std::vector<Lines::Place> places;
    bool touched = false;
  };

 private:
  void on_event(const KeyEvent& event);
  void on_reset(Database* db);
  void look_again(Lines::Line& line);
  void touch_all();
  void leave_all(Watches& watches);
  Presence presence(int db, std::string_view key) const;

  Keyspace& keyspace_;
  Lines lines_;
  size_t listener_;
  std::vector<resp::Client*> to_touch_;  // of the event that is being told
};

}  // namespace strata::db
