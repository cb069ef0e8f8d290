#include "04_aof/load/command_runner.h"

#include <fmt/format.h>

#include "01_resp_server/db/keyspace.h"
#include "common/log.h"
#include "common/text.h"

namespace strata::aof {

CommandRunner::CommandRunner(resp::Server& server, std::string origin)
    : server_(server), origin_(std::move(origin)), client_(server.clients.make_internal()) {
  client_->reply.set_muted(true);
}

bool CommandRunner::run(resp::Args words) {
  const std::string_view name = words[0];
  const bool begins = name.size() == 5 && equals_nocase(name, "MULTI");
  return begins || in_transaction_ ? keep(words, begins) : call(words);
}

// [task 4.7] Keep the commands of a transaction until its end has come.
bool CommandRunner::keep(resp::Args words, bool begins) {
  if (begins) {
    in_transaction_ = true;
    queue_.clear();
    return true;
  }
  if (words[0].size() == 4 && equals_nocase(words[0], "EXEC")) return end_transaction();
  queue_.emplace_back(words.begin(), words.end());
  return true;
}

// [task 4.7] Run what was kept.
bool CommandRunner::end_transaction() {
  in_transaction_ = false;
  for (const auto& command : queue_) {
    const std::vector<std::string_view> words(command.begin(), command.end());
    if (!call(words)) return false;
  }
  queue_.clear();
  return true;
}

bool CommandRunner::call(resp::Args words) {
  const resp::CommandSpec* spec = server_.commands.find(words[0]);
  if (spec != nullptr && spec->is_container() && words.size() > 1) spec = spec->subcommand(words[1]);
  if (spec == nullptr) {
    reason_ = fmt::format("Unknown command '{}'", until_zero(words[0]));
    return false;
  }
  const uint64_t errors = client_->errors_answered;
  if (spec->accepts(words.size())) server_.call(*client_, *spec, words);
  if (client_->errors_answered != errors || !spec->accepts(words.size())) {
    server_.stats.unexpected_error_replies++;
    if (on_error) {
      on_error(spec->name);
    } else {
      log_warning("== CRITICAL == This server is sending an error to its {}: after processing the command '{}'",
                  origin_, spec->name);
    }
  }
  return true;
}

NothingExpires::NothingExpires(resp::Server& server)
    : server_(server), may_expire_(server.get<db::Keyspace>().may_expire) {
  auto& keyspace = server.get<db::Keyspace>();
  keyspace.nothing_expires = true;
  keyspace.may_expire = false;
}

NothingExpires::~NothingExpires() {
  auto& keyspace = server_.get<db::Keyspace>();
  keyspace.nothing_expires = false;
  keyspace.may_expire = may_expire_;
}

}  // namespace strata::aof
