// The connection of a replica to its master, from the first connect to the stream.
//
//   kConnect      no connection; tried again every second
//   kConnecting   connect(2) is under way
//   kGreeting     PING was sent
//   kIntroducing  AUTH, REPLCONF port, address, capabilities: sent at once, answered one by one
//   kAsking       PSYNC id offset was sent
//   kWaiting      +FULLRESYNC: the image is about to come
//   kReceiving    it comes: into a file while the old data is served, or straight to the loader
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
#include "06_replication/replica/image_file.h"
#include "06_replication/replica/image_loader.h"
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
    std::function<void(const std::string& id)> renamed;  // the master's history goes on under another id
    std::function<void()> changed;                       // up or down
    // The answer to PSYNC ... FAILOVER. After a refusal the link is closed.
    std::function<void(bool accepted)> failover_answered;
  };

  MasterLink(resp::Server& server, const Options& options, ReplicationStream& stream, ImageLoader& loader,
             std::string host, int port, Hooks hooks);
  ~MasterLink();
  MasterLink(const MasterLink&) = delete;
  MasterLink& operator=(const MasterLink&) = delete;

  const std::string& host() const { return host_; }
  int port() const { return port_; }
  State state() const { return state_; }
  bool loading() const { return loading_; }  // in the middle of an image: the link must not go now
  bool up() const { return state_ == State::kConnected; }
  // The history that this server has is worth continuing: PSYNC asks for its next byte.
  void set_resumable(bool resumable) { resumable_ = resumable; }
  bool resumable() const { return resumable_; }
  void ask_for_failover() { failover_ = true; }
  StreamReader& reader() { return reader_; }

  void periodic();      // once a second
  void retry();         // connects at once, if there is no connection
  void go_on();         // a pause of clients has ended, which held the stream back
  void acknowledge();   // REPLCONF ACK, now
  void sign_of_life();  // a newline, at most once a second, while something long is under way

  // --- for INFO ---
  int64_t last_io_ms() const { return last_io_ms_; }        // loop clock
  int64_t down_since_ms() const { return down_since_ms_; }  // loop clock; -1: it was never up
  int64_t image_bytes() const { return image_bytes_; }      // -1: not known yet; 0: only its end will tell
  int64_t image_read() const { return static_cast<int64_t>(file_.size()); }

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
  bool take_line(std::string_view line, std::string_view* rest);
  bool answer_to_psync(std::string_view line);
  bool begin_image(std::string_view line, std::string_view* rest);
  bool take_image(std::string_view* bytes);
  bool load_file();
  bool load_from_link(std::string_view* rest);
  void image_loaded();
  void begin_stream();
  void follow_stream(std::string_view bytes);
  void enter(State state);
  void watch();

  resp::Server& server_;
  const Options& options_;
  ReplicationStream& stream_;
  ImageLoader& loader_;
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
  ImageMoment moment_;
  ImageHead head_;
  ImageFile file_;
  bool loading_ = false;  // nothing is read from the socket here
  int64_t image_bytes_ = -1;
};

}  // namespace strata::repl
