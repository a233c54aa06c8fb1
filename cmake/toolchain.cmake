# Compiler, linker, cache and warnings: all that holds for every target.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

# The paths relative to the checkout are what ccache hashes, so a second checkout finds the first one's objects.
find_program(SIGNALBOX_CCACHE ccache)
if(SIGNALBOX_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${SIGNALBOX_CCACHE}")
endif()

# gcc's link-time optimisation needs its own linker plugin; every other build takes the fastest linker there is.
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
  # One such link keeps all cores busy by itself.
  set_property(GLOBAL PROPERTY JOB_POOLS link=1)
  set(CMAKE_JOB_POOL_LINK link)
else()
  find_program(SIGNALBOX_LINKER NAMES ld.mold ld.lld)
  if(SIGNALBOX_LINKER)
    cmake_path(GET SIGNALBOX_LINKER EXTENSION LAST_ONLY linker)
    string(SUBSTRING "${linker}" 1 -1 linker)
    add_link_options("-fuse-ld=${linker}")
  endif()
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wnon-virtual-dtor -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # clang's -Wshadow also takes the members of an enclosing class for shadowed, so this one is gcc's.
  add_compile_options(-Wshadow)
  # gcc 12 reports overlaps and reads inside std::string that are not there (its bugs 105329, 105651).
  add_compile_options(-Wno-restrict -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow
                      -Wno-error=stringop-overread -Wno-error=array-bounds -Wno-error=dangling-pointer)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # "do both, then say whether one had more to do" is meant.
  add_compile_options(-Wno-bitwise-instead-of-logical)
endif()

if(SIGNALBOX_DEBUG_CHECKS)
  add_compile_definitions(SIGNALBOX_DEBUG_CHECKS=1 _GLIBCXX_ASSERTIONS)
endif()

if(SIGNALBOX_SANITIZE)
  add_compile_options("-fsanitize=${SIGNALBOX_SANITIZE}" -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options("-fsanitize=${SIGNALBOX_SANITIZE}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The instrumented code is what gcc's flow analysis sees, and it warns of what the source does not do.
    add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds -Wno-nonnull)
    if(SIGNALBOX_SANITIZE MATCHES "thread")
      # gcc's sanitizer does not model std::atomic_thread_fence and says so wherever a header has one.
      add_compile_options(-Wno-tsan)
    endif()
  endif()
endif()

if(SIGNALBOX_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "Fuzz targets need clang: cmake --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
