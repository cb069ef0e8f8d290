// DEBUG: tools of those who test the server, behind the option enable-debug-command.
//
// To clients DEBUG is one command whose first argument is a word, not a container of subcommands. Behind it
// stands a table that every stage adds its words to, or replaces the handler of a word of an earlier stage
// in:
//
//   server.get<DebugCommands>().add("reload", -2, debug_reload,
//                                   {"RELOAD [option ...]", "    Save the RDB on disk and reload it back to
//                                   memory."});
//
// It also keeps the switches that only DEBUG turns, for the stages that look at them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "01_resp_server/server/command.h"

namespace strata::resp {

class DebugCommands {
 public:
  // `name` in lower case. `arity` counts DEBUG and the word itself; negative: at least that many arguments.
  // The handler sees the whole command line. `lines` are those of DEBUG HELP: the usage, then descriptions
  // indented by four spaces.
  void add(std::string_view name, int arity, Handler handler, std::vector<std::string> lines);

  // Runs the word of a command line, or answers why it does not.
  void run(Client& client, Args args) const;

  bool active_expire = true;  // SET-ACTIVE-EXPIRE: may keys that nobody looks at be expired?

 private:
  struct Word {
    int arity;
    Handler run;
    std::vector<std::string> help;
  };
  void help(Client& client) const;
  std::map<std::string, Word, std::less<>> words_;
};

}  // namespace strata::resp
