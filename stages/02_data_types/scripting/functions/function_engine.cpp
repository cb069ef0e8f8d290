#include "02_data_types/scripting/functions/function_engine.h"

#include "02_data_types/scripting/lua/readonly_tables.h"
#include "02_data_types/scripting/lua/sandbox.h"
#include "02_data_types/scripting/running/redis_api.h"
#include "02_data_types/scripting/running/script_flags.h"

namespace strata::script {

namespace {

int register_function_entry(lua_State* lua) {
  return static_cast<FunctionEngine*>(lua_touserdata(lua, lua_upvalueindex(1)))->register_function(lua);
}

}  // namespace

FunctionEngine::FunctionEngine(ScriptRunner& runner) : runner_(runner) {
  runner.adopt(lua());
  push_redis_api(lua(), ApiFor::kFunctions);
  lua_setglobal(lua(), "redis");
  seal(lua());
  push_real_globals(lua());
  real_globals_ = luaL_ref(lua(), LUA_REGISTRYINDEX);
  prepare_loading_world();
}

// {redis = {...}}, where names that are not there are errors in both tables.
void FunctionEngine::prepare_loading_world() {
  StackGuard guard(lua());
  push_missing_name_metatable(lua());
  lua_newtable(lua());
  push_redis_api(lua(), ApiFor::kLoading);
  lua_pushlightuserdata(lua(), this);
  lua_pushcclosure(lua(), register_function_entry, 1);
  lua_setfield(lua(), -2, "register_function");
  lua_pushvalue(lua(), -3);
  lua_setmetatable(lua(), -2);
  make_readonly(lua());
  lua_setfield(lua(), -2, "redis");
  lua_pushvalue(lua(), -2);
  lua_setmetatable(lua(), -2);
  loading_globals_ = luaL_ref(lua(), LUA_REGISTRYINDEX);
}

// Exchanges what is behind the globals.
void FunctionEngine::show_globals(int reference) {
  StackGuard guard(lua());
  lua_getmetatable(lua(), LUA_GLOBALSINDEX);
  lua_rawgeti(lua(), LUA_REGISTRYINDEX, reference);
  lua_setfield(lua(), -2, "__index");
}

Status FunctionEngine::read_heading(std::string_view code, Library* library, std::string_view* rest) const {
  if (!has_shebang(code)) return Status::error(std::string("Missing library metadata"));
  auto shebang = read_shebang(code, "Invalid library metadata");
  if (!shebang) return shebang.status();
  std::optional<std::string> name;
  for (size_t i = 1; i < shebang->words.size(); i++) {
    const std::string& word = shebang->words[i];
    if (!word.starts_with("name=")) return Status::error("Invalid metadata value given: {}", word);
    if (name) return Status::error(std::string("Invalid metadata value, name argument was given multiple times"));
    name = word.substr(5);
  }
  if (!name) return Status::error(std::string("Library name was not given"));
  if (!is_function_name(*name)) return Status::error(std::string(kBadFunctionName));
  const std::string engine = shebang->words[0].substr(2);
  if (!equals_nocase(engine, "lua")) return Status::error("Engine '{}' not found", engine);
  library->name = *name;
  library->code = std::string(code);
  *rest = code.substr(shebang->length);
  return {};
}

Status FunctionEngine::run_code(std::string_view code, bool patient) {
  StackGuard guard(lua());
  lua_pushcfunction(lua(), describe_error);
  if (!script::compile(lua(), code.data(), code.size(), "@user_function")) {
    return Status::error("Error compiling function: {}", lua_tostring(lua(), -1));
  }
  show_globals(loading_globals_);
  const ScriptRunner::LoadLimit limit(runner_, patient ? 0 : kLoadMs);
  const bool ok = lua_pcall(lua(), 0, 0, -2) == 0;
  show_globals(real_globals_);
  if (ok) return {};
  if (lua_istable(lua(), -1)) lua_getfield(lua(), -1, "err");
  const char* text = lua_tostring(lua(), -1);
  return Status::error("Error registering functions: {}", text == nullptr ? "unknown error" : text);
}

// [task 2.15] Turn the code of a library into functions.
Expected<std::unique_ptr<Library>> FunctionEngine::compile(std::string_view code, bool patient,
                                                           const LibrarySet* taken) {
  auto library = std::make_unique<Library>(lua());
  std::string_view rest;
  if (Status read = read_heading(code, library.get(), &rest); !read.ok()) return read;
  if (taken != nullptr && taken->has(library->name)) return LibrarySet::name_is_taken(library->name);
  loading_ = library.get();
  Status ran = run_code(rest, patient);
  loading_ = nullptr;
  if (!ran.ok()) return ran;
  if (library->functions.empty()) return Status::error(std::string("No functions registered"));
  return library;
}

}  // namespace strata::script
