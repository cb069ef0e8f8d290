// Keyspace notifications: what happens to keys, published to whoever subscribed (notify-keyspace-events).
//
//   SET k v in database 0:     channel                 message
//                              __keyspace@0__:k        set          with the letter K
//                              __keyevent@0__:set      k            with the letter E, after the other
//
// The option is a text of letters: K and E choose the channels, the rest choose classes of events (EventClass, whose
// values are the letters; A stands for g$lshzxetd). Without a channel or without a class nothing is heard, and changes
// of keys cost what they cost without this file.
#pragma once

#include <bitset>
#include <string>
#include <string_view>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/pubsub/pubsub.h"
#include "common/status.h"

namespace strata::db {

class Notifications {
 public:
  Notifications(Keyspace& keyspace, resp::PubSub& pubsub);

  // The letters in Redis's order, A for the classes it stands for.
  std::string letters() const;
  // Refuses unknown letters, with Redis's text.
  Status set_letters(std::string_view letters);

 private:
  void on_event(const KeyEvent& event);
  void publish(std::string_view kind, int db, std::string_view subject, std::string_view message);
  bool has(char letter) const { return enabled_[static_cast<size_t>(letter)]; }

  Keyspace& keyspace_;
  resp::PubSub& pubsub_;
  std::bitset<128> enabled_;  // by letter
  size_t listener_;
  std::string channel_;  // reused, so that publishing allocates nothing
};

}  // namespace strata::db
