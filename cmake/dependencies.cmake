# Everything the product links comes from Debian 12 packages (scripts/install-packages).
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_library(JEMALLOC jemalloc REQUIRED)

# The allocator of programs that hold many small objects (decision 0020). Sanitizers bring their own.
add_library(plumbline_allocator INTERFACE)
if(NOT PLUMBLINE_SANITIZE)
  target_link_libraries(plumbline_allocator INTERFACE ${JEMALLOC})
endif()

# Asio is used header-only; its exceptions stay on because start-up code relies on them.
add_library(plumbline_asio INTERFACE)
target_link_libraries(plumbline_asio INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(plumbline_asio INTERFACE BOOST_ASIO_NO_DEPRECATED)
# GCC 12 at -O2 takes the allocator of Asio's coroutine frames for a mismatched pair.
target_compile_options(plumbline_asio INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)

# llhttp ships as C sources in Debian's node-llhttp; it is compiled here, unchanged.
set(LLHTTP_SOURCE_DIR /usr/share/llhttp CACHE PATH "Where node-llhttp puts its C sources")
set(LLHTTP_INCLUDE_DIR /usr/share/include/llhttp CACHE PATH "Where node-llhttp puts llhttp.h")
add_library(llhttp STATIC EXCLUDE_FROM_ALL
  ${LLHTTP_SOURCE_DIR}/api.c ${LLHTTP_SOURCE_DIR}/http.c ${LLHTTP_SOURCE_DIR}/llhttp.c)
set_target_properties(llhttp PROPERTIES UNITY_BUILD OFF)
target_include_directories(llhttp SYSTEM PUBLIC ${LLHTTP_INCLUDE_DIR})
target_compile_options(llhttp PRIVATE -w)
# As Debian ships it its strict mode is off: a space before a colon, or CR without LF, would pass.
target_compile_definitions(llhttp PUBLIC LLHTTP_STRICT_MODE=1)
