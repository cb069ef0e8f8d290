// A command's reply as a Lua value. The replies are this server's own, so they are not checked.
#include <cmath>
#include <cstdlib>
#include <string>

#include "02_data_types/scripting/running/values.h"
#include "common/assert.h"
#include "common/numbers.h"

namespace strata::script {

namespace {

class ReplyReader {
 public:
  ReplyReader(lua_State* lua, std::string_view reply) : lua_(lua), rest_(reply) {}
  void push();

 private:
  std::string_view line() {
    const size_t end = rest_.find('\r');
    std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return found;
  }
  int64_t number() {
    // Most numbers here are the lengths of small things.
    if (rest_.size() > 1 && rest_[1] == '\r') {
      const int64_t digit = rest_[0] - '0';
      rest_.remove_prefix(3);
      return digit;
    }
    int64_t value = 0;
    [[maybe_unused]] const bool parsed = parse_int64(line(), &value);
    return value;
  }
  std::string_view bytes(int64_t size) {
    std::string_view found = rest_.substr(0, static_cast<size_t>(size));
    rest_.remove_prefix(static_cast<size_t>(size) + 2);
    return found;
  }
  void text(std::string_view value) { lua_pushlstring(lua_, value.data(), value.size()); }
  // {name = the value on top of the stack}
  void wrap(const char* name) {
    lua_createtable(lua_, 0, 1);
    lua_insert(lua_, -2);
    lua_setfield(lua_, -2, name);
  }
  void bulk();
  void array();
  void map();
  void set();
  void verbatim();

  lua_State* lua_;
  std::string_view rest_;
};

void ReplyReader::bulk() {
  const int64_t size = number();
  if (size < 0) {
    lua_pushboolean(lua_, 0);
  } else {
    text(bytes(size));
  }
}

void ReplyReader::array() {
  const int64_t count = number();
  if (count < 0) return lua_pushboolean(lua_, 0);
  lua_createtable(lua_, static_cast<int>(count), 0);
  for (int i = 1; i <= count; i++) {
    push();
    lua_rawseti(lua_, -2, i);
  }
}

void ReplyReader::map() {
  const int64_t count = number();
  lua_createtable(lua_, 0, static_cast<int>(count));
  for (int64_t i = 0; i < count; i++) {
    push();
    push();
    lua_rawset(lua_, -3);
  }
  wrap("map");
}

void ReplyReader::set() {
  const int64_t count = number();
  lua_createtable(lua_, 0, static_cast<int>(count));
  for (int64_t i = 0; i < count; i++) {
    push();
    lua_pushboolean(lua_, 1);
    lua_rawset(lua_, -3);
  }
  wrap("set");
}

void ReplyReader::verbatim() {
  const std::string_view whole = bytes(number());
  lua_createtable(lua_, 0, 2);
  text(whole.substr(4));
  lua_setfield(lua_, -2, "string");
  text(whole.substr(0, 3));
  lua_setfield(lua_, -2, "format");
  wrap("verbatim_string");
}

// [task 2.14] A command's reply becomes a Lua value.
void ReplyReader::push() {
  luaL_checkstack(lua_, 6, "reply nested too deeply");
  const char type = rest_.front();
  rest_.remove_prefix(1);
  switch (type) {
    case '$':
      return bulk();
    case ':':
      return lua_pushnumber(lua_, static_cast<double>(number()));
    case '*':
    case '>':
      return array();
    case '+':
      text(line());
      return wrap("ok");
    case '-':
      return push_error(lua_, line(), true);
    case '_':
      line();
      return lua_pushnil(lua_);
    case '#':
      return lua_pushboolean(lua_, line() == "t");
    case ',': {
      double value = 0;
      const std::string_view digits = line();
      if (!parse_double(digits, &value)) value = std::nan("");
      lua_pushnumber(lua_, value);
      return wrap("double");
    }
    case '(':
      text(line());
      return wrap("big_number");
    case '=':
      return verbatim();
    case '%':
      return map();
    case '~':
      return set();
    case '|':  // attributes are for clients
      map();
      lua_pop(lua_, 1);
      return push();
    default:
      STRATA_ASSERT(false, "a reply of type {}", static_cast<int>(type));
  }
}

}  // namespace

bool push_reply(lua_State* lua, std::string_view reply) {
  ReplyReader(lua, reply).push();
  return reply.front() == '-';
}

void push_error(lua_State* lua, std::string_view text, bool counted) {
  lua_createtable(lua, 0, 4);
  lua_pushlstring(lua, text.data(), text.size());
  lua_setfield(lua, -2, "err");
  if (!counted) return;
  lua_pushboolean(lua, 1);
  lua_setfield(lua, -2, "ignore_error_stats_update");
}

}  // namespace strata::script
