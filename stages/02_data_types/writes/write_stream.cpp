#include "02_data_types/writes/write_stream.h"

#include <algorithm>
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
  if (effects_.dirty != dirty_before_ && !effects_.replaced) effects_.add(client.db, args);
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
    if (effects_.replays[resolved_].db == WriteEffects::kOwnDatabase) effects_.replays[resolved_].db = db;
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
  for (WriteSink* sink : sinks_) {
    bool concerned =
        std::any_of(effects_.replays.begin() + static_cast<ptrdiff_t>(first),
                    effects_.replays.begin() + static_cast<ptrdiff_t>(last),
                    [&](const WriteEffects::Replay& replay) { return (replay.copies & sink->copy_) != 0; });
    if (concerned) pass_on_to(*sink, first, last);
  }
}

void WriteStream::pass_on_to(WriteSink& sink, size_t first, size_t last) {
  const auto& replays = effects_.replays;
  std::string_view bytes = effects_.bytes;
  auto begin_of = [&](size_t i) { return i == 0 ? 0 : replays[i - 1].end; };
  auto wanted = [&](size_t i) { return i < last && (replays[i].copies & sink.copy_) != 0; };
  bool together = last - first > 1;
  bool opened = false;
  sink.begin_unit();
  for (size_t i = first; i < last; i++) {
    if (!wanted(i)) continue;
    if (replays[i].db != sink.db_) {
      sink.db_ = replays[i].db;
      std::string number = std::to_string(sink.db_);
      select_.clear();
      resp::append_request(select_, std::array<std::string_view, 2>{"SELECT", number});
      sink.append(select_);
    }
    if (together && !opened) sink.append(kMulti);
    opened = true;
    size_t end = i + 1;
    while (wanted(end) && replays[end].db == sink.db_) end++;
    sink.append(bytes.substr(begin_of(i), replays[end - 1].end - begin_of(i)));
    i = end - 1;
  }
  if (together) sink.append(kExec);
  sink.end_unit();
}

}  // namespace strata::db
