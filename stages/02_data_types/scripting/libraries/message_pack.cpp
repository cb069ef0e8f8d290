// cmsgpack: Lua values as MessagePack (github.com/msgpack/msgpack, spec.md) and back.
//
//   nil true false    c0 c3 c2               string   a0-bf d9 da db
//   integer           00-7f e0-ff cc-d3      array    90-9f dc dd        a table with the keys 1..n and no others
//   other number      ca cb                  map      80-8f de df        any other table
//
// A number that is whole and fits in 64 bits is packed as an integer, another one as a float where that loses nothing.
// Tables that are nested deeper than 16, functions and threads become nil. Byte strings and extensions (c4-c9, d4-d8) are
// not understood, as little as Redis's library does.
#include <climits>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "02_data_types/scripting/libraries/libraries.h"

namespace strata::script {

namespace {

constexpr int kDeepestNesting = 16;

// --- packing ---

class Packer {
 public:
  explicit Packer(lua_State* lua) : lua_(lua) {}
  void pack(int index, int depth);
  std::string out;

 private:
  void number(double value);
  void integer(int64_t value);
  void text(std::string_view bytes);
  void table(int index, int depth);
  // The tag and `bytes` bytes of the value, the highest first.
  void tagged(uint8_t tag, uint64_t value, int bytes) {
    out += static_cast<char>(tag);
    for (int i = bytes - 1; i >= 0; i--) out += static_cast<char>(value >> (8 * i));
  }
  // Of what has a length: `small` is the tag that has room for it up to `most`; then 16 bits, then 32.
  void length(uint8_t small, size_t most, uint8_t tag16, size_t n) {
    if (n <= most) {
      out += static_cast<char>(small | n);
    } else if (n <= UINT16_MAX) {
      tagged(tag16, n, 2);
    } else {
      tagged(static_cast<uint8_t>(tag16 + 1), n, 4);
    }
  }
  bool is_array(int index, size_t* count);

  lua_State* lua_;
};

void Packer::integer(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  if (value >= 0) {
    if (value <= 127) return tagged(static_cast<uint8_t>(value), 0, 0);
    if (value <= UINT8_MAX) return tagged(0xcc, bits, 1);
    if (value <= UINT16_MAX) return tagged(0xcd, bits, 2);
    if (value <= UINT32_MAX) return tagged(0xce, bits, 4);
    return tagged(0xcf, bits, 8);
  }
  if (value >= -32) return tagged(static_cast<uint8_t>(value), 0, 0);
  if (value >= INT8_MIN) return tagged(0xd0, bits, 1);
  if (value >= INT16_MIN) return tagged(0xd1, bits, 2);
  if (value >= INT32_MIN) return tagged(0xd2, bits, 4);
  tagged(0xd3, bits, 8);
}

void Packer::number(double value) {
  constexpr double kTooLarge = 9223372036854775808.0;  // 2^63
  if (value >= -kTooLarge && value < kTooLarge && value == std::floor(value)) {
    return integer(static_cast<int64_t>(value));
  }
  if (const auto narrow = static_cast<float>(value); static_cast<double>(narrow) == value) {
    uint32_t bits = 0;
    std::memcpy(&bits, &narrow, sizeof bits);
    return tagged(0xca, bits, 4);
  }
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  tagged(0xcb, bits, 8);
}

void Packer::text(std::string_view bytes) {
  if (bytes.size() > 31 && bytes.size() <= UINT8_MAX) {
    tagged(0xd9, bytes.size(), 1);
  } else {
    length(0xa0, 31, 0xda, bytes.size());
  }
  out += bytes;
}

bool Packer::is_array(int index, size_t* count) {
  *count = 0;
  double highest = 0;
  bool whole = true;
  for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) {
    (*count)++;
    const double key = lua_type(lua_, -2) == LUA_TNUMBER ? lua_tonumber(lua_, -2) : 0;
    whole = whole && key >= 1 && key == std::floor(key);
    highest = std::fmax(highest, key);
  }
  return whole && highest == static_cast<double>(*count);
}

void Packer::table(int index, int depth) {
  luaL_checkstack(lua_, 4, "in function table_to_a_value");
  size_t count = 0;
  if (is_array(index, &count)) {
    length(0x90, 15, 0xdc, count);
    for (size_t i = 1; i <= count; i++) {
      lua_rawgeti(lua_, index, static_cast<int>(i));
      pack(lua_gettop(lua_), depth);
      lua_pop(lua_, 1);
    }
    return;
  }
  length(0x80, 15, 0xde, count);
  for (lua_pushnil(lua_); lua_next(lua_, index) != 0; lua_pop(lua_, 1)) {
    const int value = lua_gettop(lua_);
    pack(value - 1, depth);
    pack(value, depth);
  }
}

void Packer::pack(int index, int depth) {
  switch (lua_type(lua_, index)) {
    case LUA_TSTRING: {
      size_t size = 0;
      const char* bytes = lua_tolstring(lua_, index, &size);
      return text({bytes, size});
    }
    case LUA_TBOOLEAN:
      return tagged(lua_toboolean(lua_, index) != 0 ? 0xc3 : 0xc2, 0, 0);
    case LUA_TNUMBER:
      return number(lua_tonumber(lua_, index));
    case LUA_TTABLE:
      if (depth < kDeepestNesting) return table(index, depth + 1);
      [[fallthrough]];
    default:
      return tagged(0xc0, 0, 0);
  }
}

// cmsgpack.pack(value...)
int pack(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count == 0) return luaL_argerror(lua, 0, "MessagePack pack needs input.");
  Packer packer(lua);
  for (int i = 1; i <= count; i++) packer.pack(i, 0);
  lua_pushlstring(lua, packer.out.data(), packer.out.size());
  return 1;
}

