// Applies the stream that a master sends: runs each command, passes its bytes on, counts the offset.
//
// While CLIENT PAUSE holds back what a command of the stream does, that command and all behind it wait here.
//
// The offset counts whole commands, and whole transactions: it stays where it is from MULTI to EXEC. What was received of
// a command or a transaction that the link cuts off is thrown away, and asked for again.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "01_resp_server/server/server.h"
#include "04_aof/load/command_runner.h"
#include "06_replication/options.h"
#include "06_replication/stream/replication_stream.h"

namespace strata::repl {

class StreamReader {
 public:
  StreamReader(resp::Server& server, const Options& options, ReplicationStream& stream);

  // The master wants to know how far this replica is (REPLCONF GETACK).
  std::function<void()> on_getack;

  // Takes the bytes (none, when a pause has ended) and applies what is whole. False: they are no stream of commands.
  [[nodiscard]] bool take(std::string_view bytes);
  void forget_unapplied();  // the link is gone

  uint64_t received() const { return stream_.offset() + input_.size() + transaction_.size() - used_; }
  int db() { return runner_.client().db; }  // that the stream has selected
  void select(int db) { runner_.client().db = db; }

 private:
  bool held() const;  // the command that was found
  void on_error(std::string_view command);
  void apply_without_disk();
  void apply(std::string_view raw);

  resp::Server& server_;
  const Options& options_;
  ReplicationStream& stream_;
  aof::CommandRunner runner_;
  std::string input_;
  size_t used_ = 0;          // of it
  size_t wanted_ = 1;        // bytes that there must be before the next look
  std::string transaction_;  // raw bytes since MULTI
  std::vector<std::string_view> words_;
  bool disk_fails_ = false;
  int64_t disk_told_ms_ = 0;  // in the log; loop clock
};

}  // namespace strata::repl
