// One connection: what was received, what is to be sent, and who it is.
//
// Clients are created and destroyed by Clients (clients.h), used on the event loop's thread only. Everything that a
// later stage wants to remember of a client goes into `ext`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "01_resp_server/net/event_loop.h"
#include "01_resp_server/resp/input_buffer.h"
#include "01_resp_server/resp/output_buffer.h"
#include "01_resp_server/resp/reply.h"
#include "01_resp_server/resp/request_parser.h"
#include "01_resp_server/server/command.h"
#include "01_resp_server/server/extensions.h"

namespace strata::resp {

// Which limit of client-output-buffer-limit applies.
enum class ClientClass : uint8_t { kNormal = 0, kReplica = 1, kPubsub = 2, kMaster = 3 };

// Where a client's output comes from besides its replies: a stream that many clients share, a file. Nothing of it is held
// in the client's own buffer but the piece that is on its way.
class OutputSource {
 public:
  virtual void refill(Client& client) = 0;   // the output has left: appends the next piece, if there is one
  virtual size_t pending_bytes() const = 0;  // that refill() has not given yet
  // Of them, what takes memory until it is sent: this is what client-output-buffer-limit limits.
  virtual size_t held_bytes() const { return pending_bytes(); }

 protected:
  ~OutputSource() = default;
};

class Client final : public net::Watcher, public ErrorObserver {
 public:
  enum Flag : uint32_t {
    kCloseAfterReply = 1u << 0,  // nothing more is read; closed once the output is gone
    kCloseNow = 1u << 1,         // freed at the end of this turn; nothing more is sent
    kMonitor = 1u << 2,
    kUnixSocket = 1u << 3,
    kNoEvict = 1u << 4,
    kReplyOff = 1u << 5,       // CLIENT REPLY OFF
    kReplySkipNext = 1u << 6,  // CLIENT REPLY SKIP was just run
    kReplySkip = 1u << 7,      // the command that is running now is the skipped one
    kWritePending = 1u << 8,   // in the list of clients to be written at the end of the turn
    kWriteWatched = 1u << 9,   // the socket was full; the loop waits for room
    kSuspended = 1u << 10,     // no further command runs until resumed (paused, blocked)
    kInternal = 1u << 11,      // has no socket (log replay, scripts): never listed, never written
    kScript = 1u << 12,        // internal, and runs a script's commands for a client that may be refused
  };

  Client(Server& server, int fd, uint64_t id);
  ~Client();

  Server& server;
  const uint64_t id;
  const int fd;  // -1: internal
  OutputBuffer out;
  OutputSource* source = nullptr;  // not owned; null: only replies are sent
  Reply reply;
  Extensions ext;

  uint64_t armed = 0;  // gates armed by this client's state
  uint32_t flags = 0;
  int db = 0;  // SELECTed database
  bool authenticated = true;
  std::string name;  // CLIENT SETNAME
  std::string user = "default";
  ClientClass kind = ClientClass::kNormal;

  int64_t created_ms = 0;                // wall clock
  int64_t last_active_ms = 0;            // loop clock of the last read or write
  int64_t soft_limit_since_ms = 0;       // when the output went over its soft limit; 0: it is not over
  const CommandSpec* current = nullptr;  // the command that is running
  const CommandSpec* last_command = nullptr;
  uint64_t errors_answered = 0;  // error replies of the current command

  bool has(Flag flag) const { return (flags & flag) != 0; }
  void set(Flag flag) { flags |= flag; }
  void unset(Flag flag) { flags &= ~static_cast<uint32_t>(flag); }

  // Its commands come from a log or a master, where they were accepted: they must run here too.
  bool obeyed() const { return kind == ClientClass::kMaster || (has(kInternal) && !has(kScript)); }

  InputBuffer& input() { return input_; }
  RequestParser& parser() { return parser_; }

  // "127.0.0.1:6379", "[::1]:6379" or "/path:0"; asked from the socket once.
  const std::string& peer_address();
  const std::string& local_address();

  size_t memory_bytes() const;  // buffers, name and the object itself

  // net::Watcher
  void on_readable() override;
  void on_writable() override;
  // ErrorObserver
  void on_error_reply(std::string_view text) override;

 private:
  InputBuffer input_;
  RequestParser parser_;
  std::string peer_;
  std::string local_;
};

}  // namespace strata::resp
