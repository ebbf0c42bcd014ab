# SPDX-License-Identifier: MIT
# The whole library as two files, skt.c and skt.h, the same bytes on every
# system: cmake -P src/package/two_files.cmake [FOLDER]
# The folder is build/two_files unless it is named.
cmake_minimum_required(VERSION 3.21)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)

# The mechanisms of pollers, which in the order of the alphabet are the best
# first; and what tells that one is there.
file(GLOB mechanisms RELATIVE ${root}/src/posix ${root}/src/posix/poller_*.c)
list(TRANSFORM mechanisms REPLACE "^poller_(.*)[.]c$" "\\1")
set(header_of_epoll sys/epoll.h)
set(header_of_kqueue sys/event.h)

# emit(TEXT): add to skt.c.
function(emit text)
  set_property(GLOBAL APPEND_STRING PROPERTY skt_c "${text}")
endfunction()

# read(OUT FILE): its text, with \n and without the line about the licence.
function(read out file)
  file(READ ${root}/${file} text)
  string(REPLACE "\r\n" "\n" text "${text}")
  string(REPLACE "/* SPDX-License-Identifier: MIT */\n" "" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# own(OUT TEXT): a header of ours, whose functions become static: the compiler
# then puts them into their callers, and none is there without a caller.
function(own out text)
  string(REGEX REPLACE "\n([a-z][a-zA-Z0-9_ ]*[ *]skt__[a-z0-9_]+[(])"
    "\nstatic \\1" text "${text}")
  string(REPLACE "static static" "static" text "${text}")
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# expand(FILE): emit it with the headers that it includes, each only once.
# Headers of the system stay where they are.
function(expand file)
  get_property(done GLOBAL PROPERTY expanded)
  if(file IN_LIST done)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY expanded ${file})
  emit("\n/*\n * ${file}\n */\n\n")
  get_filename_component(folder ${file} DIRECTORY)
  read(rest ${file})
  if(file MATCHES "[.]h$")
    own(rest "${rest}")
  endif()
  while(rest MATCHES "(^|\n)#include (\"([^\"\n]+)\"|<skt.h>)[^\n]*\n")
    set(line "${CMAKE_MATCH_0}")
    set(header "${CMAKE_MATCH_3}")
    string(FIND "${rest}" "${line}" before)
    string(SUBSTRING "${rest}" 0 ${before} text)
    string(LENGTH "${line}" length)
    math(EXPR after "${before} + ${length}")
    string(SUBSTRING "${rest}" ${after} -1 rest)
    emit("${text}${CMAKE_MATCH_1}")
    if(header STREQUAL "")
      emit("#include \"skt.h\"\n")
    else()
      cmake_path(SET path NORMALIZE ${folder}/${header})
      expand(${path})
    endif()
  endwhile()
  emit("${rest}")
endfunction()

