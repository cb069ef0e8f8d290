// The argument grammar of CommandDoc::syntax: the usual syntax line of a command's manual, precise enough
// that the argument tree of COMMAND DOCS follows from it.
//
//   key value [condition:<NX|XX>@2.6.12] [GET@6.2.0] [expiration:<EX seconds:integer|KEEPTTL@6.0.0>]
//
//   word                an argument of type string with that name; `key` and `pattern` are of the type of
//   their name word:integer        ... of another type: string integer double key pattern unix-time newkey#1
//   a key, found by the command's key spec 1 (counted from 0; plain `key` is found by key spec 0)
//   pattern:pattern#1   ... of a type other than key
//   NX                  a word in capitals is a token that stands for itself; its name is the same in lower
//   case change=CH           ... with a name of its own EX seconds:integer  a token followed by an argument
//   introduces it: one argument that begins with a token <a|b>               one of several arguments {a b}
//   a block: several arguments, one after the other where:<a|b>         a name for either; without one it is
//   the names inside joined by '_' [a]                 optional a...                may be repeated (a token
//   in front of it may not) [TOKEN a]...        may be repeated together with its token a@6.2.0  a!2.8.12
//   known since, deprecated since; behind everything else inside the brackets
//
// A word keeps a colon that is not followed by a type (`ip:port`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strata::resp {

enum class ArgumentType : uint8_t {
  kString,
  kInteger,
  kDouble,
  kKey,
  kPattern,
  kUnixTime,
  kPureToken,
  kOneOf,
  kBlock,
};

// As COMMAND DOCS spells it: "unix-time", "oneof".
std::string_view argument_type_name(ArgumentType type);

// One node of the tree. Views point into the syntax line.
struct Argument {
  std::string name;
  ArgumentType type = ArgumentType::kString;
  int key_spec = -1;  // index into CommandSpec::keys; -1: not a key
  std::string_view token;
  std::string_view since;
  std::string_view deprecated_since;
  bool optional = false;
  bool multiple = false;
  bool multiple_token = false;      // the token is repeated with the argument
  std::vector<Argument> arguments;  // kOneOf, kBlock
};

// Nothing when the line does not follow the grammar. An empty line is a command without arguments.
std::optional<std::vector<Argument>> parse_syntax(std::string_view line);

}  // namespace strata::resp
