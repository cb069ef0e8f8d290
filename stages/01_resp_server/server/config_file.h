// Reading redis.conf: one directive a line.
//
//   # comment
//   port 6379
//   requirepass "with \"escapes\" and \x00 bytes"       quoted as in text.h
//   include /etc/strata/*.conf                          read in place, the pattern's matches in order of name
//   client-output-buffer-limit normal 0 0 0             some directives may come several times
//
// A directive takes effect when its line is read: `dir` moves the process at once, so relative paths behind
// it are relative to the new folder. Of a repeated option, the last line wins.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "01_resp_server/server/config.h"
#include "01_resp_server/server/late_directives.h"

namespace strata::resp {

struct ConfigFileError {
  std::string file;  // where it stands; empty: the command line or standard input
  size_t line = 0;   // counted from 1; 0: the file could not be opened
  std::string text;  // the line
  std::string reason;
};

// Applies every line of `text`. Stops at the first error. `late` (may be null): the directives that have to wait.
std::optional<ConfigFileError> read_config_text(Config& config, std::string_view text, const std::string& origin,
                                                const LateDirectives* late = nullptr);

// The text of the file or of standard input, or why it cannot be read.
std::optional<ConfigFileError> load_text(const std::string& path, std::string* text);
std::string read_stdin();

// The message for the operator, as Redis prints it, plus the name of the file.
std::string describe(const ConfigFileError& error);

}  // namespace strata::resp
