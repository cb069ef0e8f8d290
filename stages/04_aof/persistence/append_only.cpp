#include "04_aof/persistence/append_only.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/client.h"
#include "02_data_types/scripting/functions/function_engine.h"
#include "02_data_types/writes/write_stream.h"
#include "03_rdb_snapshot/loading/loading.h"
#include "03_rdb_snapshot/save/background_save.h"
#include "03_rdb_snapshot/save/disk_error.h"
#include "04_aof/load/log_loader.h"
#include "common/log.h"

namespace strata::aof {

namespace {

bool is_file(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 && S_ISREG(about.st_mode);
}

}  // namespace

AppendOnly::AppendOnly(resp::Server& server)
    : server_(server),
      log_(server, thread_),
      rewrite_(server, directory_, log_, thread_),
      gate_(server.gates.add("log cannot be written", resp::GateRank::kDiskError, rdb::concerns_disk, gate)) {
  log_.on_failure([this] {
    if (log_.failing()) {
      server_.armed |= gate_;
    } else {
      server_.armed &= ~gate_;
    }
  });
  rewrite_.on_end([this](bool succeeded) { rewrite_ended(succeeded); });
}

// --- the start ---

Status AppendOnly::prepare() {
  directory_.configure(options.directory_name, options.file_name);
  return directory_.read();
}

// The log of Redis before 7 is one file in the working directory.
bool AppendOnly::has_single_file() const {
  if (!is_file(options.file_name)) return false;
  const Manifest& manifest = directory_.manifest();
  if (!directory_.exists() || manifest.empty()) return true;
  // A crash in the middle of taking it over: the manifest names it, but it has not moved yet.
  return manifest.base && manifest.increments.empty() && manifest.base->file == options.file_name &&
         !is_file(directory_.path(options.file_name));
}

// [task 4.9] Make the single file of old the base of a log of several files.
Status AppendOnly::take_over_single_file() {
  Manifest manifest;
  manifest.base = LogFileName{options.file_name, 1};
  manifest.base_seq = 1;
  if (Status persisted = directory_.persist(std::move(manifest)); !persisted.ok()) return persisted;
  const std::string target = directory_.path(options.file_name);
  if (std::rename(options.file_name.c_str(), target.c_str()) != 0) {
    return Status::from_errno("Error trying to move the old AOF file " + options.file_name + " into dir " +
                              directory_.directory());
  }
  if (Status synced = fsync_directory(directory_.directory()); !synced.ok()) return synced;
  log_notice("Successfully migrated an old-style AOF file ({}) into the AOF directory ({}).", options.file_name,
             directory_.directory());
  return {};
}

Status AppendOnly::load() {
  if (has_single_file()) {
    if (Status taken = take_over_single_file(); !taken.ok()) return taken;
  }
  if (directory_.manifest().empty()) return {};
  const Expected<LoadedLog> loaded = load_log(server_, directory_, options.load_truncated);
  if (!loaded) return loaded.status();
  rewrite_.set_sizes(loaded->bytes, loaded->base_bytes);
  server_.get<rdb::BackgroundSave>().forget_changes();
  return {};
}

Status AppendOnly::open() {
  if (server_.shutdown.stopping()) return {};
  if (options.enabled) {
    if (Status opened = open_log(); !opened.ok()) return opened;
    state_ = State::kOn;
    gather(true);
  }
  if (!rewrite_.options.keep_history) rewrite_.remove_history();
  return {};
}

// [task 4.1] Make what is missing of the chain, and go on in its last file.
Status AppendOnly::open_log() {
  const Manifest& manifest = directory_.manifest();
  if (!manifest.base && manifest.increments.empty()) {
    if (Status made = rewrite_.write_first_base(); !made.ok()) return made;
    log_notice("Creating AOF base file {} on server start", manifest.base->file);
  }
  if (manifest.increments.empty()) {
    if (Status opened = rewrite_.open_increment(); !opened.ok()) return opened;
    log_notice("Creating AOF incr file {} on server start", manifest.increments.back().file);
    return {};
  }
  const LogFileName& last = manifest.increments.back();
  Expected<UniqueFd> fd = open_file(directory_.path(last.file), O_WRONLY | O_CREAT | O_APPEND);
  if (!fd) return fd.status();
  log_.open(*std::move(fd), directory_.bytes(last));
  return {};
}

void AppendOnly::gather(bool wanted) {
  if (wanted == gathering_) return;
  gathering_ = wanted;
  auto& stream = server_.get<db::WriteStream>();
  wanted ? stream.add_sink(log_) : stream.remove_sink(log_);
}

// --- on and off ---

Status AppendOnly::follow_option() {
  if (options.enabled && state_ == State::kOff) return switch_on();
  if (!options.enabled && state_ != State::kOff) switch_off();
  return {};
}

// [task 4.13] Begin a log for data that is there already.
Status AppendOnly::switch_on() {
  state_ = State::kWaiting;
  if (rewrite_.in_progress()) {
    log_warning(
        "AOF was enabled but there is already an AOF rewriting in background. Stopping background AOF and starting "
        "a rewrite now.");
    rewrite_.cancel();
    rewrite_.schedule();
  } else if (server_.get<rdb::ForkChild>().running() || server_.depth() > 1) {
    log_warning(
        "AOF was enabled but there is already another background operation. An AOF background was scheduled to "
        "start when possible.");
    rewrite_.schedule();
  } else if (Status started = rewrite_.start(true); !started.ok()) {
    state_ = State::kOff;
    log_.abandon();
    log_warning(
        "Redis needs to enable the AOF but can't trigger a background AOF rewrite operation. Check the above logs "
        "for more info about the error.");
    return Status::error("Unable to turn on AOF. Check server logs.");
  }
  gather(true);
  return {};
}

void AppendOnly::switch_off() {
  gather(false);
  rewrite_.cancel();
  rewrite_.unschedule();
  if (state_ == State::kWaiting) {
    log_.abandon();
  } else if (Status closed = log_.close(); !closed.ok()) {
    log_warning("Fail to fsync the AOF file: {}", closed.message());
  }
  rewrite_.set_sizes(0, 0);
  state_ = State::kOff;
}

void AppendOnly::rewrite_ended(bool succeeded) {
  if (state_ != State::kWaiting) return;
  if (succeeded) {
    state_ = State::kOn;
    log_notice("The AOF is on from now on");
  } else {
    log_.abandon();
    rewrite_.schedule();
  }
}

Status AppendOnly::reload() {
  if (on()) log_.write_out(AppendLog::Urgency::kNow);
  auto& keyspace = server_.get<db::Keyspace>();
  server_.get<script::FunctionEngine>().set = {};
  keyspace.clear();
  keyspace.events.tell_reset(nullptr);
  const bool gathered = gathering_;
  gather(false);  // what is replayed is in the log already
  const Expected<LoadedLog> loaded = load_log(server_, directory_, options.load_truncated);
  gather(gathered);
  log_.forget_database();
  if (loaded) server_.get<rdb::BackgroundSave>().forget_changes();
  return loaded.status();
}

bool AppendOnly::pause() {
  const bool had = state_ != State::kOff;
  if (had) switch_off();
  return had;
}

void AppendOnly::resume() {
  if (switch_on().ok()) return;
  // Tried again until it succeeds.
  state_ = State::kWaiting;
  rewrite_.schedule();
  gather(true);
}

void AppendOnly::periodic() {
  log_.periodic();
  rewrite_.periodic(on(), waiting());
}

// --- the end ---

resp::Shutdown::Answer AppendOnly::end(const resp::ShutdownRequest& request) {
  using Answer = resp::Shutdown::Answer;
  if (state_ == State::kOff) return Answer::kDone;
  if (waiting()) {
    if (!request.force) {
      log_warning("Writing initial AOF, can't exit.");
      return Answer::kRefuse;
    }
    log_warning("Writing initial AOF. Exit anyway.");
  }
  if (rewrite_.in_progress()) {
    log_warning("There is a child rewriting the AOF. Killing it!");
    rewrite_.cancel();
  }
  log_notice("Calling fsync() on the AOF file.");
  if (Status closed = log_.close(); !closed.ok()) log_warning("Fail to fsync the AOF file: {}.", closed.message());
  return Answer::kDone;
}

// [task 4.4] Refuse what would be lost.
bool AppendOnly::gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args) {
  if (!db::Transactions::writes(client, spec) && !rdb::is_ping(spec)) return true;
  if (client.obeyed()) return true;
  const int error = client.server.get<AppendOnly>().log_.error_number();
  client.reply.error(fmt::format("MISCONF Errors writing to the AOF file: {}", std::strerror(error)));
  return false;
}

}  // namespace strata::aof
