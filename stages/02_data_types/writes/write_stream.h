// The stream of write commands, as every other copy of the data must replay it: files, replicas.
//
//   a command runs        what is passed on
//   SET a 1               SET a 1                            as it was given, because something changed
//   SET a 1 EX 10         SET a 1 PXAT 1795314110000         because its handler said so (WriteEffects)
//   GET e (expired)       DEL e                              because the keyspace said so
//   GET a                 nothing
//   MULTI SPOP EXEC       MULTI SREM SREM EXEC               one unit, whatever the client's own bounds were
//   set_repl(NONE), SET   nothing                            because the script that ran it said so (restrict)
//
// A unit is what one command of a client (a whole EXEC counts as one), one served waiting client or one expired or
// evicted key leads to: replayed entirely or not at all. Two commands or more stand between MULTI and EXEC.
//
// Every command is encoded once, however many sinks there are; a sink is handed whole units, at the end of each. While
// there is no sink, nothing observes the commands, and writing costs no more than raising WriteEffects::dirty: the count
// of changes, which needs no bytes.
#pragma once

#include <string_view>
#include <vector>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/server.h"

namespace strata::db {

// Keeps a copy of the data up to date.
class WriteSink {
 public:
  // `copy`: files do not want what only replicas hear (PUBLISH).
  explicit WriteSink(WriteEffects::Copies copy) : copy_(copy) {}

  // A unit is begin_unit, append (at least once), end_unit. The bytes are whole requests in RESP, SELECT included where
  // the database is not the one of the last append. They are valid during the call. No sink may be added or removed
  // meanwhile.
  virtual void begin_unit() {}
  virtual void append(std::string_view requests) = 0;
  virtual void end_unit() {}

  // The next unit begins with SELECT: whoever reads on from here knows of no earlier one.
  void forget_database() { db_ = kNone; }

 protected:
  ~WriteSink() = default;

 private:
  friend class WriteStream;
  static constexpr int kNone = -1;
  WriteEffects::Copies copy_;
  int db_ = kNone;
};

class WriteStream final : public resp::CommandObserver {
 public:
  WriteStream(resp::Server& server, Keyspace& keyspace);

  void add_sink(WriteSink& sink);
  void remove_sink(WriteSink& sink);

  // From here on, what commands do is for these copies only (a bit set, may be 0): redis.set_repl. What the keyspace says
  // by itself, of keys that expired or were evicted, is always for all.
  void restrict(uint8_t copies) { allowed_ = copies; }

  // Makes one unit of what happens during its life outside of commands, on behalf of a client: replay_as() then means
  // the database `db`.
  class Unit {
   public:
    Unit(WriteStream& stream, int db) : stream_(stream), db_(db) { stream_.pass_on_singly(); }
    ~Unit() {
      stream_.resolve_database(db_);
      stream_.pass_on_together();
    }
    Unit(const Unit&) = delete;
    Unit& operator=(const Unit&) = delete;

   private:
    WriteStream& stream_;
    int db_;
  };

  // resp::CommandObserver
  void before(resp::Client& client, const resp::CommandSpec& spec) override;
  void after(resp::Client& client, const resp::CommandSpec& spec, resp::Args args) override;

 private:
  void resolve_database(int db);
  void pass_on_together();
  void pass_on_singly();
  void pass_on(size_t first, size_t last);
  void pass_on_transaction(WriteSink& sink, size_t first, size_t last);
  void select_database(WriteSink& sink, int db);
  std::string_view requests(size_t first, size_t last) const;  // the bytes of these replays
  void clear();

  resp::Server& server_;
  WriteEffects& effects_;
  std::vector<WriteSink*> sinks_;
  uint64_t dirty_before_ = 0;  // the command that is running, or the last one inside of it
  size_t resolved_ = 0;        // of the replays so far, those whose database is known
  uint8_t allowed_ = WriteEffects::kAllCopies;
  std::string select_;  // reused
};

}  // namespace strata::db
