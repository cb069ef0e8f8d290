#include "02_data_types/scripting/eval/script_cache.h"

#include <xxhash.h>

#include "02_data_types/scripting/lua/readonly_tables.h"
#include "02_data_types/scripting/lua/sandbox.h"
#include "02_data_types/scripting/running/redis_api.h"
#include "02_data_types/scripting/running/sha1.h"
#include "common/text.h"

namespace strata::script {

size_t ScriptCache::Hasher::operator()(std::string_view text) const { return XXH3_64bits(text.data(), text.size()); }

void ScriptCache::start() {
  state_ = std::make_unique<LuaState>();
  runner_.adopt(lua());
  push_redis_api(lua(), ApiFor::kEval);
  lua_setglobal(lua(), "redis");
  seal(lua());
}

const CachedScript* ScriptCache::by_text(std::string_view text) const {
  auto found = by_text_.find(text);
  return found == by_text_.end() ? nullptr : found->second.get();
}

const CachedScript* ScriptCache::by_sha(std::string_view sha) const {
  auto found = by_sha_.find(sha);
  if (found == by_sha_.end()) found = by_sha_.find(to_lower(sha));
  return found == by_sha_.end() ? nullptr : found->second;
}

// [task 2.14] Compile a script and remember it.
Expected<const CachedScript*> ScriptCache::load(std::string_view text) {
  std::string_view code;
  auto flags = read_script_flags(text, &code);
  if (!flags) return flags.status();
  StackGuard guard(lua());
  if (!compile(lua(), code.data(), code.size(), "@user_script")) {
    return Status::error("Error compiling script (new function): {}", lua_tostring(lua(), -1));
  }
  auto script = std::make_unique<CachedScript>(CachedScript{std::string(text), sha1_hex(text), *flags, 0});
  script->function = luaL_ref(lua(), LUA_REGISTRYINDEX);
  const CachedScript* placed = script.get();
  text_bytes_ += text.size();
  by_sha_.emplace(placed->sha, placed);
  by_text_.emplace(placed->text, std::move(script));
  return placed;
}

void ScriptCache::flush() {
  by_sha_.clear();
  by_text_.clear();
  text_bytes_ = 0;
  start();
}

size_t ScriptCache::memory_bytes() const {
  constexpr size_t kPerScript = sizeof(CachedScript) + 40 + 2 * (sizeof(std::string_view) + 4 * sizeof(void*));
  return text_bytes_ + by_sha_.size() * kPerScript;
}

}  // namespace strata::script
