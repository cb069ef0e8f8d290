# Libraries from the distribution (Debian 12, Ubuntu 24.04). `./strata doctor` names the package of each.
#
#   strata::dependencies   what common/ and every stage may use: fmt, xxhash, cxxopts, threads, jemalloc
#   GTest::gtest_main      unit tests; without it they are left out and the servers still build
#   benchmark::benchmark   micro benches; likewise optional

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(cxxopts REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
find_package(GTest)
find_package(benchmark QUIET)

add_library(strata_dependencies INTERFACE)
add_library(strata::dependencies ALIAS strata_dependencies)
target_link_libraries(strata_dependencies INTERFACE Threads::Threads fmt::fmt PkgConfig::xxhash)
target_include_directories(strata_dependencies SYSTEM INTERFACE
  $<TARGET_PROPERTY:cxxopts::cxxopts,INTERFACE_INCLUDE_DIRECTORIES>)

# A sanitizer brings its own allocator, so there the build does without jemalloc; code that asks jemalloc for figures
# tests STRATA_JEMALLOC. The static archive is preferred: malloc is then a direct call with thread-local state at a
# fixed offset, where the shared library goes through the PLT each time.
if(STRATA_SANITIZE OR STRATA_FUZZ)
  target_compile_definitions(strata_dependencies INTERFACE STRATA_JEMALLOC=0)
else()
  pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc)
  find_library(STRATA_JEMALLOC_ARCHIVE NAMES libjemalloc_pic.a)
  if(STRATA_JEMALLOC_ARCHIVE)
    target_link_libraries(strata_dependencies INTERFACE ${STRATA_JEMALLOC_ARCHIVE} ${CMAKE_DL_LIBS} m)
  else()
    target_link_libraries(strata_dependencies INTERFACE PkgConfig::jemalloc)
  endif()
  target_compile_definitions(strata_dependencies INTERFACE STRATA_JEMALLOC=1)
endif()

if(NOT GTest_FOUND)
  message(STATUS "GoogleTest is missing: no unit tests in this build (./strata doctor)")
endif()
