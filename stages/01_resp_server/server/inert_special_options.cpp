// The inert options whose values have a shape of their own: save points, event classes, lists of numbers; and
// the directives of redis.conf that are no options at all.
#include <fmt/format.h>

#include <memory>

#include "01_resp_server/server/inert_options.h"
#include "01_resp_server/server/server.h"
#include "common/log.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {
namespace {

using Words = Config::Words;
constexpr std::string_view kDoc = "accepted and checked, without effect in this stage";

// A value kept as the text that CONFIG GET shows. `check` may also bring the words into their normal form.
// `lines`, when given, makes the lines of CONFIG REWRITE from the shown text.
void declare(Config& config, std::string_view name, std::string_view initial, Status (*check)(Words&),
             OptionTraits traits, std::vector<std::string> (*lines)(const std::string&) = nullptr) {
  auto value = std::make_shared<std::string>(initial);
  traits.inert = true;
  CustomOption option;
  option.get = [value] { return *value; };
  option.default_text = initial;
  option.set = [value, check](const Words& words) {
    Words checked = words;
    if (Status status = check(checked); !status.ok()) return status;
    *value = fmt::format("{}", fmt::join(checked, " "));
    return Status();
  };
  if (lines != nullptr) option.rewrite = [value, lines] { return lines(*value); };
  config.custom(name, std::move(option), kDoc, std::move(traits));
}

bool is_empty(const Words& words) { return words.empty() || (words.size() == 1 && words[0].empty()); }

// "900 1 300 10": a snapshot after 900 seconds with one change, ...
Status check_save(Words& words) {
  if (is_empty(words)) {
    words.clear();
    return {};
  }
  if (words.size() % 2 != 0) return Status::error("Invalid save parameters");
  for (size_t i = 0; i < words.size(); ++i) {
    int64_t number = 0;
    const int64_t least = i % 2 == 0 ? 1 : 0;
    if (!parse_int64(words[i], &number) || number < least) return Status::error("Invalid save parameters");
  }
  return {};
}

// The lines of the file add up, except that the first one replaces the default and an empty one clears all.
void declare_save(Config& config) {
  struct State {
    std::string shown = "3600 1 300 100 60 10000";
    bool from_file = false;
  };
  auto state = std::make_shared<State>();
  CustomOption option;
  option.get = [state] { return state->shown; };
  option.default_text = state->shown;
  option.set = [state](const Words& words) {
    Words points = words;
    if (Status status = check_save(points); !status.ok()) return status;
    state->shown = fmt::format("{}", fmt::join(points, " "));
    return Status();
  };
  option.add_line = [state](const Words& words) {
    Words points = words;
    if (Status status = check_save(points); !status.ok()) return status;
    if (!state->from_file || points.empty()) state->shown.clear();
    state->from_file = true;
    if (!state->shown.empty() && !points.empty()) state->shown += ' ';
    state->shown += fmt::format("{}", fmt::join(points, " "));
    return Status();
  };
  option.rewrite = [state] {
    std::vector<std::string> lines;
    const Words points = split_args(state->shown).value_or(Words());
    for (size_t i = 0; i + 1 < points.size(); i += 2) {
      lines.push_back(fmt::format("save {} {}", points[i], points[i + 1]));
    }
    if (lines.empty()) lines.push_back("save \"\"");
    return lines;
  };
  // As Redis: what is lost in a crash should be visible in the file.
  option.always_rewritten = true;
  config.custom("save", std::move(option), kDoc, {.multi = true, .inert = true});
}

// Letters for classes of events, shown in a fixed order; A stands for all but the two that must be asked for.
Status check_events(Words& words) {
  constexpr std::string_view kKnown = "Ag$lshzxeKEtmdn";
  constexpr std::string_view kAll = "g$lshzxetd";
  std::string wanted = words.empty() ? "" : words[0];
  for (const char c : wanted) {
    if (kKnown.find(c) == std::string_view::npos) {
      return Status::error("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
    }
  }
  if (wanted.find('A') != std::string::npos) wanted += kAll;
  auto has = [&wanted](char c) { return wanted.find(c) != std::string::npos; };
  bool all = true;
  for (const char c : kAll) all = all && has(c);
  std::string shown = all ? "A" : "";
  if (!all) {
    for (const char c : std::string_view("g$lshzxetd")) {
      if (has(c)) shown += c;
    }
  }
  for (const char c : std::string_view("KEmn")) {
    if (has(c)) shown += c;
  }
  words = {shown};
  return {};
}

Status check_oom_scores(Words& words) {
  if (words.size() != 3) return Status::error("wrong number of arguments");
  for (const std::string& word : words) {
    int64_t number = 0;
    if (!parse_int64(word, &number) || number < -2000 || number > 2000) {
      return Status::error("Invalid oom-score-adj-values, elements must be between -2000 and 2000.");
    }
  }
  return {};
}

Status check_hostname(Words& words) {
  if (words[0].size() >= 256) return Status::error("Hostnames must be less than 256 characters");
  for (const char c : words[0]) {
    const char lower = lower_ascii(c);
    if (!((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.')) {
      return Status::error("Hostnames may only contain alphanumeric characters, hyphens or dots");
    }
  }
  return {};
}

Status check_replicaof(Words& words) {
  if (words.size() != 2) return Status::error("wrong number of arguments");
  if (equals_nocase(words[0], "no") && equals_nocase(words[1], "one")) {
    words.clear();
    return {};
  }
  int64_t port = 0;
  if (!parse_int64(words[1], &port) || port < 0 || port > 65535) return Status::error("Invalid master port");
  return {};
}

Status check_defrag(Words& words) {
  words[0] = to_lower(words[0]);
  if (words[0] == "no") return {};
  if (words[0] != "yes") return Status::error("argument must be 'yes' or 'no'");
  return Status::error(
      "Active defragmentation cannot be enabled: it requires a Redis server compiled with a modified "
      "Jemalloc like the "
      "one shipped by default with the Redis source distribution");
}

// Encrypted connections asked for and silently not given would be a trap.
Status refuse_tls() {
  log_warning("TLS is not supported by this server");
  return Status::error("Unable to update TLS configuration. Check server logs.");
}

Status check_tls_port(Words& words) {
  int64_t port = 0;
  if (!parse_int64(words[0], &port)) return Status::error("argument couldn't be parsed into an integer");
  if (port < 0 || port > 65535) return Status::error("argument must be between 0 and 65535 inclusive");
  return port == 0 ? Status() : refuse_tls();
}

Status check_tls_use(Words& words) {
  words[0] = to_lower(words[0]);
  if (words[0] == "no") return {};
  if (words[0] != "yes") return Status::error("argument must be 'yes' or 'no'");
  return refuse_tls();
}

std::vector<std::string> quoted_events(const std::string& shown) {
  return {fmt::format("notify-keyspace-events {}", quote(shown))};
}

}  // namespace

void install_inert_special_options(Server& server) {
  Config& config = server.config;
  declare_save(config);
  declare(config, "notify-keyspace-events", "", check_events, {}, quoted_events);
  declare(config, "oom-score-adj-values", "0 200 800", check_oom_scores, {.multi = true});
  declare(config, "cluster-announce-hostname", "", check_hostname, {});
  declare(config, "replicaof", "", check_replicaof, {.immutable = true, .multi = true, .alias = "slaveof"});
  declare(config, "activedefrag", "no", check_defrag, {});
  declare(config, "tls-port", "0", check_tls_port, {});
  declare(config, "tls-cluster", "no", check_tls_use, {});
  declare(config, "tls-replication", "no", check_tls_use, {});

  config.directive("loadmodule", [](const Words&) { return Status::error("Modules are not supported"); });
  // "--sentinel" on the command line is a directive without words; the stage that knows sentinels takes it
  // over.
  config.directive("sentinel", [](const Words& words) {
    return words.empty() ? Status() : Status::error("sentinel directive while not in sentinel mode");
  });
  // Renamed or dropped by Redis itself, which still reads them.
  for (const char* name : {"list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands"}) {
    config.directive(name, [](const Words& words) {
      return words.size() == 1 ? Status() : Status::error("Bad directive or wrong number of arguments");
    });
  }
}

}  // namespace strata::resp
