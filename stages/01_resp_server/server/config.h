// The server's options: declared once by the stage that owns them, reachable through redis.conf, the command line and
// CONFIG GET / SET / REWRITE.
//
//   config.flag("appendonly", &log.enabled, false, "log every write to disk");
//   config.choice("appendfsync", &log.fsync, Fsync::kEverySec, {{"always", Fsync::kAlways}, ...}, "when to fsync");
//
// An option writes its value straight into the variable it was declared with, so reading an option costs nothing.
// `on_change` runs after a CONFIG SET stored the new value and may refuse it; all options of that CONFIG SET are then
// put back. Values given before the server started do not call it.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/status.h"

namespace strata::resp {

struct OptionTraits {
  bool immutable = false;              // CONFIG SET is refused
  bool hidden = false;                 // not listed for patterns with wildcards, as debugging options in Redis
  bool sensitive = false;              // never written to the log
  bool protect = false;                // changeable by CONFIG SET only where enable-protected-configs allows it
  bool multi = false;                  // several words, or several lines of the file (save, bind)
  std::string_view alias = {};         // older name (slave-read-only)
  std::function<Status()> on_change = {};
};

// One option. Implementations for the usual types are in option_types.cpp; a stage may bring its own through custom().
class Option {
 public:
  Option(std::string name, std::string doc, OptionTraits traits)
      : name_(std::move(name)), doc_(std::move(doc)), traits_(std::move(traits)) {}
  virtual ~Option() = default;

  const std::string& name() const { return name_; }
  const std::string& doc() const { return doc_; }
  const OptionTraits& traits() const { return traits_; }

  virtual std::string get() const = 0;                                  // as CONFIG GET shows it
  virtual Status set(const std::vector<std::string>& words) = 0;        // the message is Redis's
  virtual std::string default_text() const = 0;                         // get() at the default
  // Lines for CONFIG REWRITE; by default one "name value", none when the value is the default.
  virtual std::vector<std::string> rewrite() const;
  virtual bool inert() const { return false; }                          // accepted, without effect in this server

 private:
  std::string name_;
  std::string doc_;
  OptionTraits traits_;
};

struct CustomOption {
  std::function<std::string()> get;
  std::function<Status(const std::vector<std::string>& words)> set;
  std::function<std::vector<std::string>()> rewrite = {};   // absent: one line "name get()" unless at the default
  std::string default_text = {};
};

class Config {
 public:
  static constexpr int64_t kNoMaximum = std::numeric_limits<int64_t>::max();

  void flag(std::string_view name, bool* value, bool initial, std::string_view doc, OptionTraits traits = {});
  void integer(std::string_view name, int64_t* value, int64_t initial, int64_t min, int64_t max, std::string_view doc,
               OptionTraits traits = {});
  // Bytes, with Redis's units (1k, 1kb, 1gb, ...) accepted.
  void memory(std::string_view name, int64_t* value, int64_t initial, int64_t min, int64_t max, std::string_view doc,
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
    choice_of_int(name, [value] { return static_cast<int>(*value); },
                  [value](int chosen) { *value = static_cast<E>(chosen); }, std::move(plain), doc, std::move(traits));
  }
  // Accepted and shown, but nothing here looks at it. A later stage that implements the option declares it again and
  // thereby replaces the inert one.
  void inert(std::string_view name, std::string_view initial, OptionTraits traits = {});

  Option* find(std::string_view name) const;   // by name or alias, in any case
  void each(const std::function<void(Option&)>& visit) const;   // sorted by name

  // One directive before the server runs (file or command line). `words` excludes the name.
  Status apply(std::string_view name, const std::vector<std::string>& words);

  std::string file;            // absolute path of the configuration file; empty: none
  bool enable_protected = false;

 private:
  void choice_of_int(std::string_view name, std::function<int()> get, std::function<void(int)> set,
                     std::vector<std::pair<std::string_view, int>> values, std::string_view doc, OptionTraits traits);
  void add(std::unique_ptr<Option> option);
  std::vector<std::unique_ptr<Option>> options_;
};

}  // namespace strata::resp
