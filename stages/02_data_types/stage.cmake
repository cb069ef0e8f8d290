# LZF: nodes inside a list are compressed in memory as list-compress-depth asks; a snapshot writes them out so.
pkg_check_modules(lzf REQUIRED IMPORTED_TARGET liblzf)
target_link_libraries(${stage_library} PUBLIC PkgConfig::lzf)
