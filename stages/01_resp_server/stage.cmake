# SHA-256: what a line of the configuration file may tell of a password.
pkg_check_modules(md REQUIRED IMPORTED_TARGET libmd)
target_link_libraries(${stage_library} PRIVATE PkgConfig::md)
