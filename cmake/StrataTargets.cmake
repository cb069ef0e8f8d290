# The kinds of targets that both common/ and the stages are made of.
include(GoogleTest)

# strata_library(<target> <folder> <dependency>...): everything *.cpp below the folder that is not a program or a test.
# A folder with headers only (or still empty) gives an interface library, so that dependents need not care.
function(strata_library target folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "^(main\\.cpp$|tests/|tools/|fuzz/)")
  list(TRANSFORM sources PREPEND ${folder}/)
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/stages)
  target_link_libraries(${target} ${scope} ${ARGN})
endfunction()

# strata_program(<target> <source> <library>): a binary that is shipped or measured, optimised across all stages.
function(strata_program target source library)
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE ${library})
  target_link_options(${target} PRIVATE ${STRATA_LINK_OPTIMISED})
  # The crash report prints a stack: function names must be in the dynamic symbol table.
  set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
endfunction()

# strata_tests(<target> <folder> <library>): folder/*_test.cpp as one GoogleTest binary, each test known to ctest.
function(strata_tests target folder library)
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*_test.cpp)
  if(NOT sources OR NOT GTest_FOUND)
    return()
  endif()
  add_executable(${target} ${sources})
  target_link_libraries(${target} PRIVATE ${library} GTest::gtest_main)
  target_compile_options(${target} PRIVATE ${STRATA_PLAIN})
  target_link_options(${target} PRIVATE ${STRATA_PLAIN})
  # Listed when ctest starts, not while building: a test binary that cannot even start must not break the build.
  gtest_discover_tests(${target} TEST_PREFIX ${target}. DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120)
endfunction()

# strata_fuzzers(<folder> <library>): each folder/NAME_fuzz.cpp becomes the libFuzzer binary NAME_fuzz.
function(strata_fuzzers folder library)
  if(NOT STRATA_FUZZ)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*_fuzz.cpp)
  foreach(source IN LISTS sources)
    cmake_path(GET source STEM name)
    add_executable(${name} ${source})
    target_link_libraries(${name} PRIVATE ${library})
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endfunction()

if(STRATA_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "STRATA_FUZZ needs clang (libFuzzer): cmake --preset fuzz")
  endif()
  # Every library reports its coverage to the fuzzer; only the fuzz binaries get libFuzzer's main().
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
