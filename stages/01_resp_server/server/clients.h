// All connections: accepting, reading, running what was read, writing, limits, closing.
//
//   readable -> read -> parse -> Server::execute for each whole command -> replies gather in Client::out
//   end of the turn: reply barriers (nothing is acknowledged before it is durable) -> one writev per client
//
// Closing is deferred to the end of the turn, so a Client& stays valid while a command runs.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "01_resp_server/server/client.h"
#include "01_resp_server/server/lookahead.h"

namespace strata::resp {

struct OutputLimit {
  uint64_t hard_bytes = 0;  // 0: no limit
  uint64_t soft_bytes = 0;
  int64_t soft_seconds = 0;
};

class Clients {
 public:
  explicit Clients(Server& server);
  ~Clients();

  // Takes over an accepted socket. Refuses it (with Redis's error) beyond maxclients or in protected mode.
  void accept(int fd, bool unix_socket);
  // A client without a socket: runs commands for the server itself (log replay, scripts).
  std::unique_ptr<Client> make_internal();

  Client* by_id(uint64_t id) const;
  Client* serving() const { return serving_; }                 // whose input is being parsed and run; null: nobody's
  void each(const std::function<void(Client&)>& visit) const;  // in order of id
  size_t count() const { return by_id_.size(); }

  // Frees the client at the end of the turn; its output is not sent.
  void close(Client& client);
  void close_all();
  // Called for every new connection, before anything is read from it.
  void on_open(std::function<void(Client&)> hook) { open_hooks_.push_back(std::move(hook)); }
  // Called for every client just before it is freed. In order of registration.
  void on_close(std::function<void(Client&)> hook) { close_hooks_.push_back(std::move(hook)); }

  // Puts the client into the list of those to be written at the end of the turn. Called by whoever appends to the
  // output of a client other than the one whose command is running.
  void schedule_write(Client& client);

  // Stops running this client's commands until resume(). What was parsed stays in its input.
  void suspend(Client& client);
  void resume(Client& client);

  // Event loop side.
  void readable(Client& client);
  void writable(Client& client);
  void end_of_turn();  // writes and closes; a before-sleep step of the server
  // Serves whoever has something to say, in the middle of a command or of a start that takes long. `busy`, the client
  // whose command is running (null: nobody's), is left alone: its arguments stay where they are, and it is not freed.
  void serve_while_busy(Client* busy);
  void periodic();  // timeouts, soft limits, shrinking buffers
  void check_output_limit(Client& client);

  OutputLimit limits[3] = {{0, 0, 0}, {256ull << 20, 64ull << 20, 60}, {32ull << 20, 8ull << 20, 60}};
  uint64_t least_replica_limit = 0;  // a hard limit of replicas below this is taken as this
  int64_t max_clients = 10000;
  // Connections that are no clients and take their places all the same; null: there are none.
  std::function<size_t()> other_connections;
  size_t connections() const { return by_id_.size() + (other_connections ? other_connections() : 0); }
  int64_t timeout_seconds = 0;
  int64_t keepalive_seconds = 300;
  int64_t max_bulk = 512ll << 20;
  int64_t query_buffer_limit = 1ll << 30;
  bool protected_mode = true;
  KeyPrefetcher* prefetcher = nullptr;  // told of the keys of a pipeline before it runs; null: nobody cares
  bool password_required = false;       // kept by the AUTH side: protected mode ends where a password is set

 private:
  void process_input(Client& client);
  size_t look_ahead(Client& client);
  void protocol_error(Client& client);
  void write_all();
  bool write(Client& client);  // false when the client is to be closed
  void free(Client& client);

  Server& server_;
  std::map<uint64_t, std::unique_ptr<Client>> by_id_;  // in order of connection
  std::vector<Client*> to_write_;
  std::vector<Client*> to_close_;
  std::vector<uint64_t> to_resume_;
  std::vector<std::function<void(Client&)>> open_hooks_;
  std::vector<std::function<void(Client&)>> close_hooks_;
  Lookahead lookahead_;
  std::vector<char> scratch_;  // shared read buffer
  Client* serving_ = nullptr;
  Client* busy_ = nullptr;  // in the middle of a command, while others are served
  uint64_t next_id_ = 1;
  uint64_t last_checked_ = 0;  // where periodic() goes on
};

}  // namespace strata::resp
