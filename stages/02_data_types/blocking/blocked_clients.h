// Clients that wait: for a key to hold something, for a time to pass, for whatever a later stage knows of.
//
//   BLPOP q 0   q holds nothing     suspended, in the line of q, with what it wants (a Wait)
//   RPUSH q a   by someone else     q came into being: noted as ready
//               that command ends   the first in q's line is served, then the next, as long as q holds something
//
// Served are clients in their order of arrival, keys in the order in which they became ready, after the command (or the
// whole transaction) that made them so and before any other. What a served client does may make further keys ready.
// The commands that a blocked client has sent on wait in its input until it is released.
//
// While nobody waits for a key, changes of keys cost nothing here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/server.h"
#include "02_data_types/interest/key_interests.h"
#include "02_data_types/writes/write_stream.h"

namespace strata::db {

// What a blocked client waits for, with copies of all that it needs from the command's arguments.
class Wait {
 public:
  virtual ~Wait() = default;
  // Answers the client, who got a value of the type that it waits for. It does not wait any longer then, come what may.
  // `key` is not the entry's own copy.
  virtual void serve(resp::Client& client, std::string_view key, Ref ref) const = 0;
  // Answers what a wait without success answers.
  virtual void give_up(resp::Client& client) const = 0;
  // The same where the client must not even begin to wait.
  virtual void refuse(resp::Client& client) const { give_up(client); }
  virtual ValueType type() const = 0;
};

class BlockedClients {
 public:
  BlockedClients(resp::Server& server, Keyspace& keyspace, WriteStream& writes);

  // Serves the client at once from the first key that holds a value. Where none does, the client waits for one, at most
  // `timeout_ms` (0: forever); or gives up at once where it must not wait: in a transaction, a script, a log.
  template <class W>
  void serve_or_wait(resp::Client& client, resp::Args keys, int64_t timeout_ms, W wait) {
    if (served_at_once(client, keys, wait)) return;
    if (may_block(client)) {
      block(client, keys, timeout_ms, std::make_unique<W>(std::move(wait)));
    } else {
      wait.refuse(client);
    }
  }

  // Suspends the client of the command that is running. Without keys it waits for the time, or for release().
  void block(resp::Client& client, resp::Args keys, int64_t timeout_ms, std::unique_ptr<Wait> wait);
  // Lets a blocked client go on with its next command. It has been answered.
  void release(resp::Client& client);
  // Answers and releases.
  void give_up(resp::Client& client);
  void interrupt(resp::Client& client, std::string_view error);
  // Answers all of them with this error and closes their connections: what they wait for will not come here any more.
  void interrupt_all(std::string_view error);

  static bool may_block(const resp::Client& client);
  static bool blocked(const resp::Client& client);
  static const Wait* wait_of(const resp::Client& client);  // null: not blocked
  // The keys that it waits for; valid until it is released.
  static std::vector<std::string_view> keys_of(const resp::Client& client);
  size_t count() const { return count_; }

 private:
  using Lines = KeyInterests<resp::Client*>;
  struct ReadyKey {
    int db;
    std::string key;
  };

 public:
  // What is kept of a blocked client.
  struct State {
    std::unique_ptr<Wait> wait;
    std::vector<Lines::Place> places;
    net::TimerId timer = 0;  // 0: none
    int64_t since_us = 0;    // of the loop's clock
    bool skipped = false;    // CLIENT REPLY SKIP: the answer is not sent
  };

 private:
  bool served_at_once(resp::Client& client, resp::Args keys, const Wait& wait);
  void on_reset(Database* db);
  void note_ready(int db, std::string_view key);
  void serve_ready();
  void serve_line(const ReadyKey& ready);
  void leave(resp::Client& client);
  void answer(resp::Client& client, const std::function<void()>& write);

  resp::Server& server_;
  Keyspace& keyspace_;
  WriteStream& writes_;
  Lines lines_;
  size_t listener_;
  std::vector<ReadyKey> ready_;
  bool serving_is_due_ = false;
  size_t count_ = 0;
};

}  // namespace strata::db
