# SPDX-License-Identifier: MIT
# Windows programs of 32 bits, the same way.

set(skt_mingw i686)
include(${CMAKE_CURRENT_LIST_DIR}/mingw-w64.cmake)
