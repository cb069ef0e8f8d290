// The connections to one instance and what is known of how it answers.
//
//             masters, replicas     other sentinels
//   commands  PING INFO PUBLISH     PING PUBLISH, votes      requests are answered in order: `pending` remembers who asked
//   messages  SUBSCRIBE hello       -                        hellos of others arrive here
//
// A sentinel that is known under several masters is reached over one link that all its entries share: one PING serves all of
// them. A link is `disconnected` while one of the connections it needs is missing.
#pragma once

#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string_view>

#include "07_sentinel/link/connection.h"
#include "07_sentinel/model/timing.h"

namespace strata::sentinel {

class Sentinel;
struct Instance;

// Called with the reply to a command that was sent for an instance.
using ReplyHandler = void (*)(Sentinel&, Instance&, const Value&);

struct Link {
  struct Pending {
    Instance* about;       // null: gone meanwhile
    ReplyHandler handler;  // null: the reply does not matter
  };

  std::shared_ptr<Connection> commands;
  std::shared_ptr<Connection> messages;
  std::deque<Pending> pending;
  bool disconnected = true;
  int users = 0;  // instances that share it

  // An instance that never connects is to time out: its first PING counts as sent right away.
  int64_t act_ping_ms = now_ms();    // when the oldest PING without an answer was sent; 0: none
  int64_t last_ping_ms = 0;          // sent
  int64_t last_avail_ms = now_ms();  // an answer that says it is well
  int64_t last_pong_ms = now_ms();   // any answer
  int64_t last_message_ms = 0;       // on `messages`
  int64_t commands_since_ms = 0;     // when the connections were opened
  int64_t messages_since_ms = 0;
  int64_t last_reconnect_ms = 0;

  void drop_commands();
  void drop_messages();
  void drop() {
    drop_commands();
    drop_messages();
  }
  void forget(const Instance& instance);  // its replies concern nobody any more
  void restart_ping();                    // as if it were new
};

// Opens what is missing, at most once per ping-period.
void reconnect(Sentinel& sentinel, Instance& instance);

// Sends a command over the instance's link; false when it has none. The first word goes through the rename-command map of
// the instance's master.
bool send_command(Instance& instance, std::initializer_list<std::string_view> words, ReplyHandler handler);

}  // namespace strata::sentinel
