// MULTI ... EXEC: commands that run together, with nobody else's in between.
//
//   client              after MULTI the gate "transaction" is armed for this client
//   any command  ---->  queued: +QUEUED          refused: its error, and EXEC will refuse too (EXECABORT)
//   EXEC         ---->  an array with the reply of each command; an error of one does not stop the others
//   DISCARD, RESET, disconnect, a refused EXEC: the queue is dropped
//
// A client that uses no MULTI pays nothing. Time stands still during EXEC: no key expires between two of its commands.
#pragma once

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/server.h"
#include "02_data_types/transactions/command_queue.h"
#include "02_data_types/transactions/watched_keys.h"

namespace strata::db {

class Transactions {
 public:
  Transactions(resp::Server& server, Keyspace& keyspace);

  void begin(resp::Client& client);    // MULTI
  void exec(resp::Client& client);     // EXEC
  void discard(resp::Client& client);  // DISCARD
  WatchedKeys& watched() { return watched_; }

  static bool open(const resp::Client& client);     // between MULTI and EXEC, or running it
  static bool running(const resp::Client& client);  // its EXEC: commands must not block

  // What EXEC would run; null outside of a transaction.
  static const CommandQueue* queue(const resp::Client& client);

  // The flags that count for gates which refuse what a command would do: of EXEC, those of the queued commands too.
  static uint64_t flags_in_effect(const resp::Client& client, const resp::CommandSpec& spec);
  // For gates that refuse writes: which commands they have to look at (EXEC may hold some), and is this one a write?
  static bool may_write(const resp::CommandSpec& spec);
  static bool writes(const resp::Client& client, const resp::CommandSpec& spec);
  // May the command take memory, be it for waiting in a queue?
  static bool takes_memory(const resp::Client& client, const resp::CommandSpec& spec);

 private:
  static bool gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args args);
  void on_reject(resp::Client& client);
  void run(resp::Client& client, const CommandQueue& queue);
  void close(resp::Client& client);  // back to normal, nothing watched any more

  resp::Server& server_;
  Keyspace& keyspace_;
  WatchedKeys watched_;
  resp::GateBit gate_;
};

}  // namespace strata::db
