# strata_stage(<NN_name>): the targets of one folder below stages/, called in order of their numbers.
#
#   *.cpp (not main, tests/, tools/, fuzz/)  -> library  strata_stageN        on strata_stage<N-1> and strata_common
#   main.cpp                                 -> program  strata-stageN
#   tools/check_rdb.cpp                      -> program  strata-check-rdb     any number of them
#   tests/*_test.cpp                         -> program  strata_stageN_tests  each test registered with ctest
#   fuzz/*_fuzz.cpp                          -> programs *_fuzz               with STRATA_FUZZ only
#   stage.cmake                              -> included last, if there: for what one stage alone needs, such as
#                                               another library; `stage_library` names its target
function(strata_stage folder_name)
  set(folder ${CMAKE_SOURCE_DIR}/stages/${folder_name})
  string(SUBSTRING ${folder_name} 0 2 digits)
  math(EXPR number "1${digits} - 100")
  math(EXPR previous "${number} - 1")
  set(stage_library strata_stage${number})

  set(dependencies strata_common)
  if(number GREATER 1)
    if(NOT TARGET strata_stage${previous})
      message(FATAL_ERROR "stages/${folder_name} builds on stage ${previous}, whose folder is missing")
    endif()
    list(PREPEND dependencies strata_stage${previous})
  endif()

  strata_library(${stage_library} ${folder} ${dependencies})
  strata_tests(${stage_library}_tests ${folder}/tests ${stage_library})
  strata_fuzzers(${folder}/fuzz ${stage_library})

  if(EXISTS ${folder}/main.cpp)
    strata_program(strata-stage${number} ${folder}/main.cpp ${stage_library})
    set_property(GLOBAL PROPERTY STRATA_NEWEST_PROGRAM strata-stage${number})
  endif()
  file(GLOB tools CONFIGURE_DEPENDS ${folder}/tools/*.cpp)
  foreach(tool IN LISTS tools)
    cmake_path(GET tool STEM name)
    string(REPLACE "_" "-" name strata-${name})
    strata_program(${name} ${tool} ${stage_library})
    if(name MATCHES "^strata-check-")  # an operator's; the others are a developer's
      install(PROGRAMS $<TARGET_FILE:${name}> DESTINATION bin)
    endif()
  endforeach()

  include(${folder}/stage.cmake OPTIONAL)
  set_property(GLOBAL PROPERTY STRATA_NEWEST_LIBRARY ${stage_library})
endfunction()

# strata_product(): the newest stage's program under its product names, as symbolic links beside it. A stage adds to the
# names where the program does something else under another one (property STRATA_PRODUCT_NAMES, in its stage.cmake).
# Installed are a copy as strata-server and the other names as links to it, so that an upgrade cannot forget one of them.
function(strata_product)
  get_property(newest GLOBAL PROPERTY STRATA_NEWEST_PROGRAM)
  if(NOT newest)
    return()
  endif()
  get_property(other_names GLOBAL PROPERTY STRATA_PRODUCT_NAMES)
  foreach(name IN ITEMS strata-server LISTS other_names)
    add_custom_target(${name} ALL
      COMMAND ${CMAKE_COMMAND} -E create_symlink ${newest} ${name}
      WORKING_DIRECTORY ${CMAKE_BINARY_DIR} DEPENDS ${newest} VERBATIM)
  endforeach()
  install(PROGRAMS $<TARGET_FILE:${newest}> DESTINATION bin RENAME strata-server)
  foreach(name IN LISTS other_names)
    install(CODE "file(CREATE_LINK strata-server \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/bin/${name}\" SYMBOLIC)")
  endforeach()
endfunction()
