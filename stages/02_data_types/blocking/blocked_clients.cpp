#include "02_data_types/blocking/blocked_clients.h"

#include <algorithm>
#include <utility>

#include "01_resp_server/commands/client_list.h"
#include "01_resp_server/commands/client_unblock.h"
#include "01_resp_server/commands/support.h"
#include "02_data_types/transactions/transactions.h"

namespace strata::db {

using resp::Client;

namespace {

const resp::ExtensionKey<BlockedClients::State> kBlocked;

BlockedClients::State* state_of(const Client& client) {
  auto* state = client.ext.get(kBlocked);
  return state != nullptr && state->wait != nullptr ? state : nullptr;
}

bool closing(const Client& client) { return (client.flags & (Client::kCloseNow | Client::kCloseAfterReply)) != 0; }

}  // namespace

BlockedClients::BlockedClients(resp::Server& server, Keyspace& keyspace, WriteStream& writes)
    : server_(server), keyspace_(keyspace), writes_(writes) {
  listener_ = keyspace.events.listen([this](const KeyEvent& event) {
    // Only a key that was not there can have been waited for.
    if (event.klass == EventClass::kNewKey) note_ready(event.db.index(), event.key);
  });
  keyspace.events.set_hearing(listener_, false);
  keyspace.events.listen_to_resets([this](Database* db) { on_reset(db); });
  server.clients.on_close([this](Client& client) {
    if (blocked(client)) leave(client);
  });
  resp::ClientLines::of(server).set_flag('b', blocked);
  resp::ClientUnblock::of(server).unblock = [this](Client& client, bool with_error) {
    if (!blocked(client)) return false;
    if (with_error) {
      interrupt(client, "UNBLOCKED client unblocked via CLIENT UNBLOCK");
    } else {
      client.last_command->stats.failed_calls++;  // an error would count by itself
      give_up(client);
    }
    return true;
  };
}

bool BlockedClients::blocked(const Client& client) { return state_of(client) != nullptr; }

const Wait* BlockedClients::wait_of(const Client& client) {
  const State* state = state_of(client);
  return state == nullptr ? nullptr : state->wait.get();
}

std::vector<std::string_view> BlockedClients::keys_of(const Client& client) {
  std::vector<std::string_view> keys;
  if (const State* state = state_of(client)) {
    for (const Lines::Place& place : state->places) keys.push_back(place.line->key);
  }
  return keys;
}

bool BlockedClients::may_block(const Client& client) {
  return !client.has(Client::kInternal) && !Transactions::running(client);
}

// --- beginning and ending a wait ---

// [task 2.12] Serve a client from the first of its keys that holds a value.
bool BlockedClients::served_at_once(Client& client, resp::Args keys, const Wait& wait) {
  Database& database = keyspace_.db(client.db);
  for (std::string_view key : keys) {
    Ref ref = database.write(key);
    if (!ref) continue;
    if (resp::of_type(client, ref, wait.type())) wait.serve(client, key, ref);
    return true;
  }
  return false;
}

// [task 2.12] Suspend a client, in the line of each of its keys.
void BlockedClients::block(Client& client, resp::Args keys, int64_t timeout_ms, std::unique_ptr<Wait> wait) {
  State& state = client.ext.ensure(kBlocked);
  state.wait = std::move(wait);
  state.since_us = server_.loop.now_us();
  state.skipped = client.has(Client::kReplySkip);
  for (std::string_view key : keys) {
    const Lines::Line* line = lines_.find(client.db, key);
    bool twice = line != nullptr && line->members.back() == &client;
    if (!twice) state.places.push_back(lines_.join(client.db, key, &client));
  }
  keyspace_.events.set_hearing(listener_, !lines_.empty());
  if (timeout_ms > 0) {
    server_.loop.refresh_clock();  // the time that this turn took so far is not part of the wait
    state.timer = server_.loop.after(timeout_ms, [this, &client] {
      state_of(client)->timer = 0;
      give_up(client);
    });
  }
  count_++;
  server_.clients.suspend(client);
}

// Ends the wait, without a word to the client.
void BlockedClients::leave(Client& client) {
  State& state = *state_of(client);
  for (const Lines::Place& place : state.places) lines_.leave(place);
  keyspace_.events.set_hearing(listener_, !lines_.empty());
  if (state.timer != 0) server_.loop.cancel(state.timer);
  state = State();
  count_--;
}

void BlockedClients::release(Client& client) {
  leave(client);
  server_.clients.resume(client);
  if (!client.out.empty()) server_.clients.schedule_write(client);
}

void BlockedClients::answer(Client& client, const std::function<void()>& write) {
  if (state_of(client)->skipped) client.reply.set_muted(true);
  uint64_t errors = client.errors_answered;
  write();
  if (client.errors_answered != errors) client.last_command->stats.failed_calls++;
  server_.record_latency(*client.last_command, (server_.loop.now_us() - state_of(client)->since_us) * 1000);
  client.reply.set_muted(client.has(Client::kReplyOff));
  release(client);
}

void BlockedClients::give_up(Client& client) {
  answer(client, [&] { wait_of(client)->give_up(client); });
}

void BlockedClients::interrupt(Client& client, std::string_view error) {
  answer(client, [&] { client.reply.error(error); });
}

void BlockedClients::interrupt_all(std::string_view error) {
  server_.clients.each([&](Client& client) {
    if (!blocked(client)) return;
    interrupt(client, error);
    client.set(Client::kCloseAfterReply);
    server_.clients.schedule_write(client);
  });
}

// --- keys that became ready ---

void BlockedClients::on_reset(Database* db) {
  if (db == nullptr) return;  // all keys are gone
  lines_.each(db->index(), [&](Lines::Line& line) {
    if (db->find_even_expired(line.key)) note_ready(line.db, line.key);
  });
}

// [task 2.12] Note a key that somebody waits for, to be served when the command is over.
void BlockedClients::note_ready(int db, std::string_view key) {
  if (lines_.find(db, key) == nullptr) return;
  // Nobody waits for a string; nor for what it may become before the command is over.
  if (const Ref ref = keyspace_.db(db).peek(key); ref && ref->type() == ValueType::kString) return;
  ready_.push_back({db, std::string(key)});
  if (std::exchange(serving_is_due_, true)) return;
  server_.after_command([this] { serve_ready(); });
}

// [task 2.12] Serve the keys that became ready, and those that become ready by that.
void BlockedClients::serve_ready() {
  while (!ready_.empty()) {
    for (const ReadyKey& ready : std::exchange(ready_, {})) serve_line(ready);
  }
  serving_is_due_ = false;
}

// [task 2.12] Serve the clients of a key in their order, as long as it holds something.
void BlockedClients::serve_line(const ReadyKey& ready) {
  Database& database = keyspace_.db(ready.db);
  while (Lines::Line* line = lines_.find(ready.db, ready.key)) {
    Ref ref = database.peek(ready.key);
    if (!ref) return;
    auto suits = [&](Client* client) { return wait_of(*client)->type() == ref->type() && !closing(*client); };
    auto first = std::find_if(line->members.begin(), line->members.end(), suits);
    if (first == line->members.end()) return;
    Client& client = **first;
    WriteStream::Unit unit(writes_, ready.db);
    answer(client, [&] { wait_of(client)->serve(client, ready.key, ref); });
  }
}

}  // namespace strata::db
