# SPDX-License-Identifier: MIT
# cmake -D build=FOLDER -P uninstall.cmake: remove what was installed from that
# build folder, and the folders that were made for it and are empty now.
set(manifest "${build}/install_manifest.txt")
if(NOT EXISTS "${manifest}")
  message(FATAL_ERROR "nothing was installed from ${build}")
endif()
file(STRINGS "${manifest}" files)

# The other library, if it is installed there too, needs what is for both.
set(targets ${files})
list(FILTER targets INCLUDE REGEX "/skt-[a-z]+-targets[.]cmake$")
cmake_path(GET targets PARENT_PATH package_dir)
file(GLOB others "$ENV{DESTDIR}${package_dir}/skt-*-targets.cmake")
foreach(mine IN LISTS targets)
  list(REMOVE_ITEM others "$ENV{DESTDIR}${mine}")
endforeach()
if(others)
  list(FILTER files EXCLUDE REGEX
    "/(skt[.]h|skt[.]pc|LICENSE|sktConfig(Version)?[.]cmake)$")
endif()

foreach(file IN LISTS files)
  message(STATUS "Removing: $ENV{DESTDIR}${file}")
  file(REMOVE "$ENV{DESTDIR}${file}")
endforeach()
file(REMOVE "${manifest}")

# Folders left empty, up to the one that was installed into; in the system's own
# folders only those that bear skt's name.
file(READ "${build}/package/prefix.txt" prefix)
foreach(file IN LISTS files)
  cmake_path(GET file PARENT_PATH folder)
  cmake_path(IS_PREFIX prefix "${folder}" is_inside)
  while(is_inside AND NOT folder STREQUAL prefix
      AND (NOT prefix MATCHES "^/usr(/local)?$" OR folder MATCHES "/skt$"))
    file(GLOB inside "$ENV{DESTDIR}${folder}/*")
    if(inside)
      break()
    endif()
    file(REMOVE_RECURSE "$ENV{DESTDIR}${folder}")
    cmake_path(GET folder PARENT_PATH folder)
  endwhile()
endforeach()
