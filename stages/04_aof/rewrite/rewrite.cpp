#include "04_aof/rewrite/rewrite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "01_resp_server/db/keyspace.h"
#include "03_rdb_snapshot/bytes/file_bytes.h"
#include "common/clock.h"
#include "common/log.h"

namespace strata::aof {

namespace {

constexpr uint64_t kFailuresBeforePatience = 3;
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kLongestPauseMinutes = 60;

int64_t now_s() { return wall_ms() / 1000; }

// In the working directory, not the log's: a file that is being written, and one that is whole.
std::string unfinished_name(pid_t pid) { return fmt::format("temp-rewriteaof-{}.aof", pid); }
std::string finished_name(pid_t pid) { return fmt::format("temp-rewriteaof-bg-{}.aof", pid); }
std::string first_increment_name(const LogDirectory& directory) {
  return directory.path("temp-" + directory.prefix() + ".incr");
}

void remove_files_of(pid_t child) {
  ::unlink(unfinished_name(child).c_str());
  ::unlink(finished_name(child).c_str());
}

Status rename_file(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return {};
  return Status::from_errno(fmt::format("Error trying to rename {} to {}", from, to));
}

// Writes a base to a new file and syncs it.
Status write_file(const BaseFormat& format, const std::string& name, bool incremental_fsync,
                  const rdb::SaveProgress& progress) {
  Expected<UniqueFd> fd = open_file(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (!fd) return fd.status();
  rdb::FileSink sink(fd->get(), name, incremental_fsync);
  if (Status written = format.write(sink, progress); !written.ok()) return written;
  return sink.sync();
}

}  // namespace

Rewrite::Rewrite(resp::Server& server, LogDirectory& directory, AppendLog& log, SyncThread& thread)
    : server_(server), directory_(directory), log_(log), thread_(thread), child_(server.get<rdb::ForkChild>()) {
  log_.on_written([this](size_t bytes) { log_bytes_ += bytes; });
}

// --- increments ---

// [task 4.1] Let the log go on in a new file that the manifest knows.
Status Rewrite::open_increment() {
  if (Status made = directory_.make(); !made.ok()) return made;
  Manifest next = directory_.manifest();
  const LogFileName name = next.next_increment(directory_.prefix());
  const std::string path = directory_.path(name.file);
  Expected<UniqueFd> fd = open_file(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
  if (!fd) return fd.status();
  next.increments.push_back(name);
  next.increment_seq = name.seq;
  if (Status persisted = directory_.persist(std::move(next)); !persisted.ok()) {
    if (directory_.manifest().increment_seq != name.seq) ::unlink(path.c_str());
    return persisted;
  }
  log_.open(*std::move(fd), 0);
  return {};
}

Status Rewrite::open_first_increment() {
  if (Status made = directory_.make(); !made.ok()) return made;
  Expected<UniqueFd> fd = open_file(first_increment_name(directory_), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
  if (!fd) return fd.status();
  log_.abandon();  // what an earlier attempt gathered is in the data that this one writes
  log_.open(*std::move(fd), 0);
  return {};
}

Status Rewrite::write_first_base() {
  const BaseFormat& format = server_.get<BaseFormats>().chosen();
  if (Status made = directory_.make(); !made.ok()) return made;
  Manifest next = directory_.manifest();
  const LogFileName name = next.next_base(directory_.prefix(), format.suffix);
  const std::string temporary = unfinished_name(::getpid());
  Status written = write_file(format, temporary, options.incremental_fsync, {});
  if (written.ok()) written = rename_file(temporary, directory_.path(name.file));
  if (!written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  next.base = name;
  next.base_seq = name.seq;
  return directory_.persist(std::move(next));
}

// --- the child ---

// [task 4.10] Begin: a new increment, then the fork.
Status Rewrite::start(bool switching_on) {
  count_++;
  scheduled_ = canceled_ = false;
  switching_on_ = switching_on;
  Status ready;
  if (switching_on) {
    ready = open_first_increment();
  } else if (log_.is_open()) {
    log_.write_out(AppendLog::Urgency::kNow);
    ready = open_increment();
  } else {
    ready = directory_.make();
  }
  const BaseFormat& format = server_.get<BaseFormats>().chosen();
  suffix_ = format.suffix;
  if (ready.ok()) {
    ready = child_.start({
        .kind = kKind,
        .title = "redis-aof-rewrite",
        .cow_label = "AOF rewrite",
        .keys = server_.get<db::Keyspace>().size(),
        .run =
            [this, &format](rdb::ChildReporter& reporter) {
              const std::string name = unfinished_name(::getpid());
              Status written =
                  write_file(format, name, options.incremental_fsync, [&](uint64_t keys) { reporter.progress(keys); });
              if (written.ok()) written = rename_file(name, finished_name(::getpid()));
              if (!written.ok()) {
                log_warning("Write error writing append only file on disk: {}", written.message());
                ::unlink(name.c_str());
              }
              return written.ok();
            },
        .ended = [this](const rdb::ChildEnd& end) { ended(end); },
    });
  }
  if (!ready.ok()) {
    log_warning("Can't rewrite append only file in background: {}", ready.message());
    last_succeeded_ = false;
    return ready;
  }
  log_notice("Background append only file rewriting started by pid {}", child_.pid());
  started_s_ = now_s();
  return {};
}

void Rewrite::cancel() {
  if (!in_progress()) return;
  log_notice("Killing AOF child");
  canceled_ = true;
  child_.kill();
  remove_files_of(child_.pid());
}

// [task 4.10] The child is gone: install what it wrote, or clean up behind it.
void Rewrite::ended(const rdb::ChildEnd& end) {
  last_duration_s_ = now_s() - started_s_;
  bool succeeded = end.succeeded && !canceled_;
  if (succeeded) {
    log_notice("Background AOF rewrite terminated with success");
    last_cow_bytes_ = end.cow_bytes;
    if (Status installed = install_base(end.pid); !installed.ok()) {
      log_warning("{}", installed.message());
      succeeded = false;
    } else {
      log_notice("Background AOF rewrite finished successfully");
    }
  } else if (end.signal == 0 && !canceled_) {
    log_warning("Background AOF rewrite terminated with error");
  } else if (!end.killed()) {
    log_warning("Background AOF rewrite terminated by signal {}", end.signal);
  }
  remove_files_of(end.pid);
  if (switching_on_ && !succeeded) ::unlink(first_increment_name(directory_).c_str());
  if (succeeded || (!end.killed() && !canceled_)) note_end(succeeded);
  if (end_hook_) end_hook_(succeeded);
}

void Rewrite::note_end(bool succeeded) {
  last_succeeded_ = succeeded;
  failures_ = succeeded ? 0 : failures_ + 1;
  if (failures_ >= kFailuresBeforePatience) wait_before_next();
}

// [task 4.12] After several failures in a row, be patient.
void Rewrite::wait_before_next() {
  const uint64_t doublings = std::min<uint64_t>(failures_ - kFailuresBeforePatience, 6);
  const int64_t minutes = std::min(int64_t{1} << doublings, kLongestPauseMinutes);
  next_try_ms_ = server_.loop.now_ms() + minutes * kMinuteMs;
  log_warning("Background AOF rewrite has repeatedly failed and triggered the limit, will retry in {} minutes",
              minutes);
}

// [task 4.10] Put the new base, and the increments behind it, in the place of the old chain.
Status Rewrite::install_base(pid_t child) {
  Manifest next = directory_.manifest();
  const LogFileName base = next.next_base(directory_.prefix(), suffix_);
  const std::string base_path = directory_.path(base.file);
  if (Status renamed = rename_file(finished_name(child), base_path); !renamed.ok()) return renamed;
  std::string increment_path;
  if (switching_on_) {
    const LogFileName increment = next.next_increment(directory_.prefix());
    increment_path = directory_.path(increment.file);
    if (Status renamed = rename_file(first_increment_name(directory_), increment_path); !renamed.ok()) {
      ::unlink(base_path.c_str());
      return renamed;
    }
    next.increments.push_back(increment);
    next.increment_seq = increment.seq;
  }
  next.replace_base(base, log_.is_open() ? 1 : 0);
  if (Status persisted = directory_.persist(std::move(next)); !persisted.ok()) {
    const bool named = directory_.manifest().base == base;
    if (!named) ::unlink(base_path.c_str());
    if (!named && switching_on_) ::unlink(increment_path.c_str());
    return persisted;
  }
  if (log_.is_open()) {
    log_bytes_ = base_bytes_ = directory_.bytes(base) + log_.file_bytes();
  }
  if (!options.keep_history) remove_history();
  return {};
}

void Rewrite::remove_history() {
  directory_.remove_history([this](UniqueFd fd) { thread_.close(std::move(fd), false); });
}

// --- by itself ---

bool Rewrite::may_try() const {
  return !child_.running() && (failures_ < kFailuresBeforePatience || server_.loop.now_ms() >= next_try_ms_);
}

// [task 4.12] Tell whether the log has grown by so much that it is worth rewriting.
bool Rewrite::has_grown() const {
  if (options.growth_percent == 0 || log_bytes_ <= static_cast<uint64_t>(options.min_bytes)) return false;
  const uint64_t base = std::max<uint64_t>(base_bytes_, 1);
  const auto growth = static_cast<int64_t>(log_bytes_ * 100 / base) - 100;
  if (growth < options.growth_percent) return false;
  log_notice("Starting automatic rewriting of AOF on {}% growth", growth);
  return true;
}

void Rewrite::periodic(bool on, bool switching_on) {
  if (!may_try()) return;
  const bool promised = scheduled_;
  if (!promised && !(on && has_grown())) return;
  // A failure to start is tried again no sooner than one of the child.
  if (!start(switching_on).ok()) {
    note_end(false);
    scheduled_ = promised;
  }
}

int64_t Rewrite::current_duration_s() const { return in_progress() ? now_s() - started_s_ : -1; }

}  // namespace strata::aof
