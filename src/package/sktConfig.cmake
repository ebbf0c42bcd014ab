# SPDX-License-Identifier: MIT
# find_package(skt [VERSION] [REQUIRED] [COMPONENTS static | shared])
# defines skt::skt. Without a component the static library is preferred, or with
# BUILD_SHARED_LIBS the shared one, and the other will do.
cmake_policy(VERSION 3.5...3.21)

set(skt_kinds static shared)
if(skt_FIND_COMPONENTS)
  set(skt_kinds ${skt_FIND_COMPONENTS})
elseif(BUILD_SHARED_LIBS)
  set(skt_kinds shared static)
endif()

if(TARGET skt::skt) # found before, or built here
  get_target_property(skt_found skt::skt TYPE)
  string(REGEX REPLACE "_.*" "" skt_found "${skt_found}")
  string(TOLOWER "${skt_found}" skt_found)
  if(NOT skt_found IN_LIST skt_kinds)
    set(skt_NOT_FOUND_MESSAGE "skt::skt is the ${skt_found} library already, \
so it cannot be the ${skt_kinds} one in this project too.")
    set(skt_FOUND FALSE)
  endif()
  return()
endif()

foreach(skt_kind IN LISTS skt_kinds)
  if(EXISTS "${CMAKE_CURRENT_LIST_DIR}/skt-${skt_kind}-targets.cmake")
    include("${CMAKE_CURRENT_LIST_DIR}/skt-${skt_kind}-targets.cmake")
    return()
  endif()
endforeach()
set(skt_NOT_FOUND_MESSAGE "Here is no ${skt_kinds} library of skt. The \
components are static and shared; install skt built with BUILD_SHARED_LIBS=OFF \
and with BUILD_SHARED_LIBS=ON into this folder to have both.")
set(skt_FOUND FALSE)
