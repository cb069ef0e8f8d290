// Directives whose lines refer to each other, in whatever order they stand in the file, and which are kept up to date there
// although they are no options (`sentinel ...`).
//
// Their lines are read when all others have been, in rounds: every line of round 0, then those of round 1, ... When the file
// is rewritten, lines about the same subject take each other's place, those that are not needed any more go, and what is new
// comes at the end.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "01_resp_server/server/config.h"
#include "01_resp_server/server/server.h"
#include "common/text.h"

namespace strata::resp {

// `words` never holds the directive's own name.
struct LateDirective {
  std::function<int(const Config::Words& words)> round;
  std::function<Status(const Config::Words& words)> read;
  // What a line is about, in lower case. Empty: the line stays as it is.
  std::function<std::string(const Config::Words& words)> subject;
  std::function<std::vector<std::pair<std::string, RewriteLine>>()> rewrite;  // what is to stand there, by subject
};

class LateDirectives {
 public:
  // The server's one instance, made by whoever asks first.
  static LateDirectives& of(Server& server) {
    LateDirectives* found = server.find<LateDirectives>();
    return found != nullptr ? *found : server.own<LateDirectives>();
  }

  // Takes the place of a directive of Config of the same name.
  void add(std::string_view name, LateDirective directive) { by_name_[std::string(name)] = std::move(directive); }
  const LateDirective* find(std::string_view name) const {  // in any case
    const auto found = by_name_.find(to_lower(name));
    return found == by_name_.end() ? nullptr : &found->second;
  }
  const std::map<std::string, LateDirective>& all() const { return by_name_; }

  // When everything was read, and before anything is done with it: the configuration as a whole may be refused.
  void when_read(std::function<Status()> check) { checks_.push_back(std::move(check)); }
  Status check() const {
    for (const auto& each : checks_) {
      if (Status accepted = each(); !accepted.ok()) return accepted;
    }
    return {};
  }

 private:
  std::map<std::string, LateDirective> by_name_;  // lower case
  std::vector<std::function<Status()>> checks_;
};

}  // namespace strata::resp
