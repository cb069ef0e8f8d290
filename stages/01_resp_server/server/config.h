// The server's options: declared once by the stage that owns them, reachable through redis.conf, the command
// line and CONFIG GET / SET / REWRITE.
//
//   config.flag("appendonly", &log.enabled, false, "log every write to disk");
//   config.choice("appendfsync", &log.fsync, Fsync::kEverySec, {{"always", Fsync::kAlways}, ...}, "when to
//   fsync");
//
// An option writes its value straight into the variable it was declared with, so reading an option costs
// nothing. `on_change` runs after a CONFIG SET stored the new value and may refuse it; all options of that
// CONFIG SET are then put back. Values given before the server started do not call it.
//
//   redis.conf, command line --(config_file.h)--> apply()      CONFIG SET ----> change()
//   CONFIG REWRITE ----------(config_rewrite.h)--> each()      CONFIG GET ----> find(), each()
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/status.h"

namespace strata::resp {

struct OptionTraits {
  bool immutable = false;       // CONFIG SET is refused
  bool hidden = false;          // not listed for patterns with wildcards, as debugging options in Redis
  bool sensitive = false;       // never written to the log
  bool protect = false;         // changeable by CONFIG SET only where enable-protected-configs allows it
  bool clamped = false;         // bytes beyond 63 bits are no error but as many as there can be (maxmemory)
  bool multi = false;           // several words, or several lines of the file (save, bind)
  std::string_view alias = {};  // the other name it answers to (slave-read-only)
  std::function<Status()> on_change = {};
  bool fixed_while_loading = false;  // CONFIG SET is refused while data is being loaded
  bool inert = false;                // accepted, without effect in this server; may be declared again by a later stage
};

// A line that CONFIG REWRITE puts into the file. One that is not forced only replaces a line that is there
// already.
struct RewriteLine {
  std::string text;
  bool forced;
};

// One option. Implementations for the usual types are in option_types.h; a stage may bring its own through
// custom().
class Option {
 public:
  Option(std::string name, std::string doc, OptionTraits traits)
      : name_(std::move(name)), doc_(std::move(doc)), traits_(std::move(traits)) {}
  virtual ~Option() = default;

  const std::string& name() const { return name_; }
  const std::string& doc() const { return doc_; }
  const OptionTraits& traits() const { return traits_; }
  bool inert() const { return traits_.inert; }
  bool clamped() const { return traits_.clamped; }

  virtual std::string get() const = 0;                            // as CONFIG GET shows it
  virtual Status set(const std::vector<std::string>& words) = 0;  // the message is Redis's
  // A line of the file. Differs from set() only where several lines add up (save).
  virtual Status add_line(const std::vector<std::string>& words) { return set(words); }
  virtual std::string default_text() const = 0;  // get() at the default
  // Lines for CONFIG REWRITE: by default one "name value", forced unless the value is the default. No lines
  // at all take the option out of the file.
  virtual std::vector<RewriteLine> rewrite() const;
  // Puts back what get() returned earlier.
  Status restore(const std::string& text);
  // The words of a value given as one text: split at single spaces when the option takes several.
  std::vector<std::string> words_of(const std::string& text) const;

 private:
  std::string name_;
  std::string doc_;
  OptionTraits traits_;
};

struct CustomOption {
  std::function<std::string()> get;
  std::function<Status(const std::vector<std::string>& words)> set;
  // Absent: as `set`.
  std::function<Status(const std::vector<std::string>& words)> add_line = {};
  // Absent: one line "name get()", forced unless at the default.
  std::function<std::vector<std::string>()> rewrite = {};
  std::string default_text = {};
  bool always_rewritten = false;  // CONFIG REWRITE writes it even at its default
};

// enable-protected-configs, enable-debug-command, ...: what dangerous commands ask before they do anything.
enum class ProtectedAccess : uint8_t { kNo, kYes, kLocal };

// Why a CONFIG SET failed and at which argument.
struct ChangeError {
  std::string argument;
  std::string reason;  // empty: there is no such option
};

class Config {
 public:
  static constexpr int64_t kNoMaximum = std::numeric_limits<int64_t>::max();
  using Words = std::vector<std::string>;

