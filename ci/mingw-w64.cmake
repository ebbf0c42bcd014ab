# SPDX-License-Identifier: MIT
# Windows programs, built by MinGW-w64 and run by Wine: for x64, or for what
# mingw-i686.cmake says.

if(NOT DEFINED skt_mingw)
  set(skt_mingw x86_64)
endif()
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR ${skt_mingw})

# The -posix compilers by name: the plain ones may be of the kind that lacks
# std::mutex, which GoogleTest needs.
set(CMAKE_C_COMPILER ${skt_mingw}-w64-mingw32-gcc-posix)
set(CMAKE_CXX_COMPILER ${skt_mingw}-w64-mingw32-g++-posix)
set(CMAKE_RC_COMPILER ${skt_mingw}-w64-mingw32-windres)

set(CMAKE_FIND_ROOT_PATH /usr/${skt_mingw}-w64-mingw32 ${CMAKE_PREFIX_PATH})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# MinGW's windows.h includes all that the processor has as intrinsics, which none
# of our files uses, and which takes more than half of the time of a compilation.
set(CMAKE_C_FLAGS_INIT -D_X86INTRIN_H_INCLUDED)
set(CMAKE_CXX_FLAGS_INIT -D_X86INTRIN_H_INCLUDED)

# Or the programs would look for the compiler's DLLs when they start.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)

set(CMAKE_CROSSCOMPILING_EMULATOR ${CMAKE_CURRENT_LIST_DIR}/run/wine.sh)
