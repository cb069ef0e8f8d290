#include "01_resp_server/commands/syntax.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "common/text.h"

namespace strata::resp {

namespace {

struct TypeName {
  std::string_view name;
  ArgumentType type;
};

constexpr std::array<TypeName, 9> kTypes{{
    {"string", ArgumentType::kString},
    {"integer", ArgumentType::kInteger},
    {"double", ArgumentType::kDouble},
    {"key", ArgumentType::kKey},
    {"pattern", ArgumentType::kPattern},
    {"unix-time", ArgumentType::kUnixTime},
    {"pure-token", ArgumentType::kPureToken},
    {"oneof", ArgumentType::kOneOf},
    {"block", ArgumentType::kBlock},
}};

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// Recursive descent; every rule leaves the position behind what it read.
class Parser {
 public:
  explicit Parser(std::string_view line) : line_(line) {}

  bool parse(std::vector<Argument>& out) { return sequence(out) && at_ == line_.size(); }

 private:
  // element { ' ' element }
  bool sequence(std::vector<Argument>& out) {
    if (at_ == line_.size()) return true;
    do {
      if (!element(out.emplace_back())) return false;
    } while (take(" "));
    return true;
  }

  // element { '|' element }
  bool alternatives(std::vector<Argument>& out) {
    do {
      if (!element(out.emplace_back())) return false;
    } while (take("|"));
    return true;
  }

  // '[' item ']' ['...']  or  item
  bool element(Argument& argument) {
    if (!take("[")) return item(argument);
    argument.optional = true;
    if (!item(argument) || !take("]")) return false;
    if (take("...")) argument.multiple = argument.multiple_token = true;
    return true;
  }

  // [TOKEN ' '] core ['...'] ['@' version] ['!' version]
  bool item(Argument& argument) {
    if (is_capital(peek())) {
      argument.token = word();
      if (token_stands_alone()) {
        argument.type = ArgumentType::kPureToken;
        argument.name = to_lower(argument.token);
        return suffixes(argument);
      }
      take(" ");
    }
    return core(argument) && suffixes(argument);
  }

  // A token introduces what follows when that is an argument, not the next element.
  bool token_stands_alone() const {
    if (peek() != ' ' || at_ + 1 >= line_.size()) return true;
    const char next = line_[at_ + 1];
    return next == '[' || is_capital(next);
  }

  // word [':' type] ['#' spec]  |  name '=' TOKEN  |  [name ':'] group
  bool core(Argument& argument) {
    if (peek() == '<' || peek() == '{') return group(argument);
    std::string_view text = word();
    if (text.empty()) return false;
    if (text.back() == ':' && (peek() == '<' || peek() == '{')) {
      argument.name = text.substr(0, text.size() - 1);
      return group(argument);
    }
    if (const size_t equals = text.find('='); equals != std::string_view::npos) {
      argument.name = text.substr(0, equals);
      argument.token = text.substr(equals + 1);
      argument.type = ArgumentType::kPureToken;
      return true;
    }
    return value(argument, text);
  }

  bool value(Argument& argument, std::string_view text) {
    if (const size_t hash = text.rfind('#'); hash != std::string_view::npos) {
      const std::string_view digits = text.substr(hash + 1);
      auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), argument.key_spec);
      if (error != std::errc() || end != digits.data() + digits.size()) return false;
      argument.type = ArgumentType::kKey;
      text = text.substr(0, hash);
    }
    bool typed = false;
    if (const size_t colon = text.rfind(':'); colon != std::string_view::npos) {
      for (const TypeName& each : kTypes) {
        if (each.name != text.substr(colon + 1)) continue;
        argument.type = each.type;
        text = text.substr(0, colon);
        typed = true;
        break;
      }
    }
    argument.name = text;
    if (!typed && argument.key_spec < 0) {
      if (text == "key") {
        argument.type = ArgumentType::kKey;
        argument.key_spec = 0;
      } else if (text == "pattern") {
        argument.type = ArgumentType::kPattern;
      }
    }
    return !text.empty();
  }

  // '<' alternatives '>'  |  '{' sequence '}'
  bool group(Argument& argument) {
    if (take("<")) {
      argument.type = ArgumentType::kOneOf;
      if (!alternatives(argument.arguments) || !take(">")) return false;
    } else {
      argument.type = ArgumentType::kBlock;
      if (!take("{") || !sequence(argument.arguments) || !take("}")) return false;
    }
    if (argument.name.empty()) {
      for (const Argument& each : argument.arguments) {
        if (!argument.name.empty()) argument.name += '_';
        argument.name += each.name;
      }
    }
    return true;
  }

  bool suffixes(Argument& argument) {
    if (take("...")) argument.multiple = true;
    if (take("@") && (argument.since = version()).empty()) return false;
    if (take("!") && (argument.deprecated_since = version()).empty()) return false;
    return true;
  }

  std::string_view word() { return until(" |<>{}[]@!."); }
  std::string_view version() { return until(" |<>{}[]@!"); }

  std::string_view until(std::string_view ends) {
    const size_t end = std::min(line_.find_first_of(ends, at_), line_.size());
    const size_t begin = std::exchange(at_, end);
    return line_.substr(begin, end - begin);
  }
  char peek() const { return at_ < line_.size() ? line_[at_] : '\0'; }
  bool take(std::string_view text) {
    if (line_.substr(at_, text.size()) != text) return false;
    at_ += text.size();
    return true;
  }

  std::string_view line_;
  size_t at_ = 0;
};

}  // namespace

std::string_view argument_type_name(ArgumentType type) {
  for (const TypeName& each : kTypes) {
    if (each.type == type) return each.name;
  }
  return {};
}

std::optional<std::vector<Argument>> parse_syntax(std::string_view line) {
  std::vector<Argument> arguments;
  if (!Parser(line).parse(arguments)) return std::nullopt;
  return arguments;
}

}  // namespace strata::resp
