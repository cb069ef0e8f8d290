# LZF: nodes inside a list are compressed in memory as list-compress-depth asks; a snapshot writes them out so.
pkg_check_modules(lzf REQUIRED IMPORTED_TARGET liblzf)
target_link_libraries(${stage_library} PUBLIC PkgConfig::lzf)

# Lua, in the form that is compiled as C++ (lua_state.h says why), and two of the libraries that scripts expect. Debian has
# all three as archives, which keeps the calls between them and the server direct.
pkg_check_modules(lua REQUIRED lua5.1-c++)
find_library(STRATA_LUA_ARCHIVE NAMES liblua5.1-c++.a REQUIRED)
find_library(STRATA_LUA_CJSON_ARCHIVE NAMES liblua5.1-cjson.a REQUIRED)
find_library(STRATA_LUA_BITOP_ARCHIVE NAMES liblua5.1-bitop.a REQUIRED)
target_include_directories(${stage_library} SYSTEM PUBLIC ${lua_INCLUDE_DIRS})
target_link_libraries(${stage_library} PUBLIC
  ${STRATA_LUA_CJSON_ARCHIVE} ${STRATA_LUA_BITOP_ARCHIVE} ${STRATA_LUA_ARCHIVE} m)

# SHA-1, the names of scripts.
pkg_check_modules(md REQUIRED IMPORTED_TARGET libmd)
target_link_libraries(${stage_library} PRIVATE PkgConfig::md)
