# SPDX-License-Identifier: MIT
# GoogleTest: Debian's sources if they are there, else its repository.
include(FetchContent)
if(EXISTS /usr/src/googletest/CMakeLists.txt)
  set(FETCHCONTENT_SOURCE_DIR_GOOGLETEST /usr/src/googletest CACHE PATH "")
endif()
set(INSTALL_GTEST OFF)
set(BUILD_GMOCK OFF)
set(gtest_force_shared_crt ON CACHE BOOL "" FORCE)
FetchContent_Declare(googletest GIT_TAG release-1.12.1
  GIT_REPOSITORY https://github.com/google/googletest.git)
FetchContent_MakeAvailable(googletest)
