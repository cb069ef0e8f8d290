# How every target of this project is compiled: standard, warnings, sanitizers, link-time optimisation, compiler cache.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

# Line numbers and function names are what a crash report and a profiler need; full debug information would add a third
# to the time that compiling takes. The debug preset has it.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE_PROGRAM ccache)
  if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  endif()
endif()

# -Wsign-conversion stays off (clang's -Wconversion would bring it in): sizes and offsets mix signedness all over a
# network server, and the casts that would silence it hide more than they show. Value-changing narrowing is an error.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)
# Flow analysis of another version of gcc sees other ghosts (13: array-bounds in a std::vector that grows): there they are
# only shown, since whoever builds Strata elsewhere cannot mend them.
if(STRATA_WERROR AND NOT (CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13))
  add_compile_options(-Werror)
endif()

if(STRATA_SANITIZE)
  # Frame pointers make the sanitizers' stacks whole; no-recover makes undefined behaviour fail a test, not a log line.
  add_compile_options(-fsanitize=${STRATA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${STRATA_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The instrumentation itself confuses gcc's flow analysis; the release build keeps these warnings.
    add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-restrict)
  endif()
endif()

# Fat objects carry both machine code and the optimiser's form: the servers and the benchmarks link with the optimiser
# across all stages, while the unit tests compile and link plain machine code, which takes a fraction of the time.
if(STRATA_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-flto=auto -ffat-lto-objects)
  set(STRATA_LINK_OPTIMISED -flto=auto -O2)
  set(STRATA_PLAIN -fno-lto)
endif()
