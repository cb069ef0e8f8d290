#include "04_aof/log/append_log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "01_resp_server/server/latency_monitor.h"
#include "03_rdb_snapshot/child/fork_child.h"
#include "common/clock.h"
#include "common/log.h"

namespace strata::aof {

namespace {

constexpr int64_t kPatienceMs = 2000;  // how long a write is put off
constexpr int64_t kSyncPeriodMs = 1000;
constexpr int64_t kComplaintsMs = 30'000;  // between two lines about the same trouble
constexpr size_t kKept = 4 << 20;          // capacity kept for the next turn

}  // namespace

AppendLog::AppendLog(resp::Server& server, SyncThread& thread)
    : WriteSink(db::WriteEffects::kFiles), server_(server), thread_(thread) {}

void AppendLog::open(UniqueFd fd, uint64_t bytes) {
  if (fd_) thread_.close(std::move(fd_), true);
  fd_ = std::move(fd);
  file_bytes_ = synced_bytes_ = bytes;
  put_off_since_ms_ = 0;
  last_sync_ms_ = server_.loop.now_ms();
  forget_database();
}

Status AppendLog::close() {
  if (!fd_) return {};
  write_out(Urgency::kNow);
  Status closed = sync();
  if (!buffer_.empty()) closed = Status::from_errno(fmt::format("{} bytes not written", buffer_.size()), write_error_);
  abandon();
  return closed;
}

void AppendLog::abandon() {
  fd_.reset();
  buffer_.clear();
  put_off_since_ms_ = 0;
  note_error(0);
}

// --- gathering ---

// [task 4.2] Note the second in which the next commands run.
void AppendLog::begin_unit() {
  if (!options.timestamps || !fd_) return;
  const int64_t now_s = wall_ms() / 1000;
  if (now_s == last_timestamp_s_) return;
  last_timestamp_s_ = now_s;
  fmt::format_to(std::back_inserter(buffer_), "#TS:{}\r\n", now_s);
}

// [task 4.2] Gather what is to be written at the end of the turn.
void AppendLog::append(std::string_view requests) {
  if (fd_) buffer_.append(requests);
}

// --- writing ---

void AppendLog::write_out(Urgency urgency) {
  if (!fd_) return;
  if (thread_.last_error() != seen_error_) note_error(write_error_);  // before anybody is told of it otherwise
  if (!buffer_.empty()) {
    if (urgency == Urgency::kUsual && put_off()) return;
    if (!write_buffer()) return;
  }
  sync_as_wanted();
}

// [task 4.3] While the disk is busy with an fdatasync, a write would wait for it.
bool AppendLog::put_off() {
  if (options.policy != SyncPolicy::kEverySecond || thread_.pending_syncs() == 0) {
    put_off_since_ms_ = 0;
    return false;
  }
  const int64_t now = server_.loop.now_ms();
  if (put_off_since_ms_ == 0) put_off_since_ms_ = now;
  if (now - put_off_since_ms_ < kPatienceMs) return true;
  put_off_since_ms_ = 0;
  delayed_syncs_++;
  log_notice(
      "Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer without waiting for fsync to "
      "complete, this may slow down Redis.");
  return false;
}

// A write by itself should be quick; what else kept the disk busy tells why it was not.
void AppendLog::note_latency(int64_t duration_ms) {
  auto& latency = server_.get<resp::LatencyMonitor>();
  latency.add_sample("aof-write", duration_ms);
  if (thread_.pending_syncs() > 0) {
    latency.add_sample("aof-write-pending-fsync", duration_ms);
  } else if (server_.get<rdb::ForkChild>().running()) {
    latency.add_sample("aof-write-active-child", duration_ms);
  } else {
    latency.add_sample("aof-write-alone", duration_ms);
  }
}

// [task 4.2] Write what the turn has gathered.
bool AppendLog::write_buffer() {
  const int64_t start_us = mono_us();
  size_t written = 0;
  while (written < buffer_.size()) {
    const ssize_t n = ::write(fd_.get(), buffer_.data() + written, buffer_.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      write_failed(written, n == 0 ? ENOSPC : errno);
      return false;
    }
    written += static_cast<size_t>(n);
  }
  note_latency((mono_us() - start_us) / 1000);
  file_bytes_ += written;
  if (written_hook_) written_hook_(written);
  if (buffer_.capacity() > kKept) {
    buffer_ = std::string();
  } else {
    buffer_.clear();
  }
  if (write_error_ != 0) log_warning("AOF write error looks solved, Redis can write again.");
  note_error(0);
  return true;
}

// [task 4.4] Leave whole commands in the file only, and the rest for later.
void AppendLog::write_failed(size_t written, int error) {
  const int64_t now = server_.loop.now_ms();
  if (last_complaint_ms_ == 0 || now - last_complaint_ms_ >= kComplaintsMs || error != write_error_) {
    last_complaint_ms_ = now;
    log_warning("Error writing to the AOF file: {} ({} of {} bytes were written)", std::strerror(error), written,
                buffer_.size());
  }
  if (written > 0 && ::ftruncate(fd_.get(), static_cast<off_t>(file_bytes_)) != 0) {
    log_warning(
        "Could not remove short write from the append-only file. Redis may refuse to load the AOF the next time "
        "it starts. ftruncate: {}",
        std::strerror(errno));
    // It is in the file for good: the rest must follow it.
    buffer_.erase(0, written);
    file_bytes_ += written;
    if (written_hook_) written_hook_(written);
  }
  if (options.policy == SyncPolicy::kAlways) {
    log_warning("Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...");
    std::_Exit(1);
  }
  note_error(error);
}

bool AppendLog::sync_allowed() const {
  return !options.no_sync_during_child || !server_.get<rdb::ForkChild>().running();
}

// [task 4.3] Sync here, or have it done, or leave it.
void AppendLog::sync_as_wanted() {
  const bool all_synced = synced_bytes_ == file_bytes_ && thread_.last_error() == 0;
  if (all_synced || options.policy == SyncPolicy::kNo || !sync_allowed()) return;
  if (options.policy == SyncPolicy::kAlways) {
    const int64_t start_us = mono_us();
    if (Status synced = sync(); !synced.ok()) {
      log_warning("Can't persist AOF for fsync error when the AOF fsync policy is 'always': {}. Exiting...",
                  synced.message());
      std::_Exit(1);
    }
    server_.get<resp::LatencyMonitor>().add_sample("aof-fsync-always", (mono_us() - start_us) / 1000);
    return;
  }
  const int64_t now = server_.loop.now_ms();
  if (now - last_sync_ms_ < kSyncPeriodMs || thread_.pending_syncs() > 0) return;
  if (!thread_.sync(fd_.get())) return;
  synced_bytes_ = file_bytes_;
  last_sync_ms_ = now;
}

Status AppendLog::sync() {
  if (!fd_) return {};
  if (::fdatasync(fd_.get()) != 0 && errno != EINVAL && errno != EBADF) return Status::from_errno("fdatasync");
  synced_bytes_ = file_bytes_;
  last_sync_ms_ = server_.loop.now_ms();
  return {};
}

void AppendLog::periodic() { write_out(); }

void AppendLog::note_error(int error) {
  write_error_ = error;
  seen_error_ = thread_.last_error();
  if (failure_hook_) failure_hook_();
}

}  // namespace strata::aof
