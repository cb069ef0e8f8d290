#include "06_replication/master/diskless_pipe.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "01_resp_server/db/keyspace.h"
#include "03_rdb_snapshot/bytes/file_bytes.h"
#include "03_rdb_snapshot/snapshot/snapshot_writer.h"
#include "common/log.h"
#include "common/random.h"

namespace strata::repl {

namespace {

constexpr int64_t kLookAgainMs = 2;

}  // namespace

Master::Pipe::Pipe(resp::Server& server, std::vector<resp::Client*> replicas, rdb::ImageParts parts,
                   std::function<void(resp::Client&, bool)> done)
    : server_(server), replicas_(std::move(replicas)), parts_(parts), done_(std::move(done)), mark_(random_hex(40)) {}

Master::Pipe::~Pipe() {
  if (resume_timer_ != 0) server_.loop.cancel(resume_timer_);
  if (pipe_) server_.loop.unwatch(pipe_.get());
}

Status Master::Pipe::start(std::function<void()> ended) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Status::from_errno("pipe");
  pipe_.reset(ends[0]);
  ::fcntl(pipe_.get(), F_SETFL, O_NONBLOCK);
  const UniqueFd writing(ends[1]);
  ended_ = std::move(ended);
  Status started = server_.get<rdb::ForkChild>().start({
      .kind = "rdb",
      .title = "redis-rdb-to-slaves",
      .cow_label = "RDB",
      .keys = server_.get<db::Keyspace>().size(),
      .keep = {writing.get()},
      .run =
          [this, fd = writing.get()](rdb::ChildReporter& reporter) {
            rdb::FileSink sink(fd, "pipe to the replicas", false);
            return rdb::write_snapshot(
                       server_, sink, rdb::ImageKind::kSnapshot, [&](uint64_t keys) { reporter.progress(keys); },
                       parts_)
                .ok();
          },
      .ended =
          [this](const rdb::ChildEnd& end) {
            child_ended_ = true;
            succeeded_ = end.succeeded;
            try_finish();
          },
  });
  if (!started.ok()) return started;
  log_notice("Background RDB transfer started by pid {}", server_.get<rdb::ForkChild>().pid());
  for (resp::Client* client : replicas_) {
    replica_of(*client).state = ReplicaState::kTransfer;
    client->out.append(fmt::format("$EOF:{}\r\n", mark_));
    server_.clients.schedule_write(*client);
  }
  return server_.loop.watch(pipe_.get(), net::kRead, this);
}

void Master::Pipe::forget(resp::Client& client) {
  std::erase(replicas_, &client);
  if (replicas_.empty() && !child_ended_) {
    log_notice("Diskless rdb transfer, last replica dropped, killing fork child.");
    server_.get<rdb::ForkChild>().kill();
  }
}

bool Master::Pipe::all_have_taken() const {
  return std::all_of(replicas_.begin(), replicas_.end(),
                     [](resp::Client* client) { return client->out.pending_bytes() < kPiece; });
}

// Looks again a little later: who has taken what is not told.
void Master::Pipe::pause() {
  server_.loop.unwatch(pipe_.get());
  resume_timer_ = server_.loop.after(kLookAgainMs, [this] {
    resume_timer_ = 0;
    if (all_have_taken()) {
      (void)server_.loop.watch(pipe_.get(), net::kRead, this);
    } else {
      pause();
    }
  });
}

// [task 6.7] Pass a piece on to everybody.
void Master::Pipe::on_readable() {
  if (!all_have_taken()) return pause();
  char piece[kPiece];
  const ssize_t n = ::read(pipe_.get(), piece, sizeof piece);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    server_.loop.unwatch(pipe_.get());
    drained_ = true;
    try_finish();
    return;
  }
  for (resp::Client* client : replicas_) {
    client->out.append({piece, static_cast<size_t>(n)});
    server_.clients.schedule_write(*client);
  }
}

void Master::Pipe::try_finish() {
  if (!child_ended_ || !drained_) return;
  if (succeeded_) {
    log_notice("Diskless rdb transfer, done reading from pipe, {} replicas still up", replicas_.size());
  } else {
    log_warning("Background transfer error");
  }
  for (resp::Client* client : std::vector(replicas_)) {
    if (succeeded_) client->out.append(mark_);
    done_(*client, succeeded_);
  }
  ended_();
}

}  // namespace strata::repl