# expand_all(FOLDER): the sources in it, but the pollers of POSIX, and names,
# which stand apart.
function(expand_all folder)
  file(GLOB files RELATIVE ${root} ${root}/${folder}/*.c)
  list(FILTER files EXCLUDE REGEX "posix/poller_|(posix|win32)/names")
  foreach(file IN LISTS files)
    expand(${file})
  endforeach()
endfunction()

function(emit_head)
  read(licence LICENSE)
  string(STRIP "${licence}" licence)
  string(REPLACE "\n" "\n * " licence "${licence}")
  string(REPLACE " * \n" " *\n" licence "${licence}")
  emit("/* SPDX-License-Identifier: MIT */
/*
 * skt ${version}: the whole library, for every system, in one file. It has been
 * made from the sources by src/package/two_files.cmake: change them, not this.
 * With skt.h beside it, it is compiled and linked like one of yours:
 *
 *   cc -c skt.c       Linux, macOS, the BSDs; glibc before 2.34 needs -pthread
 *                     and -ldl
 *   gcc -c skt.c      MinGW; link with -lws2_32 -liphlpapi
 *   cl /c skt.c       Visual C++; link with ws2_32.lib iphlpapi.lib
 *
 * -DSKT_NO_NAMES leaves out skt_resolve and what belongs to it, and so threads
 * and the system's resolver.
 *
 * ${licence}
 */

#if defined __cplusplus
#error \"skt.c is C: let a C compiler have it; C++ programs include skt.h\"
#elif !defined _MSC_VER &&                                                     \\
    (!defined __STDC_VERSION__ || __STDC_VERSION__ < 199901L)
#error \"skt.c needs C11: compile it with -std=c11, or without any -std\"
#else

#if defined _MSC_VER && !defined __STDC_VERSION__ /* without /std:c11 */
#define _Static_assert(truth, text) extern char skt__true[(truth) ? 1 : -1]
#endif

#define SKT__ONE_FILE
")
endfunction()

# Which mechanism of pollers it is to be; the first that there is.
function(emit_choice)
  emit("
#ifndef _WIN32
#if defined SKT__POLLER_IS_POLL /* whoever compiles this wants it */
")
  foreach(mechanism IN LISTS mechanisms)
    string(TOUPPER ${mechanism} name)
    if(DEFINED header_of_${mechanism})
      emit("#elif __has_include(<${header_of_${mechanism}}>)\n")
      emit("#define SKT__POLLER_IS_${name}\n")
    elseif(NOT mechanism STREQUAL "poll") # which is everywhere
      message(FATAL_ERROR "what header tells that ${mechanism} is there?")
    endif()
  endforeach()
  emit("#else\n#define SKT__POLLER_IS_POLL\n#endif\n#endif\n")
endfunction()

function(expand_pollers)
  foreach(mechanism IN LISTS mechanisms)
    string(TOUPPER ${mechanism} name)
    emit("\n#ifdef SKT__POLLER_IS_${name}\n")
    expand(src/posix/poller_${mechanism}.c)
    emit("\n#endif /* SKT__POLLER_IS_${name} */\n")
  endforeach()
endfunction()

# write(FILE TEXT): with \n on every system, which file(WRITE) does not promise.
function(write file text)
  set(at @)
  string(REPLACE "@" "@at@" text "${text}")
  file(REMOVE ${file}) # so that its time is new
  file(CONFIGURE OUTPUT ${file} CONTENT "${text}" @ONLY NEWLINE_STYLE LF)
endfunction()

file(READ ${root}/include/skt.h skt_h)
string(REPLACE "\r\n" "\n" skt_h "${skt_h}")
string(REGEX MATCHALL "#define SKT_VERSION_[A-Z]+ [0-9]+" version "${skt_h}")
list(TRANSFORM version REPLACE ".* " "")
list(JOIN version . version)

emit_head()
emit_choice()
expand(src/internal.h)
expand_all(src)
expand(src/names/interfaces.c)
emit("\n#ifdef _WIN32\n")
expand_all(src/win32)
emit("\n#else /* _WIN32 */\n")
expand_all(src/posix)
expand_pollers()
emit("\n#endif /* _WIN32 */\n")
emit("\n#ifndef SKT_NO_NAMES\n")
expand_all(src/names)
emit("\n#ifdef _WIN32\n")
expand(src/win32/names.c)
expand(src/win32/names_error.c)
emit("\n#else /* _WIN32 */\n")
expand(src/posix/names.c)
expand(src/posix/names_error.c)
emit("\n#endif /* _WIN32 */\n")
emit("\n#endif /* SKT_NO_NAMES */\n")
emit("\n#endif /* C */\n")

set(folder ${root}/build/two_files)
if(DEFINED CMAKE_ARGV3)
  get_filename_component(folder ${CMAKE_ARGV3} ABSOLUTE)
endif()
get_property(skt_c GLOBAL PROPERTY skt_c)
string(REPLACE "\n\n\n" "\n\n" skt_c "${skt_c}")
write(${folder}/skt.c "${skt_c}")
write(${folder}/skt.h "${skt_h}")
message(STATUS "skt ${version}: ${folder}/skt.c and skt.h")
