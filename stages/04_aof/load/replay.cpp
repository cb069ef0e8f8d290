#include "04_aof/load/replay.h"

#include <fmt/format.h>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/client.h"
#include "common/log.h"
#include "common/text.h"

namespace strata::aof {

namespace {

constexpr uint64_t kCommandsBetweenReports = 1024;

}  // namespace

Replay::Replay(resp::Server& server, std::function<bool(uint64_t)> progress)
    : server_(server),
      progress_(std::move(progress)),
      client_(server.clients.make_internal()),
      lookahead_(server.commands) {
  client_->reply.set_muted(true);
  auto& keyspace = server.get<db::Keyspace>();
  keyspace.nothing_expires = true;
  keyspace.may_expire = false;
}

Replay::~Replay() {
  auto& keyspace = server_.get<db::Keyspace>();
  keyspace.nothing_expires = false;
  keyspace.may_expire = true;
}

// [task 4.8] Run command after command; tell where the good part of the file ends.
ReplayEnd Replay::run(CommandReader& reader) {
  using How = ReplayEnd::How;
  uint64_t transaction_began = 0;
  server_.begin_batch();
  for (;;) {
    const CommandReader::Result read = reader.next();
    if (read != CommandReader::Result::kCommand) {
      ReplayEnd end{.good_bytes = in_transaction_ ? transaction_began : reader.offset(),
                    .in_transaction = in_transaction_};
      const bool unfinished = in_transaction_ && read == CommandReader::Result::kEnd;
      if (read == CommandReader::Result::kCut || unfinished) end.how = How::kCut;
      if (read == CommandReader::Result::kBroken) end.how = How::kBroken;
      if (read == CommandReader::Result::kFailed) {
        end.how = How::kRefused;
        end.reason = reader.error();
      }
      return end;
    }
    if (until_look_-- == 0) look_ahead(reader);
    const bool was_in_transaction = in_transaction_;
    if (!run_one(reader.words())) return {.how = How::kRefused, .good_bytes = reader.begin(), .reason = reason_};
    if (in_transaction_ && !was_in_transaction) transaction_began = reader.begin();
    if (++commands_ % kCommandsBetweenReports == 0 && !progress_(reader.offset())) return {.how = How::kStopped};
  }
}

// Lookups of the commands that follow overlap, as in a client's pipeline.
void Replay::look_ahead(const CommandReader& reader) {
  auto* prefetcher = server_.clients.prefetcher;
  until_look_ = resp::Lookahead::kCommands;
  if (prefetcher == nullptr || !prefetcher->worthwhile(*client_)) return;
  prefetcher->prefetch(*client_, lookahead_.lookups_in(reader.ahead()));
  until_look_ = std::max<size_t>(lookahead_.commands(), 1);
}

// [task 4.8] Run a command, or keep it until its transaction ends.
bool Replay::run_one(resp::Args words) {
  const std::string_view name = words[0];
  if (name.size() == 5 && equals_nocase(name, "MULTI")) {
    in_transaction_ = true;
    queue_.clear();
    return true;
  }
  if (!in_transaction_) return call(words);
  if (name.size() == 4 && equals_nocase(name, "EXEC")) return end_transaction();
  queue_.emplace_back(words.begin(), words.end());
  return true;
}

bool Replay::end_transaction() {
  in_transaction_ = false;
  for (const auto& command : queue_) {
    const std::vector<std::string_view> words(command.begin(), command.end());
    if (!call(words)) return false;
  }
  queue_.clear();
  return true;
}

bool Replay::call(resp::Args words) {
  const resp::CommandSpec* spec = server_.commands.find(words[0]);
  if (spec != nullptr && spec->is_container() && words.size() > 1) spec = spec->subcommand(words[1]);
  if (spec == nullptr) {
    reason_ = fmt::format("Unknown command '{}'", until_zero(words[0]));
    return false;
  }
  const uint64_t errors = client_->errors_answered;
  if (spec->accepts(words.size())) server_.call(*client_, *spec, words);
  if (client_->errors_answered != errors || !spec->accepts(words.size())) {
    log_warning(
        "== CRITICAL == This server is sending an error to its AOF-loading-client: after processing the command '{}'",
        spec->name);
  }
  return true;
}

}  // namespace strata::aof
