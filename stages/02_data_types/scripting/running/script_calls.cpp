// redis.call: a command that a script runs.
//
// What Server::execute does for a client's command is done here in a script's way: the errors are others, gates that have
// to do with a connection are left out, and those that look at the state of the server are not asked any more once the
// script has written something: half of its writes would be worse than one too many.
#include <cmath>

#include "02_data_types/scripting/running/script_runner.h"
#include "02_data_types/scripting/running/values.h"
#include "common/numbers.h"

namespace strata::script {

using resp::CommandSpec;

namespace {

constexpr std::string_view kOutOfMemory = "OOM command not allowed when used memory > 'maxmemory'.";
constexpr size_t kKeptReply = 64 * 1024;  // capacity kept for the next one

// A number as a command's argument.
size_t print_number(char* out, double number) {
  constexpr double kExactlyPrinted = 1e15;
  if (number == std::floor(number) && std::fabs(number) < kExactlyPrinted && !std::signbit(number)) {
    return format_int64(out, static_cast<int64_t>(number));
  }
  return format_double(out, number);
}

int fail(lua_State* lua, std::string_view error, bool raise_errors, bool counted) {
  push_error(lua, error, counted);
  return raise_errors ? lua_error(lua) : 1;
}

}  // namespace

// The command on the Lua stack as words; false where one is neither text nor number.
bool ScriptRunner::read_words(lua_State* lua, int count) {
  words_.resize(static_cast<size_t>(count));
  if (numbers_.size() < words_.size()) numbers_.resize(words_.size());
  for (int i = 0; i < count; i++) {
    const auto at = static_cast<size_t>(i);
    switch (lua_type(lua, i + 1)) {
      case LUA_TSTRING: {
        size_t size = 0;
        const char* bytes = lua_tolstring(lua, i + 1, &size);
        words_[at] = {bytes, size};
        break;
      }
      case LUA_TNUMBER: {
        char* text = numbers_[at].data();
        words_[at] = {text, print_number(text, lua_tonumber(lua, i + 1))};
        break;
      }
      default:
        return false;
    }
  }
  return true;
}

// The command that the words name, if the script may run it; else an error, or none where a gate has answered one.
const CommandSpec* ScriptRunner::admitted(std::string_view* error) {
  const CommandSpec* spec = server_.commands.resolve(words_);
  const bool obeyed = run_->caller.obeyed();
  if (spec == nullptr) {
    *error = "ERR Unknown Redis command called from script";
    return nullptr;
  }
  if (!spec->accepts(words_.size())) {
    *error = "ERR Wrong number of args calling Redis command from script";
  } else if (spec->is(resp::kNoScript)) {
    *error = "ERR This Redis command is not allowed from script";
  } else if (run_->read_only && spec->is(resp::kWrite | resp::kMayReplicate)) {
    *error = "ERR Write commands are not allowed from read-only scripts.";
  } else if (!obeyed && !passes_gates(*spec)) {
    spec->stats.rejected_calls++;
    return nullptr;
  } else if (run_->out_of_memory && spec->is(resp::kDenyOom) && !run_->wrote && !obeyed &&
             (run_->flags & kAllowOom) == 0) {
    *error = kOutOfMemory;
  }
  if (error->empty()) return spec;
  spec->stats.rejected_calls++;
  return nullptr;
}

bool ScriptRunner::passes_gates(const CommandSpec& spec) {
  resp::GateBit asked = spec.gates & gates_of_all_ & (server_.armed | client_->armed);
  if (run_->wrote) asked &= ~gates_of_first_write_;
  return asked == 0 || server_.gates.pass(asked, *client_, spec, words_);
}

// [task 2.14] Run a script's command and hand its reply back.
int ScriptRunner::call(lua_State* lua, bool raise_errors) {
  if (run_ == nullptr) return luaL_error(lua, "redis.call/pcall can only be called inside a script invocation");
  const int count = lua_gettop(lua);
  if (count == 0) {
    return fail(lua, "ERR Please specify at least one argument for this redis lib call", raise_errors, false);
  }
  if (!read_words(lua, count)) {
    return fail(lua, "ERR Lua redis lib command arguments must be strings or integers", raise_errors, false);
  }
  std::string_view error;
  const CommandSpec* spec = admitted(&error);
  if (!error.empty()) {
    client_->on_error_reply(error);
    return fail(lua, error, raise_errors, true);
  }
  if (spec != nullptr) {
    if (spec->is(resp::kWrite)) run_->wrote = true;
    server_.call(*client_, *spec, words_);
  }
  return push_client_reply(lua, raise_errors);
}

int ScriptRunner::push_client_reply(lua_State* lua, bool raise_errors) {
  bool is_error = false;
  if (client_->out.chunk_count() == 1) {
    client_->out.each_piece([&](std::string_view whole) { is_error = push_reply(lua, whole); });
  } else {
    gathered_.clear();
    client_->out.each_piece([&](std::string_view piece) { gathered_ += piece; });
    is_error = push_reply(lua, gathered_);
    if (gathered_.capacity() > kKeptReply) gathered_ = std::string();
  }
  client_->out.clear();
  return is_error && raise_errors ? lua_error(lua) : 1;
}

}  // namespace strata::script
