# How a folder of this project becomes a library, its tests and its fuzz targets.
# tests/layers_test.py reads the LINKS of every plumbline_library(); keep one call a folder.

find_program(CCACHE ccache)
if(CCACHE)
  # Objects of one clone and build folder serve the others: their debug information may name another folder.
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

add_library(plumbline_options INTERFACE)
target_compile_options(plumbline_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Werror -fno-omit-frame-pointer
  # __FILE__ does not say where a clone is, so that clones share the compiler's cache (decision 0006).
  $<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=>)
target_include_directories(plumbline_options INTERFACE ${PROJECT_SOURCE_DIR})
# The compiler looks for garbage of its own later: a little of its time for a quarter more memory.
target_compile_options(plumbline_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=600000>)
if(CMAKE_UNITY_BUILD)
  # Several sources in one are not headers: types of an anonymous namespace stay inside.
  target_compile_options(plumbline_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endif()
if(PLUMBLINE_SANITIZE)
  target_compile_options(plumbline_options INTERFACE -fsanitize=${PLUMBLINE_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(plumbline_options INTERFACE -fsanitize=${PLUMBLINE_SANITIZE})
  # GCC 12 reports false maybe-uninitialized inside the standard library under sanitizers, and knows no fences under tsan
  # (Asio has one).
  target_compile_options(plumbline_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  # Clang 14 cannot emit this check's prologue for the pieces of a coroutine.
  target_compile_options(plumbline_options INTERFACE $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
  target_compile_options(llhttp PRIVATE -fsanitize=${PLUMBLINE_SANITIZE} -fno-sanitize-recover=all)
endif()
if(PLUMBLINE_FUZZ)
  # The libraries count what they execute too: without that libFuzzer sees nothing of the parsers and guesses blindly.
  target_compile_options(plumbline_options INTERFACE -fsanitize=fuzzer-no-link)
  target_compile_options(llhttp PRIVATE -fsanitize=fuzzer-no-link)
  add_custom_target(fuzz_targets COMMENT "Every fuzz target")
endif()

# plumbline_library(NAME [LINKS lib...] [EXTERNAL lib...] [TEST_LINKS lib...])
#   The folder's *.cc except *_test.cc, *_fuzz.cc, *_main.cc become the static library NAME.
#   LINKS are libraries of this project (layers are checked), EXTERNAL are packages. TEST_LINKS are libraries of this
#   project, too, that only the tests need.
#   The folder's *_test.cc become the executable NAME_test, every TEST a ctest of its own.
#   Each *_fuzz.cc becomes an executable of its own with -DPLUMBLINE_FUZZ=ON.
function(plumbline_library NAME)
  cmake_parse_arguments(ARG "" "" "LINKS;EXTERNAL;TEST_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cc)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  if(sources)
    add_library(${NAME} STATIC ${sources})
    target_link_libraries(${NAME} PUBLIC plumbline_options ${ARG_LINKS} ${ARG_EXTERNAL})
  else()
    add_library(${NAME} INTERFACE)
    target_link_libraries(${NAME} INTERFACE plumbline_options ${ARG_LINKS} ${ARG_EXTERNAL})
  endif()
  # Nothing that carries traffic: it is built often and runs seldom (decision 0006).
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  if(sources AND folder MATCHES "^(conformance|reference/(control|core/admission)|simulator/(cloud|network|program|world|yaml|kube$|kube/(access|api|extensions|faults|merge|openapi|printing|recording|schema|validation)))")
    target_compile_options(${NAME} PRIVATE $<$<CONFIG:Release>:-Og>)
  endif()
  if(PLUMBLINE_TESTS AND tests)
    add_executable(${NAME}_test ${tests})
    set_target_properties(${NAME}_test PROPERTIES UNITY_BUILD OFF)
    # Only tests that read files of the tree know where it is, so that the others' objects serve every clone.
    foreach(test ${tests})
      file(STRINGS ${test} reads_tree REGEX PLUMBLINE_SOURCE_DIR LIMIT_COUNT 1)
      if(reads_tree)
        set_source_files_properties(${test} PROPERTIES COMPILE_DEFINITIONS PLUMBLINE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
      endif()
    endforeach()
    target_link_libraries(${NAME}_test PRIVATE ${NAME} ${ARG_TEST_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
    gtest_discover_tests(${NAME}_test DISCOVERY_MODE PRE_TEST TEST_PREFIX "${NAME}." PROPERTIES TIMEOUT 120)
  endif()
  if(PLUMBLINE_FUZZ)
    foreach(fuzzer ${fuzzers})
      get_filename_component(stem ${fuzzer} NAME_WE)
      add_executable(${stem} ${fuzzer})
      target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
      target_link_libraries(${stem} PRIVATE ${NAME})
      add_dependencies(fuzz_targets ${stem})
    endforeach()
  endif()
endfunction()

# plumbline_program(NAME MAIN LINKS lib... [EXTERNAL lib...]): one binary in build/*/bin.
function(plumbline_program NAME MAIN)
  cmake_parse_arguments(ARG "" "" "LINKS;EXTERNAL" ${ARGN})
  add_executable(${NAME} ${MAIN})
  target_link_libraries(${NAME} PRIVATE plumbline_options ${ARG_LINKS} ${ARG_EXTERNAL})
  target_compile_options(${NAME} PRIVATE $<$<CONFIG:Release>:-Og>)  # it reads its options and starts
endfunction()
