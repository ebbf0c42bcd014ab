# SPDX-License-Identifier: MIT
# What `install` puts where, and the target `uninstall`. Static and shared are
# two builds, and may be installed into one folder.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/skt)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(TARGETS skt EXPORT skt INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES include/skt.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/skt)

# For find_package. While the major version is 0, only the same minor will do.
install(EXPORT skt NAMESPACE skt:: FILE skt-${skt_kind}-targets.cmake
  DESTINATION ${package_dir})
write_basic_package_version_file(
  ${PROJECT_BINARY_DIR}/package/sktConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES src/package/sktConfig.cmake
  ${PROJECT_BINARY_DIR}/package/sktConfigVersion.cmake
  DESTINATION ${package_dir})

# For pkg-config. Paths are relative to skt.pc, so the folder can be moved. If
# both libraries are there, the linker takes the shared one unless told -static,
# and so does skt.pc unless told --static.
set(from ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH to_prefix ${from} ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" to_prefix ${to_prefix})
file(RELATIVE_PATH to_include ${from} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
get_target_property(library_name skt OUTPUT_NAME)
if(NOT library_name)
  set(library_name skt)
endif()
if(WIN32 AND skt_kind STREQUAL "shared")
  set(shared_flags " -DSKT_SHARED")
  set(static_flags "-USKT_SHARED")
  set(static_libraries "-lws2_32 -liphlpapi")
elseif(WIN32)
  set(libraries " -lws2_32 -liphlpapi")
endif()
configure_file(src/package/skt.pc.in package/skt.pc @ONLY)
configure_file(src/package/at_install.cmake.in package/at_install.cmake @ONLY)
install(SCRIPT ${PROJECT_BINARY_DIR}/package/at_install.cmake)

if(PROJECT_IS_TOP_LEVEL)
  add_custom_target(uninstall COMMAND ${CMAKE_COMMAND}
    -D build=${PROJECT_BINARY_DIR} -P
    ${PROJECT_SOURCE_DIR}/src/package/uninstall.cmake VERBATIM)
endif()
