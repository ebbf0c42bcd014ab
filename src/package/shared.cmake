# SPDX-License-Identifier: MIT
# Which library is built, static or shared, and what the shared one needs.
get_target_property(skt_kind skt TYPE)
string(REGEX REPLACE "_LIBRARY$" "" skt_kind "${skt_kind}")
string(TOLOWER "${skt_kind}" skt_kind)

# While the major version is 0, another minor version is another interface:
# another SONAME, another node, and no match for find_package.
set(skt_interface ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set_target_properties(skt PROPERTIES C_VISIBILITY_PRESET hidden
  VERSION ${PROJECT_VERSION} SOVERSION ${skt_interface})

if(skt_kind STREQUAL "shared")
  target_compile_definitions(skt PUBLIC SKT_SHARED PRIVATE SKT_BUILDING)
  file(WRITE ${PROJECT_BINARY_DIR}/skt.map
    "SKT_${skt_interface} {\n  global: skt_*;\n  local: *;\n};\n")
  include(CheckLinkerFlag)
  if(WIN32)
    set_target_properties(skt PROPERTIES PREFIX "")
    if(MINGW) # 32 bits divide 64 by libgcc, which must not be one more DLL
      target_link_options(skt PRIVATE -static-libgcc)
    endif()
  else()
    check_linker_flag(C "-Wl,--version-script=${PROJECT_BINARY_DIR}/skt.map"
      SKT_HAS_VERSION_SCRIPTS)
  endif()
  if(SKT_HAS_VERSION_SCRIPTS)
    target_link_options(skt PRIVATE
      "LINKER:--version-script=${PROJECT_BINARY_DIR}/skt.map")
  endif()
elseif(MSVC) # where skt.lib is the import library of skt.dll
  set_target_properties(skt PROPERTIES OUTPUT_NAME skt_static)
endif()
