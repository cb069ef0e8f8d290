#include "02_data_types/scripting/libraries/libraries.h"

extern "C" {
int luaopen_cjson(lua_State* lua);
int luaopen_bit(lua_State* lua);
}

namespace strata::script {

void open_script_libraries(lua_State* lua) {
  lua_pushcfunction(lua, luaopen_cjson);
  lua_call(lua, 0, 1);
  lua_setglobal(lua, "cjson");
  lua_pushcfunction(lua, luaopen_bit);  // becomes a global by itself
  lua_call(lua, 0, 0);
  open_struct(lua);
  open_message_pack(lua);
}

}  // namespace strata::script