// --- unpacking ---

class Unpacker {
 public:
  Unpacker(lua_State* lua, std::string_view bytes) : lua_(lua), rest_(bytes) {}
  bool done() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }
  void value();  // pushes one

 private:
  std::string_view take(uint64_t size) {
    if (size > rest_.size()) luaL_error(lua_, "Missing bytes in input.");
    std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  uint64_t number(size_t bytes) {
    uint64_t value = 0;
    for (char byte : take(bytes)) value = value << 8 | static_cast<uint8_t>(byte);
    return value;
  }
  void push_signed(size_t bytes) {
    const unsigned unused = static_cast<unsigned>(64 - 8 * bytes);
    lua_pushnumber(lua_, static_cast<double>(static_cast<int64_t>(number(bytes) << unused) >> unused));
  }
  void push_unsigned(size_t bytes) { lua_pushnumber(lua_, static_cast<double>(number(bytes))); }
  void text(uint64_t size) {
    std::string_view bytes = take(size);
    lua_pushlstring(lua_, bytes.data(), bytes.size());
  }
  void array(uint64_t count);
  void map(uint64_t count);
  void tagged(uint8_t tag);

  lua_State* lua_;
  std::string_view rest_;
};

void Unpacker::array(uint64_t count) {
  luaL_checkstack(lua_, 2, "in function mp_decode_to_lua_array");
  lua_newtable(lua_);
  for (uint64_t i = 1; i <= count; i++) {
    value();
    lua_rawseti(lua_, -2, static_cast<int>(i));
  }
}

void Unpacker::map(uint64_t count) {
  luaL_checkstack(lua_, 3, "in function mp_decode_to_lua_hash");
  lua_newtable(lua_);
  for (uint64_t i = 0; i < count; i++) {
    value();
    value();
    lua_settable(lua_, -3);
  }
}

