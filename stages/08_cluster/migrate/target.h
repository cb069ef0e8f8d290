// A connection to the server that keys are moved to. Blocking, with a limit for every step: MIGRATE holds the whole server
// until the target has answered, for a key must never be seen at both ends, nor at none.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "common/files.h"

namespace strata::cluster {

class Target {
 public:
  enum class Outcome : uint8_t { kOk, kTimeout, kBroken };

  // The address may be a name, which is looked up without a limit of time.
  Outcome connect(const std::string& host, int port, int64_t timeout_ms);
  Outcome write(std::string_view bytes, int64_t timeout_ms);
  // One line without its end.
  Outcome read_line(std::string* line, int64_t timeout_ms);

  int database = -1;  // that was selected last; -1: not known
  int64_t used_ms = 0;

 private:
  Outcome wait(short events, int64_t timeout_ms) const;

  UniqueFd socket_;
  std::string input_;
  size_t taken_ = 0;
};

// Connections are kept for the next MIGRATE: a slot is moved a few keys at a time.
class TargetCache {
 public:
  Target* find(const std::string& address);
  Target& add(const std::string& address, std::unique_ptr<Target> target);
  void drop(const std::string& address) { targets_.erase(address); }
  void drop_idle(int64_t now_ms);
  size_t size() const { return targets_.size(); }

 private:
  std::map<std::string, std::unique_ptr<Target>> targets_;
};

}  // namespace strata::cluster
