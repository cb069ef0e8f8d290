#include "06_replication/master/replica.h"

#include <unistd.h>

#include <algorithm>

#include "01_resp_server/server/server.h"
#include "common/log.h"

namespace strata::repl {

namespace {

const resp::ExtensionKey<Replica> kReplica;

}  // namespace

Replica& replica_of(resp::Client& client) { return client.ext.ensure(kReplica); }
Replica* find_replica(const resp::Client& client) { return const_cast<Replica*>(client.ext.get(kReplica)); }

void Replica::send_file(UniqueFd file, uint64_t bytes) {
  file_ = std::move(file);
  file_left_ = bytes;
}

// [task 6.6] The next piece: of the file while it lasts, then of the stream.
void Replica::refill(resp::Client& client) {
  if (file_) {
    char* room = client.out.reserve(kPiece);
    const ssize_t n = ::read(file_.get(), room, std::min<uint64_t>(kPiece, file_left_));
    if (n <= 0) {
      log_warning("Read error sending DB to replica: {}", n == 0 ? "premature EOF" : "read failed");
      client.server.clients.close(client);
      return;
    }
    client.out.commit(static_cast<size_t>(n));
    file_left_ -= static_cast<uint64_t>(n);
    if (file_left_ == 0) {
      file_.reset();
      if (rdb_only) {
        log_notice("RDB transfer completed, rdb only replica ({}) should be disconnected asap", client.peer_address());
        client.set(resp::Client::kCloseAfterReply);
        return;
      }
      state = ReplicaState::kOnline;
      acked_ms = client.server.loop.now_ms();
      log_notice("Synchronization with replica {} succeeded", client.peer_address());
    }
    return;
  }
  if (!online() || stream_held) return;
  for (size_t sent = 0; sent < kPiece;) {
    const std::string_view piece = stream_->backlog().piece(cursor_);
    if (piece.empty()) return;
    client.out.append(piece);
    cursor_ += piece.size();
    sent += piece.size();
  }
}

size_t Replica::pending_bytes() const {
  if (file_) return file_left_;
  if (!online() || stream_held) return 0;
  return stream_->backlog().end() - cursor_;
}

// The file stays on the disk, but the stream gathers in memory until it can be sent.
size_t Replica::held_bytes() const { return needs_backlog() ? stream_->backlog().end() - cursor_ : 0; }

const std::string& Replica::ip(resp::Client& client) {
  if (!announced_ip.empty()) return announced_ip;
  if (ip_.empty()) {
    const std::string& peer = client.peer_address();
    ip_ = peer.substr(0, peer.rfind(':'));
    if (ip_.starts_with('[')) ip_ = ip_.substr(1, ip_.size() - 2);
  }
  return ip_;
}

}  // namespace strata::repl
