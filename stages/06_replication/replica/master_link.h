// The connection of a replica to its master, from the first connect to the stream.
//
//   kConnect      no connection; tried again every second
//   kConnecting   connect(2) is under way
//   kGreeting     PING was sent
//   kIntroducing  AUTH, REPLCONF port, address, capabilities: sent at once, answered one by one
//   kAsking       PSYNC id offset was sent
//   kWaiting      +FULLRESYNC: the image is about to come
//   kReceiving    it comes, into a file; the old data is served meanwhile
//   kConnected    the stream comes, and is applied
//
// When the link breaks, what was applied stays, and the next PSYNC asks for what comes after. Not thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "01_resp_server/net/event_loop.h"
#include "01_resp_server/server/server.h"
#include "06_replication/options.h"
#include "06_replication/replica/stream_reader.h"
#include "06_replication/stream/replication_stream.h"
#include "common/files.h"

namespace strata::repl {

class MasterLink final : public net::Watcher {
 public:
  enum class State : uint8_t {
    kConnect,
    kConnecting,
    kGreeting,
    kIntroducing,
    kAsking,
    kWaiting,
    kReceiving,
    kConnected
  };

  struct Hooks {
    // The image is here, in this file: load it as history `id` up to `offset`. The error is logged by the callee.
    std::function<Status(const std::string& file, const std::string& id, int64_t offset, StreamReader&)> load;
    std::function<void(const std::string& id)> renamed;  // the master's history goes on under another id
    std::function<void()> changed;                       // up or down
  };

  MasterLink(resp::Server& server, const Options& options, ReplicationStream& stream, std::string host, int port,
             Hooks hooks);
  ~MasterLink();
  MasterLink(const MasterLink&) = delete;
  MasterLink& operator=(const MasterLink&) = delete;

  const std::string& host() const { return host_; }
  int port() const { return port_; }
  State state() const { return state_; }
  bool up() const { return state_ == State::kConnected; }
  // The history that this server has is worth continuing: PSYNC asks for its next byte.
  void set_resumable(bool resumable) { resumable_ = resumable; }
  bool resumable() const { return resumable_; }
  void ask_for_failover() { failover_ = true; }
  StreamReader& reader() { return reader_; }

  void periodic();      // once a second
  void acknowledge();   // REPLCONF ACK, now
  void sign_of_life();  // a newline, at most once a second, while something long is under way

  // --- for INFO ---
  int64_t last_io_ms() const { return last_io_ms_; }        // loop clock
  int64_t down_since_ms() const { return down_since_ms_; }  // loop clock; -1: it was never up
  int64_t image_bytes() const { return image_bytes_; }      // -1: not known yet
  int64_t image_read() const { return image_read_; }

  void on_readable() override;
  void on_writable() override;

 private:
  void connect();
  void connected();
  void introduce();
  void ask();
  void drop(std::string_view why);
  void send(std::string_view bytes);
  void send_command(std::initializer_list<std::string_view> words);
  bool take_line(std::string_view line);
  bool answer_to_psync(std::string_view line);
  bool header(std::string_view line);
  bool take_image(std::string_view* bytes);
  void begin_file();
  bool finish_image();
  void begin_stream();
  void enter(State state);

  resp::Server& server_;
  const Options& options_;
  ReplicationStream& stream_;
  std::string host_;
  int port_;
  Hooks hooks_;
  StreamReader reader_;
  State state_ = State::kConnect;
  UniqueFd socket_;
  std::string line_;  // a line that has not ended
  std::string unsent_;
  int answers_left_ = 0;         // kIntroducing
  bool password_asked_ = false;  // the first of them says whether the password was right
  bool resumable_ = false;
  bool failover_ = false;
  int64_t last_io_ms_ = 0;
  int64_t down_since_ms_ = -1;
  int64_t last_sign_ms_ = 0;

  // the image under way
  std::string id_;
  int64_t offset_ = 0;
  UniqueFd file_;
  std::string file_name_;
  std::string mark_;  // 40 bytes that end it; empty: its length is known
  std::string tail_;  // the last bytes that came, to be compared with the mark
  int64_t image_bytes_ = -1;
  int64_t image_read_ = 0;
};

}  // namespace strata::repl
