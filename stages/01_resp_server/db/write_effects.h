// What the command that is running did to the data, and how another copy of the data should replay it.
//
// By default a write command that changed something is replayed as it was given. A handler whose replay would differ
// says what to replay instead (SET k v EX 10 becomes SET k v PXAT <time>), but builds that only when somebody listens:
//
//   if (effects.wanted) effects.replay_as({"LPOP", key});
//
// What is said is encoded at once, and gathers in the order of saying until stage 2's WriteStream takes it; in stage 1
// there is only the count of changes.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "01_resp_server/resp/request_encoder.h"

namespace strata::db {

class WriteEffects {
 public:
  uint64_t dirty = 0;   // changes since the start; a command that raises it has something to replay
  bool wanted = false;  // somebody keeps copies: rewriting is worth the work

  // Replays this instead of the command. May be called more than once (one command each).
  void replay_as(std::span<const std::string_view> words) {
    add(kOwnDatabase, words);
    replaced = true;
  }
  void replay_as(std::initializer_list<std::string_view> words) { replay_as(std::span(words.begin(), words.size())); }
  void replay_as(const std::vector<std::string>& words) {
    replay_as(std::vector<std::string_view>(words.begin(), words.end()));
  }
  // Nothing is to be replayed although `dirty` went up.
  void replay_nothing() { replaced = true; }
  // Replays this in addition, whatever becomes of the command: a key that expired or was evicted along the way.
  void also_replay(int db, std::initializer_list<std::string_view> words) { add(db, {words.begin(), words.size()}); }

  // --- for whoever passes it on ---
  static constexpr int kOwnDatabase = -1;  // that of the command's client
  enum Copies : uint8_t { kFiles = 1, kReplicas = 2, kAllCopies = 3 };
  struct Replay {
    int db;
    Copies copies;
    size_t end;  // in `bytes`, where it starts at the end of the one before
  };
  void add(int db, std::span<const std::string_view> words, Copies copies = kAllCopies) {
    resp::append_request(bytes, words);
    replays.push_back({db, copies, bytes.size()});
  }
  std::string bytes;  // the commands, in RESP
  std::vector<Replay> replays;
  bool replaced = false;  // the command that is running is not replayed itself
};

}  // namespace strata::db
