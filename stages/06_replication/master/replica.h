// One replica as its master sees it: what it has told of itself, how far it is, and what it is to be sent next.
//
//   handshake      REPLCONF: port, capabilities                     an ordinary client so far
//   kWaitStart     waits for a snapshot to begin
//   kWaitEnd       one is being written for it; the stream gathers in the backlog from `cursor` on
//   kTransfer      is sent the snapshot
//   kOnline        is sent the stream; after a diskless transfer not before its first ACK
#pragma once

#include <cstdint>
#include <string>

#include "01_resp_server/server/client.h"
#include "01_resp_server/server/extensions.h"
#include "03_rdb_snapshot/snapshot/snapshot_writer.h"
#include "06_replication/stream/replication_stream.h"
#include "common/files.h"

namespace strata::repl {

enum class ReplicaState : uint8_t { kHandshake, kWaitStart, kWaitEnd, kTransfer, kOnline };

class Replica final : public resp::OutputSource {
 public:
  // --- what it said ---
  int port = 0;
  std::string announced_ip;
  bool takes_eof = false;
  bool takes_psync2 = false;
  bool rdb_only = false;  // it wants the image and no stream
  rdb::ImageParts parts;  // of the data, which it wants
  bool filtered() const { return parts != rdb::ImageParts(); }
  bool old_style = false;  // SYNC: it never acknowledges
  uint64_t acked = 0;
  int64_t acked_ms = 0;  // loop clock

  // --- where it is ---
  ReplicaState state = ReplicaState::kHandshake;
  bool stream_held = false;  // until its first ACK
  int64_t waiting_since_ms = 0;
  bool is_replica() const { return state != ReplicaState::kHandshake; }
  bool online() const { return state == ReplicaState::kOnline; }

  // --- what it gets ---
  void follow(const ReplicationStream& stream, uint64_t cursor) {
    stream_ = &stream;
    cursor_ = cursor;
  }
  uint64_t cursor() const { return cursor_; }
  bool needs_backlog() const { return state == ReplicaState::kWaitEnd || state == ReplicaState::kTransfer || online(); }
  // The snapshot's file, from its beginning: `bytes` long.
  void send_file(UniqueFd file, uint64_t bytes);
  bool file_sent() const { return !file_; }

  // resp::OutputSource
  void refill(resp::Client& client) override;
  size_t pending_bytes() const override;
  size_t held_bytes() const override;

  const std::string& ip(resp::Client& client);

 private:
  static constexpr size_t kPiece = 64 * 1024;

  const ReplicationStream* stream_ = nullptr;
  uint64_t cursor_ = 0;  // of the next byte of the stream to be sent
  UniqueFd file_;
  uint64_t file_left_ = 0;
  std::string ip_;
};

// The replica that a client is, or may become.
Replica& replica_of(resp::Client& client);
Replica* find_replica(const resp::Client& client);  // null: it has never spoken of replication

}  // namespace strata::repl
