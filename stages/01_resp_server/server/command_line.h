// The command line, as redis-server takes it:
//
//   strata-server [FILE] [--option value ...] [-]
//
// Options become lines that are read behind the file, in the given order: the last one wins. A lone "-",
// first or at the end, reads more lines from standard input. A few words are answered at once (--help,
// --version, ...); they are looked for in the first place only, as options of the file could have any name.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace strata::resp {

struct CommandLine {
  std::string file;  // as given; empty: none
  bool from_stdin = false;
  std::string options;  // configuration lines
  bool without_arguments = false;
  std::optional<int> exit_code;  // answered: end with this
};

// `arguments` with the program's name first. Prints when it answers by itself.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

// "Strata server v=7.0.15 sha=... malloc=... bits=64 build=...": v is the version of Redis whose behaviour we
// have.
std::string version_line();

}  // namespace strata::resp
