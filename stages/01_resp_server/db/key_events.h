// What happens to keys, for those who must know: WATCH, blocked clients, keyspace notifications, the dirty counter.
//
// Every handler that changes a key says so once:  keyspace.changed(db, key, "append", EventClass::kString);
// With nobody listening that is one addition and one test.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace strata::db {

class Database;

// The classes of notify-keyspace-events, by their letters.
enum class EventClass : char {
  kGeneric = 'g',
  kString = '$',
  kList = 'l',
  kSet = 's',
  kHash = 'h',
  kSortedSet = 'z',
  kExpired = 'x',
  kEvicted = 'e',
  kNewKey = 'n',
  kKeyMiss = 'm',
  kStream = 't',
  kModule = 'd',
  kSilent = '\0',  // a change that no notification tells
};

struct KeyEvent {
  enum class Kind : uint8_t {
    kModified,  // the value or the expiry of the key is another one, or the key is new or gone
    kNotice,    // nothing changed (a miss, or a second name for a change that was told already)
  };
  Kind kind;
  EventClass klass;
  Database& db;
  std::string_view key;
  std::string_view name;  // "set", "del", "expired", ...
};

class KeyEvents {
 public:
  // Returns the listener's number. One that has nothing to hear for the time being is told so: changes then cost
  // nothing on its account.
  size_t listen(std::function<void(const KeyEvent&)> listener) {
    listeners_.push_back({std::move(listener), true});
    hearing_++;
    return listeners_.size() - 1;
  }
  void set_hearing(size_t listener, bool hearing) {
    if (listeners_[listener].hearing == hearing) return;
    listeners_[listener].hearing = hearing;
    hearing ? hearing_++ : hearing_--;
  }
  // FLUSHALL, FLUSHDB, SWAPDB: every key of a database (null: of all) may be another one now.
  void listen_to_resets(std::function<void(Database*)> listener) { reset_listeners_.push_back(std::move(listener)); }

  // FLUSHALL, after the reset: all data is gone, on purpose.
  void listen_to_flushall(std::function<void()> listener) { flushall_listeners_.push_back(std::move(listener)); }

  bool anyone() const { return hearing_ > 0; }
  void tell(const KeyEvent& event) const {
    for (auto& listener : listeners_) {
      if (listener.hearing) listener.hear(event);
    }
  }
  void tell_reset(Database* db) const {
    for (auto& listener : reset_listeners_) listener(db);
  }
  void tell_flushall() const {
    for (auto& listener : flushall_listeners_) listener();
  }

 private:
  struct Listener {
    std::function<void(const KeyEvent&)> hear;
    bool hearing;
  };
  std::vector<Listener> listeners_;
  size_t hearing_ = 0;  // of them, those that want to hear now
  std::vector<std::function<void(Database*)>> reset_listeners_;
  std::vector<std::function<void()>> flushall_listeners_;
};

}  // namespace strata::db
