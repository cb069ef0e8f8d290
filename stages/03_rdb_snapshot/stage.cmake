# SHA-1, for DEBUG DIGEST.
pkg_check_modules(md REQUIRED IMPORTED_TARGET libmd)
target_link_libraries(${stage_library} PRIVATE PkgConfig::md)
