// A script's result as a reply.
#include <algorithm>
#include <string>

#include "01_resp_server/server/server.h"
#include "02_data_types/scripting/running/values.h"

#include "common/text.h"

namespace strata::script {

namespace {

class Answer {
 public:
  Answer(lua_State* lua, resp::Client& client, int script_resp)
      : lua_(lua), client_(client), reply_(client.reply), script_resp_(script_resp) {}
  void value();  // answers and pops the value on top of the stack

 private:
  void table();
  bool special();  // a table that stands for something else: answered, still on the stack
  void array();
  void map();
  void set();
  bool verbatim();

  // Pushes field `name` of the table on top of the stack if it is of this type.
  bool field(const char* name, int type) {
    lua_pushstring(lua_, name);
    lua_rawget(lua_, -2);
    if (lua_type(lua_, -1) == type) return true;
    lua_pop(lua_, 1);
    return false;
  }
  std::string_view text(int index) const {
    size_t size = 0;
    const char* bytes = lua_tolstring(lua_, index, &size);
    return {bytes, size};
  }
  std::string one_line(int index) const {
    std::string line(text(index));
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
    return line;
  }

  lua_State* lua_;
  resp::Client& client_;
  resp::Reply& reply_;
  int script_resp_;
};

// The cast of a number that does not fit: as the processor does it.
int64_t to_integer(double number) {
  constexpr double kTooLarge = 9223372036854775808.0;  // 2^63
  return number >= -kTooLarge && number < kTooLarge ? static_cast<int64_t>(number) : INT64_MIN;
}

void Answer::array() {
  resp::Chunk* gap = reply_.open();
  size_t count = 0;
  for (;; count++) {
    lua_rawgeti(lua_, -1, static_cast<int>(count + 1));
    if (lua_isnil(lua_, -1)) break;
    value();
  }
  lua_pop(lua_, 1);
  reply_.close_array(gap, count);
}

void Answer::map() {
  resp::Chunk* gap = reply_.open();
  size_t count = 0;
  for (lua_pushnil(lua_); lua_next(lua_, -2) != 0; count++) {
    lua_pushvalue(lua_, -2);
    value();
    value();
  }
  reply_.close_map(gap, count);
}

void Answer::set() {
  resp::Chunk* gap = reply_.open();
  size_t count = 0;
  for (lua_pushnil(lua_); lua_next(lua_, -2) != 0; count++) {
    lua_pop(lua_, 1);
    lua_pushvalue(lua_, -1);
    value();
  }
  reply_.close_set(gap, count);
}

bool Answer::verbatim() {
  if (!field("format", LUA_TSTRING)) return false;
  lua_insert(lua_, -2);
  const bool whole = field("string", LUA_TSTRING);
  if (whole) {
    reply_.verbatim(text(-1), text(-3).substr(0, 3));
    lua_pop(lua_, 1);
  }
  lua_remove(lua_, -2);
  return whole;
}

bool Answer::special() {
  if (field("err", LUA_TSTRING)) {
    lua_insert(lua_, -2);
    const bool counted = field("ignore_error_stats_update", LUA_TBOOLEAN);
    if (counted) lua_pop(lua_, 1);
    lua_insert(lua_, -2);
    answer_error(client_, until_zero(text(-1)), counted);
  } else if (field("ok", LUA_TSTRING)) {
    reply_.simple(until_zero(text(-1)));
  } else if (field("double", LUA_TNUMBER)) {
    reply_.real(lua_tonumber(lua_, -1));
  } else if (field("map", LUA_TTABLE)) {
    map();
  } else if (field("set", LUA_TTABLE)) {
    set();
  } else if (field("big_number", LUA_TSTRING)) {
    reply_.big_number(one_line(-1));
  } else if (field("verbatim_string", LUA_TTABLE)) {
    const bool whole = verbatim();
    lua_pop(lua_, 1);
    return whole;
  } else {
    return false;
  }
  lua_pop(lua_, 1);
  return true;
}

void Answer::table() {
  // Before anything is said: a table may contain itself.
  if (lua_checkstack(lua_, 6) == 0) return reply_.error("ERR reached lua stack limit");
  if (!special()) array();
}

// [task 2.14] A script's result becomes a reply.
void Answer::value() {
  switch (lua_type(lua_, -1)) {
    case LUA_TSTRING:
      reply_.bulk(text(-1));
      break;
    case LUA_TNUMBER:
      reply_.integer(to_integer(lua_tonumber(lua_, -1)));
      break;
    case LUA_TBOOLEAN: {
      const bool truth = lua_toboolean(lua_, -1) != 0;
      if (script_resp_ == 3) {
        reply_.boolean(truth);
      } else if (truth) {
        reply_.integer(1);
      } else {
        reply_.null();
      }
      break;
    }
    case LUA_TTABLE:
      table();
      break;
    default:
      reply_.null();
  }
  lua_pop(lua_, 1);
}

}  // namespace

void answer_value(lua_State* lua, resp::Client& client, int script_resp) { Answer(lua, client, script_resp).value(); }

void answer_error(resp::Client& client, std::string_view text, bool counted) {
  if (!counted) return client.reply.error(text);
  std::string line = "-";
  line += text;
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  line += "\r\n";
  client.reply.raw(line);
  client.errors_answered++;
}

}  // namespace strata::script
