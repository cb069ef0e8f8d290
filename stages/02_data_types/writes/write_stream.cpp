#include "02_data_types/writes/write_stream.h"

#include <array>

#include "01_resp_server/resp/request_encoder.h"

namespace strata::db {

namespace {

constexpr std::string_view kMulti = "*1\r\n$5\r\nMULTI\r\n";
constexpr std::string_view kExec = "*1\r\n$4\r\nEXEC\r\n";
constexpr size_t kKept = 64 * 1024;  // capacity kept for the next unit

}  // namespace

WriteStream::WriteStream(resp::Server& server, Keyspace& keyspace) : server_(server), effects_(keyspace.effects) {
  server.loop.before_sleep([this] { pass_on_singly(); });
}

void WriteStream::add_sink(WriteSink& sink) {
  if (sinks_.empty()) server_.observe(*this);
  sinks_.push_back(&sink);
  effects_.wanted = true;
  dirty_before_ = effects_.dirty;
}

void WriteStream::remove_sink(WriteSink& sink) {
  std::erase(sinks_, &sink);
  if (!sinks_.empty()) return;
  server_.stop_observing(*this);
  effects_.wanted = false;
  clear();
}

void WriteStream::before(resp::Client&, const resp::CommandSpec&) {
  // Evicted to make room for this command: not a part of it.
  if (server_.depth() == 1) pass_on_singly();
  dirty_before_ = effects_.dirty;
  effects_.replaced = false;
}

void WriteStream::after(resp::Client& client, const resp::CommandSpec& spec, resp::Args args) {
  if (effects_.dirty != dirty_before_ && !effects_.replaced) effects_.add(WriteEffects::kOwnDatabase, args);
  resolve_database(client.db);
  // What a command inside of another did is dealt with: the outer one has only its own to tell.
  dirty_before_ = effects_.dirty;
  effects_.replaced = false;
  if (server_.depth() > 1 || effects_.replays.empty()) return;
  // SCAN and its like come across expired keys that have nothing to do with each other.
  bool at_random = spec.is(resp::kReadOnly) && spec.keys.empty();
  at_random ? pass_on_singly() : pass_on_together();
}

void WriteStream::resolve_database(int db) {
  for (; resolved_ < effects_.replays.size(); resolved_++) {
    WriteEffects::Replay& replay = effects_.replays[resolved_];
    if (replay.db != WriteEffects::kOwnDatabase) continue;
    replay.db = db;
    replay.copies = static_cast<WriteEffects::Copies>(replay.copies & allowed_);
  }
}

void WriteStream::pass_on_together() {
  if (effects_.replays.empty()) return;
  pass_on(0, effects_.replays.size());
  clear();
}

void WriteStream::pass_on_singly() {
  if (effects_.replays.empty()) return;
  for (size_t i = 0; i < effects_.replays.size(); i++) pass_on(i, i + 1);
  clear();
}

void WriteStream::clear() {
  effects_.replays.clear();
  resolved_ = 0;
  if (effects_.bytes.capacity() > kKept) {
    effects_.bytes = std::string();
  } else {
    effects_.bytes.clear();
  }
}

void WriteStream::pass_on(size_t first, size_t last) {
  const auto& replays = effects_.replays;
  // What nobody may hear is no part of the unit.
  while (first < last && replays[first].copies == 0) first++;
  while (first < last && replays[last - 1].copies == 0) last--;
  for (WriteSink* sink : sinks_) {
    size_t wanted = first;
    while (wanted < last && (replays[wanted].copies & sink->copy_) == 0) wanted++;
    if (wanted == last) continue;
    sink->begin_unit();
    if (last - first == 1) {  // nearly always
      select_database(*sink, replays[first].db);
      sink->append(requests(first, last));
    } else {
      pass_on_transaction(*sink, wanted, last);
    }
    sink->end_unit();
  }
}

void WriteStream::pass_on_transaction(WriteSink& sink, size_t first, size_t last) {
  const auto& replays = effects_.replays;
  auto wanted = [&](size_t i) { return i < last && (replays[i].copies & sink.copy_) != 0; };
  bool opened = false;
  for (size_t i = first; i < last; i++) {
    if (!wanted(i)) continue;
    select_database(sink, replays[i].db);
    if (!opened) sink.append(kMulti);
    opened = true;
    size_t end = i + 1;
    while (wanted(end) && replays[end].db == sink.db_) end++;
    sink.append(requests(i, end));
    i = end - 1;
  }
  sink.append(kExec);
}

void WriteStream::select_database(WriteSink& sink, int db) {
  if (sink.db_ == db) return;
  sink.db_ = db;
  std::string number = std::to_string(db);
  select_.clear();
  resp::append_request(select_, std::array<std::string_view, 2>{"SELECT", number});
  sink.append(select_);
}

std::string_view WriteStream::requests(size_t first, size_t last) const {
  const size_t begin = first == 0 ? 0 : effects_.replays[first - 1].end;
  return std::string_view(effects_.bytes).substr(begin, effects_.replays[last - 1].end - begin);
}

}  // namespace strata::db
