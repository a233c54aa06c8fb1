# signalbox_library(NAME [EXCLUDE <regex>...] [LINK <library>...])
# The static library signalbox_NAME of all *.cpp in this folder and below, less those whose path relative to the folder
# matches EXCLUDE. A folder without sources becomes an interface library, so that whoever links it need not ask.
function(signalbox_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "EXCLUDE;LINK")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" *.cpp)
  foreach(pattern IN LISTS arg_EXCLUDE)
    list(FILTER sources EXCLUDE REGEX "${pattern}")
  endforeach()
  if(sources)
    add_library(signalbox_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(signalbox_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(signalbox_${name} ${scope} "${PROJECT_SOURCE_DIR}")
  target_link_libraries(signalbox_${name} ${scope} ${arg_LINK})
endfunction()

# signalbox_executable(NAME GLOB <pattern>... [LINK <library>...] [TCMALLOC])
# The executable NAME of the sources that match; no target where there are none yet.
# TCMALLOC: with tcmalloc, in the presets that ask for it.
function(signalbox_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "TCMALLOC" "" "GLOB;LINK")
  file(GLOB sources CONFIGURE_DEPENDS ${arg_GLOB})
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  if(arg_TCMALLOC AND SIGNALBOX_TCMALLOC)
    # Nothing names the library, so a linker that drops unneeded ones would drop it.
    target_link_libraries(${name} PRIVATE
      -Wl,--push-state,--no-as-needed "${SIGNALBOX_TCMALLOC_LIBRARY}" -Wl,--pop-state)
  endif()
endfunction()
