// This server as a master: its replicas, what they need, and the snapshots that bring them here.
//
//   PSYNC id offset ----> +CONTINUE, the rest of the stream                      (ReplicationStream::can_continue)
//                   \---> waits for a snapshot: +FULLRESYNC id offset, the image, the stream from that offset on
//
//   on the disk     a child writes the file of the snapshot; whoever comes while it does so gets it, too; then the file
//                   goes to all of them:   $<bytes>\r\n<image>
//   diskless        a child writes into a pipe, the server passes it on to all who waited when it was forked:
//                   $EOF:<40 bytes>\r\n<image><the same 40 bytes>
//
// A replica (this server in the other role) may have replicas as well: it passes its master's stream on.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/child/fork_child.h"
#include "06_replication/master/replica.h"
#include "06_replication/options.h"
#include "06_replication/stream/replication_stream.h"

namespace strata::repl {

class Master {
 public:
  Master(resp::Server& server, const Options& options, ReplicationStream& stream);
  ~Master();

  // --- those who come and go ---
  // A client wants to be a replica, with this part of the stream ("?" and -1: it has none).
  void attach(resp::Client& client, std::string_view id, int64_t offset, bool old_style);
  void acknowledged(resp::Client& client, uint64_t offset);
  // A replica may only tell how far it is: what it would be answered would get into the stream.
  void drop_talker(resp::Client& client, std::string_view command);
  void disconnect_all();  // their history is not ours any more
  const std::vector<resp::Client*>& replicas() const { return replicas_; }
  size_t online() const;
  // Replicas that are online and have acknowledged at least this offset.
  size_t acknowledged_by(uint64_t offset) const;
  size_t good() const;     // online, and heard of within min-replicas-max-lag
  size_t lagging() const;  // have not acknowledged everything
  void log_lagging() const;
  // What the replicas' output takes; not to be counted where keys are evicted, for that would produce more of it.
  size_t output_bytes() const;
  size_t stream_bytes_beyond_backlog() const;  // kept for replicas that lag behind
  void check_limits();

  // --- what they are sent ---
  // Lets the replicas' output go on, if there is more of the stream.
  void wake();
  void ask_for_acks();  // at the end of this turn, once
  void periodic();      // once a second

  // Asked before a PING: is nothing to be added to the stream now? Null: never.
  std::function<bool()> quiet;

  // --- who hears ---
  void on_ack(std::function<void()> hook) { ack_hook_ = std::move(hook); }
  void follow_replicas(std::function<void()> hook) { change_hook_ = std::move(hook); }

  struct Statistics {
    uint64_t full = 0;
    uint64_t partial = 0;
    uint64_t partial_refused = 0;
  };
  Statistics statistics;

 private:
  class Pipe;
  friend class Pipe;

  bool continue_with(resp::Client& client, std::string_view id, int64_t offset);
  static bool refuse_talk(resp::Client& client, const resp::CommandSpec& spec, resp::Args);
  void take_in(resp::Client& client);
  void begin_wait(resp::Client& client);
  void detach(resp::Client& client);
  void consider_snapshot();
  bool may_join(const Replica& newcomer) const;
  void start_on_disk(const std::vector<resp::Client*>& waiting);
  void start_diskless(const std::vector<resp::Client*>& waiting);
  void promise(resp::Client& client);
  void fail_waiting(std::string_view error);
  void snapshot_ended(bool succeeded);
  void send_file_to(resp::Client& client);
  void put_online(resp::Client& client);
  void ping();
  void keep_waiting_alive();
  void drop_silent();
  void drop_stuck();
  void drop_sync_file();
  void drop_needless_child();
  void drop_old_backlog();
  uint64_t oldest_needed() const;
  template <class Visit>
  void each(ReplicaState state, Visit visit) {
    // A copy: whoever is visited may be closed.
    for (resp::Client* client : std::vector(replicas_)) {
      if (replica_of(*client).state == state) visit(*client, replica_of(*client));
    }
  }

  resp::Server& server_;
  const Options& options_;
  ReplicationStream& stream_;
  resp::GateBit talk_gate_ = 0;
  std::vector<resp::Client*> replicas_;
  std::unique_ptr<Pipe> pipe_;    // of a diskless transfer that is under way
  bool disk_child_ = false;       // the snapshot that is being written is for replicas
  bool sync_file_there_ = false;  // a file that was made for replicas only
  bool ack_wanted_ = false;
  int64_t alone_since_ms_ = 0;  // no replica is left; 0: never had one, or has some
  uint64_t ticks_ = 0;
  std::function<void()> ack_hook_;
  std::function<void()> change_hook_;
};

}  // namespace strata::repl
