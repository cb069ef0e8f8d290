#include "02_data_types/transactions/transactions.h"

#include <algorithm>
#include <array>

#include "01_resp_server/commands/client_list.h"
#include "01_resp_server/commands/client_pause.h"
#include "01_resp_server/commands/client_reset.h"
#include "01_resp_server/commands/monitor.h"
#include "common/log.h"

namespace strata::db {

using resp::Client;
using resp::CommandSpec;

namespace {

struct Transaction {
  CommandQueue queue;
  bool open = false;
  bool running = false;
  bool spoilt = false;  // a command was refused: EXEC must not run the rest without it
};
const resp::ExtensionKey<Transaction> kTransaction;

const Transaction* opened(const Client& client) {
  const Transaction* transaction = client.ext.get(kTransaction);
  return transaction != nullptr && transaction->open ? transaction : nullptr;
}

bool is_exec(const CommandSpec& spec) { return spec.parent == nullptr && spec.name == "exec"; }

// Everything else is queued.
bool runs_at_once(const CommandSpec& spec) {
  constexpr std::array<std::string_view, 6> kAtOnce = {"exec", "discard", "multi", "watch", "quit", "reset"};
  return spec.parent == nullptr && std::find(kAtOnce.begin(), kAtOnce.end(), spec.name) != kAtOnce.end();
}

int64_t queued(const Client& client) {
  const Transaction* transaction = opened(client);
  return transaction == nullptr ? -1 : static_cast<int64_t>(transaction->queue.commands().size());
}

int64_t queued_memory(const Client& client) {
  const Transaction* transaction = opened(client);
  return transaction == nullptr ? 0 : static_cast<int64_t>(transaction->queue.memory_bytes());
}

}  // namespace

Transactions::Transactions(resp::Server& server, Keyspace& keyspace)
    : server_(server), keyspace_(keyspace), watched_(server, keyspace) {
  gate_ = server.gates.add(
      "transaction", resp::GateRank::kTransaction, [](const CommandSpec& spec) { return !runs_at_once(spec); }, gate);
  server.on_reject([this](Client& client) { on_reject(client); });
  resp::ClientReset::of(server).on_reset([this](Client& client) { close(client); });
  server.get<resp::ClientPause>().also_writes([](const Client& client, const CommandSpec& spec) {
    return (flags_in_effect(client, spec) & (resp::kWrite | resp::kMayReplicate)) != 0;
  });
  if (auto* monitors = server.find<resp::Monitors>()) monitors->refuse_where(running);
  auto& lines = resp::ClientLines::of(server);
  lines.set_flag('x', open);
  lines.set_figure(resp::ClientLines::Figure::kQueued, queued);
  lines.set_figure(resp::ClientLines::Figure::kQueuedMemory, queued_memory);
}

bool Transactions::open(const Client& client) { return opened(client) != nullptr; }

bool Transactions::running(const Client& client) {
  const Transaction* transaction = opened(client);
  return transaction != nullptr && transaction->running;
}

const CommandQueue* Transactions::queue(const Client& client) {
  const Transaction* transaction = opened(client);
  return transaction == nullptr ? nullptr : &transaction->queue;
}

uint64_t Transactions::flags_in_effect(const Client& client, const CommandSpec& spec) {
  const Transaction* transaction = is_exec(spec) ? opened(client) : nullptr;
  return spec.flags | (transaction == nullptr ? 0 : transaction->queue.flags());
}

bool Transactions::may_write(const CommandSpec& spec) { return spec.is(resp::kWrite) || is_exec(spec); }

bool Transactions::writes(const Client& client, const CommandSpec& spec) {
  return (flags_in_effect(client, spec) & resp::kWrite) != 0;
}

bool Transactions::takes_memory(const Client& client, const CommandSpec& spec) {
  if (spec.is(resp::kDenyOom) || !open(client)) return spec.is(resp::kDenyOom);
  return !runs_at_once(spec) || (flags_in_effect(client, spec) & resp::kDenyOom) != 0;
}

// [task 2.11] Queue a command instead of running it.
bool Transactions::gate(Client& client, const CommandSpec& spec, resp::Args args) {
  if (spec.is(resp::kNoMulti)) {
    client.reply.error("ERR Command not allowed inside a transaction");
    return false;
  }
  Transaction& transaction = client.ext.ensure(kTransaction);
  // What will never run needs no memory.
  if (!transaction.spoilt && !WatchedKeys::touched(client)) transaction.queue.push(spec, args);
  client.reply.raw("+QUEUED\r\n");
  return false;
}

void Transactions::on_reject(Client& client) {
  if (!open(client)) return;
  if (client.last_command != nullptr && is_exec(*client.last_command)) {
    close(client);
  } else {
    client.ext.ensure(kTransaction).spoilt = true;
  }
}

// [task 2.11] Open a transaction.
void Transactions::begin(Client& client) {
  if (open(client)) {
    client.reply.error("ERR MULTI calls can not be nested");
    return;
  }
  client.ext.ensure(kTransaction).open = true;
  client.armed |= gate_;
  client.reply.ok();
}

// [task 2.11] Drop a transaction.
void Transactions::discard(Client& client) {
  if (!open(client)) {
    client.reply.error("ERR DISCARD without MULTI");
    return;
  }
  close(client);
  client.reply.ok();
}

// [task 2.11] Run what was queued, or say why not.
void Transactions::exec(Client& client) {
  if (!open(client)) {
    client.reply.error("ERR EXEC without MULTI");
    return;
  }
  Transaction& transaction = client.ext.ensure(kTransaction);
  if (transaction.spoilt) {
    client.reply.error("EXECABORT Transaction discarded because of previous errors.");
  } else if (watched_.changed(client)) {
    client.reply.null_array();
  } else {
    watched_.forget(client);  // its own commands are no surprise
    transaction.running = true;
    run(client, transaction.queue);
  }
  close(client);
}

// [task 2.11] Run the queue in a row, while time stands still.
void Transactions::run(Client& client, const CommandQueue& queue) {
  const CommandSpec* exec = client.current;
  uint64_t errors = client.errors_answered;
  keyspace_.freeze_time(keyspace_.now_ms());
  client.reply.array(queue.commands().size());
  bool skip_next = false;
  for (const QueuedCommand& command : queue.commands()) {
    server_.call(client, command.spec(), command.args());
    // A queued CLIENT REPLY SKIP means the command that follows EXEC, not the next of the queue.
    if (client.has(Client::kReplySkipNext)) {
      client.unset(Client::kReplySkipNext);
      client.reply.set_muted((client.flags & (Client::kReplyOff | Client::kReplySkip)) != 0);
      skip_next = true;
    }
  }
  keyspace_.thaw_time();
  client.current = exec;
  client.errors_answered = errors;  // those were the commands', not EXEC's
  if (skip_next) {
    client.set(Client::kReplySkipNext);
    client.reply.set_muted(true);
  }
}

void Transactions::close(Client& client) {
  watched_.forget(client);
  Transaction* transaction = client.ext.get(kTransaction);
  if (transaction == nullptr) return;
  *transaction = Transaction();
  client.armed &= ~gate_;
}

}  // namespace strata::db
