// What happens is told in three ways at once:
//
//   the log           <type> <message>
//   Pub/Sub           channel <type>, message <message>       unless it is of level debug
//   a script          <script> <type> <message>               of level warning, where it concerns a master that has one
//
// Types are words such as +sdown and -odown: + begins or happens, - ends or fails. An event about an instance begins with it:
//
//   +sdown master mymaster 10.0.0.1 6379
//   +sdown slave 10.0.0.2:6379 10.0.0.2 6379 @ mymaster 10.0.0.1 6379
#pragma once

#include <string>
#include <string_view>

#include "01_resp_server/server/server.h"
#include "07_sentinel/events/scripts.h"
#include "07_sentinel/options/settings.h"
#include "common/log.h"

namespace strata::sentinel {

struct Instance;

class Events {
 public:
  static constexpr size_t kMaxMessage = 1023;  // bytes; what is longer is cut

  Events(resp::Server& server, const Settings& settings, Scripts& scripts)
      : server_(server), settings_(settings), scripts_(scripts) {}

  // `extra` follows the instance as it is: begin it with a space.
  void about(LogLevel level, std::string_view type, const Instance& instance, std::string_view extra = {});
  // An event whose message says all. `concerned` (may be null) is the instance whose master's script hears of it.
  void note(LogLevel level, std::string_view type, const Instance* concerned, std::string message);

 private:
  resp::Server& server_;
  const Settings& settings_;
  Scripts& scripts_;
};

}  // namespace strata::sentinel
