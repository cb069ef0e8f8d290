// Libraries of functions: code that is data. They are saved and replicated like keys, and called by FCALL.
//
//   #!lua name=mylib                                        a library: its name, and code that registers functions
//   redis.register_function('f', function(keys, args) ... end)
//
// A LibrarySet says which libraries there are; names of libraries and of functions are unique in it, those of functions
// in any case of letters. It can be made aside and become the server's in one step (FUNCTION RESTORE, loading a file).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/status.h"
#include "common/text.h"

struct lua_State;

namespace strata::script {

struct Function {
  std::string name;
  uint32_t flags = 0;  // ScriptFlag bits
  std::optional<std::string> description;
  int callback = 0;  // a reference in the state's registry
};

// Owns the references of its functions: the state must outlive it.
struct Library {
  explicit Library(lua_State* its_state) : lua(its_state) {}
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  lua_State* lua;
  std::string name;
  std::string code;  // as it was loaded, first line included
  std::vector<Function> functions;
};

class LibrarySet {
 public:
  using Libraries = std::map<std::string, std::unique_ptr<Library>, std::less<>>;

  // With `replace` a library of that name goes; otherwise it is in the way, and so is a function of another library.
  // Nothing changes where the answer is an error.
  Status add(std::unique_ptr<Library> library, bool replace);
  // Takes over all libraries of `other`, or none of them.
  Status join(LibrarySet other, bool replace);
  bool remove(std::string_view name);

  const Function* find(std::string_view function) const;
  bool has(std::string_view library) const { return libraries_.contains(library); }
  static Status name_is_taken(std::string_view library) { return Status::error("Library '{}' already exists", library); }
  const Libraries& libraries() const { return libraries_; }
  size_t functions() const { return functions_.size(); }
  size_t memory_bytes() const;

 private:
  struct AnyCaseHash {
    using is_transparent = void;
    size_t operator()(std::string_view name) const;
  };
  struct AnyCaseEqual {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return equals_nocase(a, b); }
  };
  Status check_functions(const Library& library, const Library* replaced) const;

  Libraries libraries_;
  struct Place {
    const Function* function;
    const Library* library;
  };
  std::unordered_map<std::string_view, Place, AnyCaseHash, AnyCaseEqual> functions_;  // keys: views of their names
};

// Names of libraries and functions.
bool is_function_name(std::string_view name);
inline constexpr std::string_view kBadFunctionName =
    "Library names can only contain letters, numbers, or underscores(_) and must be at least one character long";

}  // namespace strata::script
