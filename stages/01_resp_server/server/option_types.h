// The usual types of options: flag, number, text, choice. Declared through Config; error texts are those of
// Redis.
//
// Every type checks a value completely before it stores it, so a refused value changes nothing.
#pragma once

#include <string>
#include <vector>

#include "01_resp_server/server/config.h"

namespace strata::resp {

// yes / no, in any case.
class FlagOption final : public Option {
 public:
  FlagOption(std::string name, bool* value, bool initial, std::string doc, OptionTraits traits);
  std::string get() const override { return *value_ ? "yes" : "no"; }
  Status set(const std::vector<std::string>& words) override;
  std::string default_text() const override { return initial_ ? "yes" : "no"; }

 private:
  bool* value_;
  bool initial_;
};

// A whole number between two limits, in one of four spellings.
class NumberOption final : public Option {
 public:
  enum class Kind : uint8_t { kInteger, kOctal, kMemory, kMemoryOrPercent };
  struct Range {
    int64_t min;
    int64_t max;
  };
  NumberOption(std::string name, Kind kind, int64_t* value, int64_t initial, Range range, std::string doc,
               OptionTraits traits);
  std::string get() const override { return shown(*value_); }
  Status set(const std::vector<std::string>& words) override;
  std::string default_text() const override { return shown(initial_); }
  std::vector<RewriteLine> rewrite() const override;

 private:
  std::string shown(int64_t value) const;
  Status parse(const std::string& text, int64_t* out) const;

  Kind kind_;
  int64_t* value_;
  int64_t initial_;
  Range range_;
};

// Any text. Empty means unset when that is also the default: CONFIG REWRITE then drops the line.
class TextOption final : public Option {
 public:
  TextOption(std::string name, std::string* value, std::string_view initial, std::string doc, OptionTraits traits);
  std::string get() const override { return *value_; }
  Status set(const std::vector<std::string>& words) override;
  std::string default_text() const override { return initial_; }
  std::vector<RewriteLine> rewrite() const override;

 private:
  std::string* value_;
  std::string initial_;
};

// One of a list of words.
class ChoiceOption final : public Option {
 public:
  using Values = std::vector<std::pair<std::string_view, int>>;
  ChoiceOption(std::string name, std::function<int()> get, std::function<void(int)> set, Values values, std::string doc,
               OptionTraits traits);
  std::string get() const override;
  Status set(const std::vector<std::string>& words) override;
  std::string default_text() const override { return initial_; }

 private:
  std::function<int()> load_;
  std::function<void(int)> store_;
  Values values_;
  std::string initial_;
};

class CustomOptionAdapter final : public Option {
 public:
  CustomOptionAdapter(std::string name, CustomOption custom, std::string doc, OptionTraits traits)
      : Option(std::move(name), std::move(doc), std::move(traits)), custom_(std::move(custom)) {}
  std::string get() const override { return custom_.get(); }
  Status set(const std::vector<std::string>& words) override { return custom_.set(words); }
  Status add_line(const std::vector<std::string>& words) override {
    return custom_.add_line ? custom_.add_line(words) : custom_.set(words);
  }
  std::string default_text() const override { return custom_.default_text; }
  std::vector<RewriteLine> rewrite() const override;

 private:
  CustomOption custom_;
};

// A number of bytes as the file shows it: in the largest unit that divides it ("64mb"), else plain.
std::string shortest_memory(int64_t bytes);

// "argument(s) must be one of the following: a, b, c"
std::string one_of_error(const std::vector<std::string_view>& names);

}  // namespace strata::resp