void Unpacker::tagged(uint8_t tag) {
  switch (tag) {
    case 0xc0:
      return lua_pushnil(lua_);
    case 0xc2:
    case 0xc3:
      return lua_pushboolean(lua_, tag == 0xc3);
    case 0xca: {
      const auto bits = static_cast<uint32_t>(number(4));
      float value = 0;
      std::memcpy(&value, &bits, sizeof value);
      return lua_pushnumber(lua_, value);
    }
    case 0xcb: {
      const uint64_t bits = number(8);
      double value = 0;
      std::memcpy(&value, &bits, sizeof value);
      return lua_pushnumber(lua_, value);
    }
    case 0xcc:
    case 0xcd:
    case 0xce:
      return push_unsigned(1ull << (tag - 0xcc));
    case 0xcf:  // what does not fit is negative, as in Redis's library
    case 0xd3:
      return push_signed(8);
    case 0xd0:
    case 0xd1:
    case 0xd2:
      return push_signed(1ull << (tag - 0xd0));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return text(number(1ull << (tag - 0xd9)));
    case 0xdc:
    case 0xdd:
      return array(number(tag == 0xdc ? 2 : 4));
    case 0xde:
    case 0xdf:
      return map(number(tag == 0xde ? 2 : 4));
    default:
      luaL_error(lua_, "Bad data format in input.");
  }
}

void Unpacker::value() {
  const auto tag = static_cast<uint8_t>(take(1).front());
  if (tag < 0x80) return lua_pushnumber(lua_, tag);
  if (tag >= 0xe0) return lua_pushnumber(lua_, static_cast<int8_t>(tag));
  if (tag < 0x90) return map(tag & 0x0f);
  if (tag < 0xa0) return array(tag & 0x0f);
  if (tag < 0xc0) return text(tag & 0x1f);
  tagged(tag);
}

// Values from `offset` on, at most `limit` (0: all, and no offset among the results). With a limit the first result is
// where to go on, or -1 at the end.
int unpack_some(lua_State* lua, int limit, int offset) {
  size_t length = 0;
  const char* bytes = luaL_checklstring(lua, 1, &length);
  if (offset < 0 || limit < 0) {
    return luaL_error(lua, "Invalid request to unpack with offset of %d and limit of %d.", offset,
                      static_cast<int>(length));
  }
  if (static_cast<size_t>(offset) > length) {
    return luaL_error(lua, "Start offset %d greater than input length %d.", offset, static_cast<int>(length));
  }
  const bool all = limit == 0 && offset == 0;
  Unpacker unpacker(lua, std::string_view(bytes, length).substr(static_cast<size_t>(offset)));
  int count = 0;
  for (; !unpacker.done() && (all || count < limit); count++) {
    luaL_checkstack(lua, 1, "in function mp_unpack_full");
    unpacker.value();
  }
  if (all) return count;
  luaL_checkstack(lua, 1, "in function mp_unpack_full");
  lua_pushinteger(lua, unpacker.done() ? -1 : static_cast<lua_Integer>(length - unpacker.left()));
  lua_insert(lua, -count - 1);
  return count + 1;
}

int unpack(lua_State* lua) { return unpack_some(lua, 0, 0); }

// cmsgpack.unpack_one(bytes [, offset])
int unpack_one(lua_State* lua) {
  const int offset = static_cast<int>(luaL_optinteger(lua, 2, 0));
  lua_settop(lua, 1);
  return unpack_some(lua, 1, offset);
}

// cmsgpack.unpack_limit(bytes, limit [, offset])
int unpack_limit(lua_State* lua) {
  const int limit = luaL_checkint(lua, 2);
  const int offset = static_cast<int>(luaL_optinteger(lua, 3, 0));
  lua_settop(lua, 1);
  return unpack_some(lua, limit, offset);
}

}  // namespace

void open_message_pack(lua_State* lua) {
  const luaL_Reg functions[] = {{"pack", pack},
                                {"unpack", unpack},
                                {"unpack_one", unpack_one},
                                {"unpack_limit", unpack_limit},
                                {nullptr, nullptr}};
  lua_newtable(lua);
  luaL_register(lua, nullptr, functions);
  // What scripts may ask a library for to tell its version.
  lua_pushliteral(lua, "cmsgpack");
  lua_setfield(lua, -2, "_NAME");
  lua_pushliteral(lua, "lua-cmsgpack 0.4.0");
  lua_setfield(lua, -2, "_VERSION");
  lua_setglobal(lua, "cmsgpack");
}

}  // namespace strata::script
