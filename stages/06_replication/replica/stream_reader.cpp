#include "06_replication/replica/stream_reader.h"

#include "01_resp_server/commands/client_pause.h"
#include "06_replication/disk_state.h"
#include "06_replication/replica/request_scan.h"
#include "common/crash.h"
#include "common/log.h"
#include "common/text.h"

namespace strata::repl {

StreamReader::StreamReader(resp::Server& server, const Options& options, ReplicationStream& stream)
    : server_(server), options_(options), stream_(stream), runner_(server, "master") {
  runner_.on_error = [this](std::string_view command) { on_error(command); };
  runner_.client().kind = resp::ClientClass::kMaster;
}

void StreamReader::forget_unapplied() {
  input_.clear();
  used_ = 0;
  wanted_ = 1;
  transaction_.clear();
  runner_.drop_transaction();
}

// [task 6.4] Apply every request that is whole.
bool StreamReader::take(std::string_view bytes) {
  input_.append(bytes);
  const aof::NothingExpires nothing_expires(server_);
  server_.begin_batch();
  disk_fails_ = disk_fails(server_);
  bool fine = true;
  while (input_.size() - used_ >= wanted_) {
    const std::string_view rest = std::string_view(input_).substr(used_);
    const RequestScan scan = scan_request(rest, words_);
    if (scan.result == RequestScan::Result::kBroken) {
      fine = false;
      break;
    }
    wanted_ = scan.result == RequestScan::Result::kMore ? scan.bytes : 1;
    if (scan.result == RequestScan::Result::kMore || held()) break;
    apply(rest.substr(0, scan.bytes));
    used_ += scan.bytes;
  }
  input_.erase(0, used_);
  used_ = 0;
  return fine;
}

bool StreamReader::held() const {
  using Mode = resp::ClientPause::Mode;
  const Mode mode = server_.get<resp::ClientPause>().mode();
  if (mode != Mode::kWrites || words_.empty()) return mode == Mode::kAll;
  const resp::CommandSpec* spec = server_.commands.find(words_[0]);
  return spec != nullptr && (spec->is(resp::kWrite | resp::kMayReplicate) || spec->name == "exec");
}

// The data is not what the master believes it is: either this is noted, or the server does not go on with it.
void StreamReader::on_error(std::string_view command) {
  log_warning("== CRITICAL == This replica is sending an error to its master: after processing the command '{}'",
              command);
  if (options_.read_only && options_.on_error != ErrorBehavior::kIgnore) {
    STRATA_PANIC("This replica panicked sending an error to its master");
  }
}

void StreamReader::apply_without_disk() {
  const resp::CommandSpec* spec = server_.commands.find(words_[0]);
  if (spec == nullptr || !spec->is(resp::kWrite)) return;
  if (!options_.ignore_disk_errors) STRATA_PANIC("Replica was unable to write command to disk.");
  constexpr int64_t kQuietMs = 10'000;
  const int64_t now = server_.loop.now_ms();
  if (disk_told_ms_ != 0 && now - disk_told_ms_ < kQuietMs) return;
  disk_told_ms_ = now;
  log_warning("Replica is applying a command even though it is unable to write to disk.");
}

void StreamReader::apply(std::string_view raw) {
  const bool asks = words_.size() == 3 && equals_nocase(words_[0], "REPLCONF") && equals_nocase(words_[1], "GETACK");
  if (asks) {
    if (on_getack) on_getack();  // before its own bytes count
  } else if (!words_.empty()) {
    if (disk_fails_) apply_without_disk();
    if (!runner_.run(words_)) on_error(words_[0]);
  }
  if (runner_.in_transaction()) {
    transaction_.append(raw);
    return;
  }
  if (!transaction_.empty()) {
    stream_.feed(transaction_);
    transaction_.clear();
  }
  stream_.feed(raw);
}

}  // namespace strata::repl
