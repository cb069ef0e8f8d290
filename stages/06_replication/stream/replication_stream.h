// The replication stream: all writes in order, under an id that names their history.
//
//   id1          names the history; the same id and offset mean the same data
//   offset       bytes produced so far (a master), or applied (a replica)
//   id2, off2    up to byte off2 - 1 the history is the one that id2 names: the one before a promotion
//
// A master produces the stream as a sink of the write stream; a replica passes on what its master sends, byte for byte. A
// server that never had a replica counts nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "01_resp_server/server/server.h"
#include "02_data_types/writes/write_stream.h"
#include "06_replication/stream/backlog.h"

namespace strata::repl {

class ReplicationStream final : public db::WriteSink {
 public:
  explicit ReplicationStream(resp::Server& server);

  const std::string& id() const { return id_; }
  const std::string& second_id() const { return second_id_; }
  int64_t second_offset() const { return second_offset_; }
  uint64_t offset() const { return offset_; }
  Backlog& backlog() { return backlog_; }
  const Backlog& backlog() const { return backlog_; }

  // WriteSink, while this server is a master with a backlog.
  void append(std::string_view requests) override { feed(requests); }
  // Bytes of the stream as they are: from the master, or what only replicas hear (PING, GETACK).
  void feed(std::string_view bytes);
  void produce(bool wanted);             // from this server's own writes
  std::function<void(bool)> on_produce;  // it begins, it ends

  // --- changes of history ---
  void begin_backlog();   // for a first replica: a new id
  void forget_history();  // a new id, and no other
  void end_backlog();     // no replica for long: a new id, nothing is counted
  void promote();         // this server goes its own way from here
  // A full synchronisation has brought this server to that point of somebody's history.
  void adopt(std::string id, uint64_t offset);
  // The master goes on with the same history under another id.
  void rename(const std::string& id);
  // A restart as a master: replicas of the former life may go on.
  void resume_as_second(const std::string& id, uint64_t offset);

  // Is this a name of our history?
  bool knows(std::string_view id) const;
  // May a replica that has asked for this byte of a history that we know be given the rest?
  bool can_continue(std::string_view id, int64_t offset) const;

  static const std::string& no_id();  // 40 zeros

 private:
  resp::Server& server_;
  std::string id_;
  std::string second_id_;
  int64_t second_offset_ = -1;
  uint64_t offset_ = 0;
  Backlog backlog_;
  bool producing_ = false;
};

}  // namespace strata::repl