  void flag(std::string_view name, bool* value, bool initial, std::string_view doc, OptionTraits traits = {});
  void integer(std::string_view name, int64_t* value, int64_t initial, int64_t min, int64_t max, std::string_view doc,
               OptionTraits traits = {});
  // Shown and read in base 8: permissions of files.
  void octal(std::string_view name, int64_t* value, int64_t initial, int64_t min, int64_t max, std::string_view doc,
             OptionTraits traits = {});
  // Bytes, with Redis's units (1k, 1kb, 1gb, ...) accepted.
  void memory(std::string_view name, int64_t* value, int64_t initial, int64_t min, int64_t max, std::string_view doc,
              OptionTraits traits = {});
  // The same, or a percentage of something ("10%"), which is stored as a negative number.
  void memory_or_percent(std::string_view name, int64_t* value, int64_t initial, int64_t max, std::string_view doc,
                         OptionTraits traits = {});
  void text(std::string_view name, std::string* value, std::string_view initial, std::string_view doc,
            OptionTraits traits = {});
  void custom(std::string_view name, CustomOption option, std::string_view doc, OptionTraits traits = {});
  template <class E>
  void choice(std::string_view name, E* value, E initial, std::vector<std::pair<std::string_view, E>> values,
              std::string_view doc, OptionTraits traits = {}) {
    std::vector<std::pair<std::string_view, int>> plain;
    for (auto& [text, each] : values) plain.emplace_back(text, static_cast<int>(each));
    *value = initial;
    choice_of_int(
        name, [value] { return static_cast<int>(*value); }, [value](int chosen) { *value = static_cast<E>(chosen); },
        std::move(plain), doc, std::move(traits));
  }
  // Accepted and shown, but nothing here looks at it. A later stage that implements the option declares it
  // again and thereby replaces the inert one. (inert_options.cpp declares inert options of the other types.)
  void inert(std::string_view name, std::string_view initial, OptionTraits traits = {});
  void add(std::unique_ptr<Option> option);

  // A line of the file that is no option: it is not shown by CONFIG GET and CONFIG REWRITE leaves it where it
  // is.
  void directive(std::string_view name, std::function<Status(const Words&)> handler);

  Option* find(std::string_view name) const;                   // by name or alias, in any case
  void each(const std::function<void(Option&)>& visit) const;  // sorted by name
  // Every name CONFIG GET lists, aliases included, sorted.
  void each_name(const std::function<void(const std::string& name, Option&)>& visit) const;
  bool is_directive(std::string_view name) const;

  // One directive before the server runs (file or command line). `words` excludes the name.
  Status apply(std::string_view name, const Words& words);

  // CONFIG SET: stores all the pairs or none. `allow_protected`: this client may set protected options.
  // Returns false with the reason in `error`.
  bool change(const std::vector<std::pair<std::string, std::string>>& pairs, bool allow_protected, ChangeError* error);

  std::function<bool()> loading;  // is data being loaded? Null: never
  std::string file;               // absolute path of the configuration file; empty: none
  ProtectedAccess enable_protected = ProtectedAccess::kNo;

 private:
  void choice_of_int(std::string_view name, std::function<int()> get, std::function<void(int)> set,
                     std::vector<std::pair<std::string_view, int>> values, std::string_view doc, OptionTraits traits);

  std::map<std::string, std::unique_ptr<Option>, std::less<>> options_;  // by lower-case name
  std::map<std::string, std::string, std::less<>> aliases_;              // alias -> name
  std::map<std::string, std::function<Status(const Words&)>, std::less<>> directives_;
};

}  // namespace strata::resp
