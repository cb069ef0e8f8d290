// struct.pack, struct.unpack, struct.size: values to bytes and back, as a format says (struct_format.h).
#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "02_data_types/scripting/libraries/libraries.h"
#include "02_data_types/scripting/libraries/struct_format.h"

namespace strata::script {

namespace {

static_assert(std::endian::native == std::endian::little, "floats are turned round for big endian only");

// --- integers of any size; what is beyond 64 bits is their sign ---

void append_integer(std::string& out, double number, size_t size, bool little) {
  const uint64_t value =
      number < 0 ? static_cast<uint64_t>(static_cast<int64_t>(number)) : static_cast<uint64_t>(number);
  const size_t begin = out.size();
  for (size_t i = 0; i < size; i++) out += i < 8 ? static_cast<char>(value >> (8 * i)) : '\0';
  if (!little) std::reverse(out.begin() + static_cast<ptrdiff_t>(begin), out.end());
}

double read_integer(std::string_view bytes, bool little, bool is_signed) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size(); i++) {
    const auto byte = static_cast<uint8_t>(bytes[little ? bytes.size() - 1 - i : i]);
    value = value << 8 | byte;
  }
  if (!is_signed) return static_cast<double>(value);
  if (bytes.size() < 8 && !bytes.empty()) {
    const unsigned unused = static_cast<unsigned>(64 - 8 * bytes.size());
    return static_cast<double>(static_cast<int64_t>(value << unused) >> unused);
  }
  return static_cast<double>(static_cast<int64_t>(value));
}

// --- floats ---

template <class Float>
void append_float(std::string& out, double number, bool little) {
  const auto value = static_cast<Float>(number);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  if (!little) std::reverse(bytes, bytes + sizeof value);
  out.append(bytes, sizeof value);
}

template <class Float>
double read_float(std::string_view from, bool little) {
  char bytes[sizeof(Float)];
  std::memcpy(bytes, from.data(), sizeof bytes);
  if (!little) std::reverse(bytes, bytes + sizeof bytes);
  Float value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

// --- the functions ---

void append_text(lua_State* lua, std::string& out, const StructFormat::Option& option, int index) {
  size_t length = 0;
  const char* text = luaL_checklstring(lua, index, &length);
  const size_t wanted = option.letter == 's' || option.size == 0 ? length : option.size;
  luaL_argcheck(lua, length >= wanted, index + 1, "string too short");  // the number that Redis's library tells
  out.append(text, wanted);
  if (option.letter == 's') out += '\0';
}

// struct.pack(format, value...)
int pack(lua_State* lua) {
  StructFormat format(lua, luaL_checkstring(lua, 1));
  lua_pushnil(lua);  // what an argument too few is
  std::string out;
  for (int index = 2; !format.done();) {
    const StructFormat::Option option = format.next(out.size());
    out.append(option.padding, '\0');
    if (StructFormat::is_integer(option.letter)) {
      append_integer(out, luaL_checknumber(lua, index++), option.size, format.little_endian());
    } else if (option.letter == 'f') {
      append_float<float>(out, luaL_checknumber(lua, index++), format.little_endian());
    } else if (option.letter == 'd') {
      append_float<double>(out, luaL_checknumber(lua, index++), format.little_endian());
    } else if (option.letter == 'c' || option.letter == 's') {
      append_text(lua, out, option, index++);
    } else if (option.letter == 'x') {
      out += '\0';
    }
  }
  lua_pushlstring(lua, out.data(), out.size());
  return 1;
}

// What `unpack` reads from.
struct Packed {
  std::string_view bytes;
  size_t position;

  std::string_view take(lua_State* lua, size_t size) {
    luaL_argcheck(lua, position <= bytes.size() && size <= bytes.size() - position, 2, "data string too short");
    std::string_view taken = bytes.substr(position, size);
    position += size;
    return taken;
  }
};

void push_text(lua_State* lua, Packed& packed, size_t size, int values) {
  if (size == 0) {
    if (values == 0 || lua_isnumber(lua, -1) == 0) luaL_error(lua, "format 'c0' needs a previous size");
    size = static_cast<size_t>(lua_tonumber(lua, -1));
    lua_pop(lua, 1);
  }
  const std::string_view text = packed.take(lua, size);
  lua_pushlstring(lua, text.data(), text.size());
}

void push_zero_ended(lua_State* lua, Packed& packed) {
  const size_t end = packed.bytes.find('\0', packed.position);
  if (end == std::string_view::npos) luaL_error(lua, "unfinished string in data");
  lua_pushlstring(lua, packed.bytes.data() + packed.position, end - packed.position);
  packed.position = end + 1;
}

// struct.unpack(format, bytes [, first]): the values, and the position behind them
int unpack(lua_State* lua) {
  StructFormat format(lua, luaL_checkstring(lua, 1));
  size_t length = 0;
  const char* bytes = luaL_checklstring(lua, 2, &length);
  const auto first = static_cast<int64_t>(luaL_optnumber(lua, 3, 1));
  luaL_argcheck(lua, first > 0, 3, "offset must be 1 or greater");
  Packed packed{{bytes, length}, static_cast<size_t>(first - 1)};
  lua_settop(lua, 2);
  while (!format.done()) {
    const StructFormat::Option option = format.next(packed.position);
    luaL_checkstack(lua, 2, "too many results");
    if (StructFormat::is_integer(option.letter)) {
      packed.take(lua, option.padding);
      lua_pushnumber(lua, read_integer(packed.take(lua, option.size), format.little_endian(),
                                       StructFormat::is_signed(option.letter)));
    } else if (option.letter == 'f') {
      packed.take(lua, option.padding);
      lua_pushnumber(lua, read_float<float>(packed.take(lua, option.size), format.little_endian()));
    } else if (option.letter == 'd') {
      packed.take(lua, option.padding);
      lua_pushnumber(lua, read_float<double>(packed.take(lua, option.size), format.little_endian()));
    } else if (option.letter == 'c') {
      push_text(lua, packed, option.size, lua_gettop(lua) - 2);
    } else if (option.letter == 's') {
      push_zero_ended(lua, packed);
    } else if (option.letter == 'x') {
      packed.take(lua, 1);
    }
  }
  lua_pushnumber(lua, static_cast<double>(packed.position + 1));
  return lua_gettop(lua) - 2;
}

// struct.size(format)
int size(lua_State* lua) {
  StructFormat format(lua, luaL_checkstring(lua, 1));
  size_t total = 0;
  while (!format.done()) {
    const StructFormat::Option option = format.next(total);
    const bool open_ended = option.letter == 's' || (option.letter == 'c' && option.size == 0);
    luaL_argcheck(lua, !open_ended, 1,
                  option.letter == 's' ? "option 's' has no fixed size" : "option 'c0' has no fixed size");
    total += option.padding + option.size;
  }
  lua_pushnumber(lua, static_cast<double>(total));
  return 1;
}

}  // namespace

void open_struct(lua_State* lua) {
  const luaL_Reg functions[] = {{"pack", pack}, {"unpack", unpack}, {"size", size}, {nullptr, nullptr}};
  lua_newtable(lua);
  luaL_register(lua, nullptr, functions);
  lua_setglobal(lua, "struct");
}

}  // namespace strata::script
