# SPDX-License-Identifier: MIT
# What `install` puts where, and the target `uninstall`. Static and shared are
# two builds, and may be installed into one folder.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package ${PROJECT_BINARY_DIR}/package)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/skt)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# The export sets of a project that skt is a part of refer to skt::skt, whether
# or not skt is installed with that project.
set(unless_asked)
if(NOT SKT_INSTALL)
  set(unless_asked EXCLUDE_FROM_ALL)
endif()
install(TARGETS skt EXPORT skt ${unless_asked}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT skt NAMESPACE skt:: FILE skt-${skt_kind}-targets.cmake
  DESTINATION ${package_dir} ${unless_asked})
export(EXPORT skt NAMESPACE skt::
  FILE ${package}/skt-${skt_kind}-targets.cmake)

# For find_package, which may also find the build folder: skt_DIR is `package`
# there. While the major version is 0, only the same minor will do.
configure_file(src/package/sktConfig.cmake ${package}/sktConfig.cmake COPYONLY)
write_basic_package_version_file(${package}/sktConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
if(NOT SKT_INSTALL)
  return()
endif()
install(FILES include/skt.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/skt)
install(FILES ${package}/sktConfig.cmake ${package}/sktConfigVersion.cmake
  DESTINATION ${package_dir})

# For pkg-config. Paths are relative to skt.pc, so the folder can be moved. If
# both libraries are there, the linker takes the shared one unless told -static,
# and so does skt.pc unless called with --static. A configuration may have its own name
# for the library (CMAKE_DEBUG_POSTFIX).
set(from ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH to_prefix ${from} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" to_prefix ${to_prefix})
file(RELATIVE_PATH to_include ${from} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
if(WIN32 AND skt_kind STREQUAL "shared")
  set(shared_flags " -DSKT_SHARED")
  set(static_flags "-USKT_SHARED")
  set(static_libraries "-lws2_32 -liphlpapi")
elseif(WIN32)
  set(libraries " -lws2_32 -liphlpapi")
else()
  set(names_flags ${names_libraries}) # "-lpthread", or a name without -l
  list(TRANSFORM names_flags PREPEND "-l" REGEX "^[^-]")
  list(JOIN names_flags " " names_flags)
  if(skt_kind STREQUAL "shared")
    set(static_libraries "${names_flags}")
  elseif(names_flags)
    set(libraries " ${names_flags}")
  endif()
endif()
set(pc ${package}/skt.pc)
if(CMAKE_CONFIGURATION_TYPES)
  set(pc ${package}/$<CONFIG>/skt.pc)
endif()
configure_file(src/package/skt.pc.in ${package}/skt.pc.in @ONLY)
file(GENERATE OUTPUT ${pc} INPUT ${package}/skt.pc.in)
string(REPLACE "$<CONFIG>" "\${CMAKE_INSTALL_CONFIG_NAME}" pc ${pc})
configure_file(src/package/at_install.cmake.in ${package}/at_install.cmake @ONLY)
install(SCRIPT ${package}/at_install.cmake)

if(PROJECT_IS_TOP_LEVEL)
  add_custom_target(uninstall COMMAND ${CMAKE_COMMAND}
    -D build=${PROJECT_BINARY_DIR} -P
    ${PROJECT_SOURCE_DIR}/src/package/uninstall.cmake VERBATIM)
endif()
