#include "01_resp_server/server/config_file.h"

#include <fmt/format.h>
#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "01_resp_server/server/version.h"
#include "common/text.h"

namespace strata::resp {
namespace {

// A file that includes itself must not end in an exhausted stack.
constexpr int kMaxIncludeDepth = 32;

std::string read_all(std::FILE* in) {
  std::string text;
  char buffer[4096];
  while (const size_t n = std::fread(buffer, 1, sizeof buffer, in)) text.append(buffer, n);
  return text;
}

class Reader {
 public:
  Reader(Config& config, const LateDirectives* late) : config_(config), directives_(late) {}

  std::optional<ConfigFileError> read(std::string_view text, const std::string& origin, int depth) {
    size_t number = 0;
    while (!text.empty()) {
      const size_t end = text.find('\n');
      const std::string_view line = trim(text.substr(0, end), " \t\r\n");
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      ++number;
      if (line.empty() || line[0] == '#') continue;

      const auto words = split_args(line);
      std::string reason;
      if (!words) {
        reason = "Unbalanced quotes in configuration line";
      } else if (words->empty()) {
        continue;
      } else if (equals_nocase((*words)[0], "include")) {
        if (words->size() == 2) {
          if (auto error = include((*words)[1], depth + 1)) return error;
          continue;
        }
        reason = "Bad directive or wrong number of arguments";
      } else if (const LateDirective* late = directives_ ? directives_->find((*words)[0]) : nullptr) {
        late_.push_back({late, {words->begin() + 1, words->end()}, {origin, number, std::string(line), ""}});
        continue;
      } else {
        const Status applied = config_.apply((*words)[0], {words->begin() + 1, words->end()});
        if (applied.ok()) continue;
        reason = applied.message();
      }
      return ConfigFileError{origin, number, std::string(line), reason};
    }
    return std::nullopt;
  }

  // The lines that had to wait for all others.
  std::optional<ConfigFileError> read_late() {
    std::stable_sort(late_.begin(), late_.end(), [](const LateLine& a, const LateLine& b) {
      return a.directive->round(a.words) < b.directive->round(b.words);
    });
    for (LateLine& line : late_) {
      const Status applied = line.directive->read(line.words);
      if (applied.ok()) continue;
      line.place.reason = applied.message();
      return line.place;
    }
    return std::nullopt;
  }

 private:
  struct LateLine {
    const LateDirective* directive;
    Config::Words words;
    ConfigFileError place;
  };

  std::optional<ConfigFileError> include(const std::string& pattern, int depth) {
    if (depth > kMaxIncludeDepth) return ConfigFileError{pattern, 0, "", "include directives are nested too deeply"};
    // A plain name must exist; a pattern may match nothing (an empty conf.d is fine).
    if (pattern.find_first_of("*?[") == std::string::npos) return read_file(pattern, depth);
    glob_t found{};
    std::optional<ConfigFileError> error;
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
      for (size_t i = 0; i < found.gl_pathc && !error; ++i) error = read_file(found.gl_pathv[i], depth);
    }
    globfree(&found);
    return error;
  }

  std::optional<ConfigFileError> read_file(const std::string& path, int depth) {
    std::string text;
    if (auto error = load_text(path, &text)) return error;
    return read(text, path, depth);
  }

  Config& config_;
  const LateDirectives* directives_;
  std::vector<LateLine> late_;
};

}  // namespace

std::optional<ConfigFileError> read_config_text(Config& config, std::string_view text, const std::string& origin,
                                                const LateDirectives* late) {
  Reader reader(config, late);
  if (auto error = reader.read(text, origin, 0)) return error;
  return reader.read_late();
}

std::optional<ConfigFileError> load_text(const std::string& path, std::string* text) {
  std::FILE* in = std::fopen(path.c_str(), "re");
  if (in == nullptr) return ConfigFileError{path, 0, "", std::strerror(errno)};
  errno = 0;
  *text = read_all(in);
  const int failed = std::ferror(in) ? errno : 0;  // a directory opens, but does not read
  std::fclose(in);
  if (failed != 0) return ConfigFileError{path, 0, "", std::strerror(failed)};
  return std::nullopt;
}

std::string read_stdin() { return read_all(stdin); }

// [task 1.5] Say why the configuration is refused: file, line and reason.
std::string describe(const ConfigFileError& error) {
  if (error.line == 0) return fmt::format("Fatal error, can't open config file '{}': {}", error.file, error.reason);
  return fmt::format(
      "\n*** FATAL CONFIG FILE ERROR (Redis {}) ***\n"
      "Reading the configuration file, at line {}{}{}\n>>> '{}'\n{}\n",
      kRedisVersion, error.line, error.file.empty() ? "" : " of ", error.file, error.text, error.reason);
}

}  // namespace strata::resp
