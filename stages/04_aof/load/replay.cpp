#include "04_aof/load/replay.h"

#include <fmt/format.h>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/client.h"
#include "03_rdb_snapshot/pace.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "common/log.h"
#include "common/text.h"

namespace strata::aof {

namespace {

constexpr uint64_t kCommandsBetweenReports = 1024;

}  // namespace

Replay::Replay(resp::Server& server, std::function<bool(uint64_t)> progress)
    : server_(server),
      progress_(std::move(progress)),
      nothing_expires_(server),
      runner_(server, "AOF-loading-client"),
      lookahead_(server.commands),
      delay_us_(server.get<rdb::RdbOptions>().key_load_delay_us) {}

ReplayEnd Replay::run(CommandReader& reader) {
  using How = ReplayEnd::How;
  uint64_t transaction_began = 0;
  server_.begin_batch();
  for (;;) {
    const CommandReader::Result read = reader.next();
    if (read != CommandReader::Result::kCommand) return end_of(reader, read, transaction_began);
    if (until_look_-- == 0) look_ahead(reader);
    const bool was_in_transaction = runner_.in_transaction();
    if (!runner_.run(reader.words()))
      return {.how = How::kRefused, .good_bytes = reader.begin(), .reason = runner_.reason()};
    if (runner_.in_transaction() && !was_in_transaction) transaction_began = reader.begin();
    rdb::pace(delay_us_, ++commands_);
    if (commands_ % kCommandsBetweenReports == 0 && !progress_(reader.offset())) return {.how = How::kStopped};
  }
}

// [task 4.8] Tell how the file ends, and where the part of it that is worth keeping does.
ReplayEnd Replay::end_of(const CommandReader& reader, CommandReader::Result read, uint64_t transaction_began) const {
  using How = ReplayEnd::How;
  ReplayEnd end{.good_bytes = runner_.in_transaction() ? transaction_began : reader.offset(),
                .in_transaction = runner_.in_transaction()};
  const bool unfinished = runner_.in_transaction() && read == CommandReader::Result::kEnd;
  if (read == CommandReader::Result::kCut || unfinished) end.how = How::kCut;
  if (read == CommandReader::Result::kBroken) end.how = How::kBroken;
  if (read == CommandReader::Result::kFailed) {
    end.how = How::kRefused;
    end.reason = reader.error();
  }
  return end;
}

// Lookups of the commands that follow overlap, as in a client's pipeline.
void Replay::look_ahead(const CommandReader& reader) {
  auto* prefetcher = server_.clients.prefetcher;
  until_look_ = resp::Lookahead::kCommands;
  if (prefetcher == nullptr || !prefetcher->worthwhile(runner_.client())) return;
  prefetcher->prefetch(runner_.client(), lookahead_.lookups_in(reader.ahead()));
  until_look_ = std::max<size_t>(lookahead_.commands(), 1);
}

}  // namespace strata::aof
