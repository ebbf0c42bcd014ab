#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/consumers.sh [linux] [windows]
# Use skt in every way people do: each folder of tests/consumers, in a clone of
# what is committed, builds the same program, which is run, for Windows under
# Wine. Then what is installed, and what mistakes lead to. Both systems unless
# one is named. Installs what is missing.
#
# Exit code: 0 all passed, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly root=$PWD all=$PWD/build/consumers
passed=0 failed=0 skipped=0 checks=0

# check WHAT COMMAND...: run it, print a line, and on failure what it said. Exit
# code 77 is a skip, whose reason is its last line.
check() {
  local log result=ok status
  checks=$((checks + 1))
  log=$all/$system/$checks.log
  set +e
  (set -euo pipefail; "${@:2}") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  case $status in
    0)
      passed=$((passed + 1))
      ! grep -qx 'second try' "$log" || result='ok, at the second try'
      ;;
    77) skipped=$((skipped + 1)) result="skip: $(tail -n 1 "$log")" ;;
    *) failed=$((failed + 1)) result=FAILED ;;
  esac
  printf '%-8s %-58s %s\n' "$system" "$1" "$result"
  if [ "$result" = FAILED ]; then
    tail -n 30 "$log"
    echo "(all of it: $log)"
  fi
}

# refused COMMAND... -- TEXT...: it fails, and says each text. Lines are joined,
# because CMake breaks them.
refused() {
  local command=() said status=0
  while [ "$1" != -- ]; do command+=("$1"); shift; done
  shift
  said=$("${command[@]}" 2>&1) || status=$?
  echo "$said"
  [ $status -ne 0 ] || { echo "not refused: ${command[*]}"; exit 1; }
  said=$(tr -s ' \n' '  ' <<<"$said")
  for text; do
    [[ $said == *"$text"* ]] || { echo "it does not say: $text"; exit 1; }
  done
}

#
# The system to build for
#

for_linux() {
  system=linux cc=gcc exe='' dll=.so clang=clang ldlibs=''
  cmake=(cmake -G Ninja -DCMAKE_BUILD_TYPE=Release)
}

for_windows() {
  system=windows cc=x86_64-w64-mingw32-gcc-posix exe=.exe dll=.dll
  clang='clang --target=x86_64-w64-mingw32'
  # clang does not find MinGW's own library by itself.
  ldlibs="-L$(dirname "$("$cc" -print-libgcc-file-name)") -lws2_32 -liphlpapi"
  cmake=(cmake -G Ninja -DCMAKE_BUILD_TYPE=Release
    "-DCMAKE_TOOLCHAIN_FILE=$root/ci/mingw-w64.cmake")
}

# run PROGRAM FOLDER: with the shared library in that folder. It must say ok.
# Under Wine a program is now and then lost before it begins, so there it may be
# tried twice.
run() {
  local said
  if [ "$system" = windows ]; then
    export WINEPATH="Z:${2//\//\\}"
    said=$(bounded 180 "$root/ci/run/wine.sh" "$1.exe") || {
      echo 'second try'
      said=$(bounded 180 "$root/ci/run/wine.sh" "$1.exe")
    }
  else
    said=$(LD_LIBRARY_PATH=$2 bounded 180 "$1")
  fi
  echo "it says: $said"
  [ "${said%$'\r'}" = ok ]
}

# linked FILE static|shared: with that library.
linked() {
  local libraries want=0
  if [ "$system" = windows ]; then
    libraries=$(x86_64-w64-mingw32-objdump -p "$1" | grep 'DLL Name:')
  else
    libraries=$(readelf -d "$1")
  fi
  [ "$2" = static ] || want=1
  [ "$(grep -cE 'libskt[.]so[.]|DLL Name: skt[.]dll' <<<"$libraries")" = $want ]
}

#
# Ways in
#

# For builds of skt in which it does not matter how its files are compiled: as
# one, which is several times as fast.
readonly as_one=-DSKT_UNITY=ON

# unpack CONSUMER NAME: make `folder`, of that name, with the consumer in it.
unpack() {
  folder=$all/$system/$2
  mkdir -p "$folder"
  cp "tests/consumers/$1"/* tests/consumers/program.c "$folder"
  [[ $1 != *_cxx ]] || mv "$folder/program.c" "$folder/program.cc"
}

# build_and_run static|shared DLLS ARGUMENT...: what is in `folder`.
build_and_run() {
  bounded 120 "${cmake[@]}" -S "$folder" -B "$folder/build" "${@:3}"
  bounded 120 cmake --build "$folder/build"
  linked "$folder/build/program$exe" "$1"
  run "$folder/build/program" "$2"
}

in_a_subfolder() {
  unpack add_subdirectory "add_subdirectory $*"
  cp -r "$all/skt" "$folder/skt"
  build_and_run "$1" "$folder/build/skt" "-DBUILD_SHARED_LIBS=$2" "${@:3}"
}

fetched() {
  unpack fetch_content fetch_content
  build_and_run static '' "-Dwhere_skt_is=$all/skt" $as_one
}

# found CONSUMER static|shared ARGUMENT...: in the folder `prefix`.
found() {
  unpack "$1" "$1 ${prefix##*/} ${*:3}"
  build_and_run "$2" "$prefix/bin" "-DCMAKE_PREFIX_PATH=$prefix" "${@:3}"
}

# by_pkg_config CONSUMER static|shared
by_pkg_config() {
  unpack "$1" "$1 ${prefix##*/} $2"
  PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig make -C "$folder" "CC=$cc"
  linked "$folder/program$exe" "$2"
  if [ "$system" = windows ]; then
    run "$folder/program" "$prefix/bin"
  else
    run "$folder/program" "$prefix/lib"
  fi
}

# two_files COMPILER: skt.c and skt.h, beside the program.
two_files() {
  unpack two_files "two_files ${1%% *}"
  cmake -P "$all/skt/src/package/two_files.cmake" "$folder"
  make -C "$folder" "CC=$1" "LDLIBS=$ldlibs"
  run "$folder/program" ''
}

# compile_skt_c COMPILER ARGUMENT...: and warnings are errors.
compile_skt_c() {
  $1 -Wall -Wextra -Werror -c "${@:2}" "$all/$system/two_files $cc/skt.c" \
    -o "$all/$system/skt.o"
}

in_every_c() {
  local compiler standard
  for compiler in "$cc" "$clang"; do
    compile_skt_c "$compiler" -std=c99
    for standard in c11 gnu11 c17 gnu17; do
      compile_skt_c "$compiler" -std=$standard -Wpedantic
    done
  done
}

# The target of CMake makes the same bytes.
by_target() {
  local file
  bounded 60 cmake --build "$all/$system/static" --target skt_two_files
  for file in skt.c skt.h; do
    cmp "$all/$system/static/two_files/$file" "$all/$system/two_files $cc/$file"
  done
  cmp "$all/skt/include/skt.h" "$all/$system/two_files $cc/skt.h"
}

# The host loads the plugin, which has skt inside, and unloads it a thousand
# times; where only the way in is another, a hundred times.
plugin_built() {
  linked "$folder/build/plugin$dll" static
  [ "$system" != linux ] || ! nm -D --defined-only "$folder/build/plugin.so" |
    grep -i skt
}

plugin_in_a_subfolder() {
  unpack plugin 'plugin add_subdirectory'
  cp -r "$all/skt" "$folder/skt"
  build_and_run static '' $as_one
  plugin_built
}

plugin_that_finds() {
  unpack plugin "plugin find_package"
  LOADS=100 build_and_run static '' "-DCMAKE_PREFIX_PATH=$prefix"
  plugin_built
}

# The same for the plugin that has the shared library beside it.
plugin_with_shared() {
  unpack plugin "plugin shared"
  bounded 120 "${cmake[@]}" -S "$folder" -B "$folder/build" \
    -DBUILD_SHARED_LIBS=ON "-DCMAKE_PREFIX_PATH=$prefix"
  bounded 120 cmake --build "$folder/build"
  linked "$folder/build/plugin$dll" shared
  LOADS=100 run "$folder/build/program" "$prefix/bin"
}

loaded_by_python() {
  command -v python3 >/dev/null || { echo 'no python3'; exit 77; }
  bounded 60 python3 -c 'import ctypes, sys
sys.exit(ctypes.CDLL(sys.argv[1]).plugin_run())' \
    "$all/$system/plugin find_package/build/plugin.so"
}

# A parent's library has skt inside. Others find it where it was installed, with
# skt, and where it was built.
library_installed() {
  local theirs=$all/$system/library/prefix
  unpack library library
  cp -r "$all/skt" "$folder/skt"
  bounded 120 "${cmake[@]}" -S "$folder" -B "$folder/build" $as_one \
    "-DCMAKE_INSTALL_PREFIX=$theirs"
  bounded 120 cmake --build "$folder/build"
  bounded 60 cmake --install "$folder/build"
  unpack library_user 'library installed'
  build_and_run static '' "-DCMAKE_PREFIX_PATH=$theirs"
}

library_built() {
  local theirs=$all/$system/library/build
  unpack library_user 'library built'
  build_and_run static '' "-Dtalk_DIR=$theirs" "-Dskt_DIR=$theirs/skt/package"
}

library_without_skt() {
  local theirs=$all/$system/library/alone
  folder=$all/$system/library
  bounded 120 "${cmake[@]}" -S "$folder" -B "$folder/build alone" \
    "-DCMAKE_INSTALL_PREFIX=$theirs" -DSKT_INSTALL=OFF $as_one
  bounded 120 cmake --build "$folder/build alone"
  bounded 60 cmake --install "$folder/build alone"
  [ -e "$theirs/include/talk.h" ]
  [ -z "$(find "$theirs" -name '*skt*')" ]
  unpack library_user 'library without skt'
  refused "${cmake[@]}" -S "$folder" -B "$folder/build" \
    "-DCMAKE_PREFIX_PATH=$theirs" -- skt
  build_and_run static '' "-DCMAKE_PREFIX_PATH=$theirs;$prefix"
}

# The newest C++ that a compiler here knows, with all warnings as errors.
in_newest_cxx() {
  local compiler std
  for compiler in "${cc/gcc/g++}" clang++-19; do
    [ "$compiler" != clang++-19 ] || [ "$system" = linux ] || break
    command -v "$compiler" || continue
    for std in c++26 c++2b c++20; do
      ! "$compiler" -std=$std -x c++ -fsyntax-only /dev/null || break
    done
    unpack find_package_cxx "find_package_cxx ${compiler##*/}"
    build_and_run static '' "-DCMAKE_PREFIX_PATH=$prefix" \
      "-DCMAKE_CXX_COMPILER=$compiler" \
      "-DCMAKE_CXX_FLAGS=-std=$std -Wall -Wextra -Wconversion -Werror"
  done
}

#
# What is installed
#

# install_skt static|shared ON|OFF: into `prefix`.
install_skt() {
  local build=$all/$system/$1
  bounded 120 "${cmake[@]}" -S "$all/skt" -B "$build" -DSKT_WERROR=ON \
    -DSKT_TESTS=OFF -DSKT_EXAMPLES=OFF "-DBUILD_SHARED_LIBS=$2" \
    "-DCMAKE_INSTALL_PREFIX=$prefix"
  bounded 300 cmake --build "$build" -j2
  bounded 60 cmake --install "$build"
}

# installed_as NAME LIBRARY_FOLDER ARGUMENT...: a build with these is installed,
# found there by CMake and by pkg-config, and removed.
installed_as() {
  local build="$all/$system/$1" there="$all/$system/$1 there"
  bounded 120 "${cmake[@]}" -S "$all/skt" -B "$build" -DSKT_TESTS=OFF \
    -DSKT_EXAMPLES=OFF "-DCMAKE_INSTALL_PREFIX=$there/prefix" $as_one "${@:3}"
  bounded 300 cmake --build "$build" -j2
  bounded 60 cmake --install "$build"
  unpack find_package "find_package $1"
  build_and_run static '' "-Dskt_DIR=$there/$2/cmake/skt"
  unpack pkg_config_static "pkg_config $1"
  PKG_CONFIG_LIBDIR="$there/$2/pkgconfig" make -C "$folder" "CC=$cc"
  run "$folder/program" ''
  bounded 60 cmake --build "$build" --target uninstall
  [ -z "$(find "$there" -type f)" ]
}

with_postfix() {
  installed_as debug prefix/lib -DCMAKE_BUILD_TYPE=Debug -DCMAKE_DEBUG_POSTFIX=_d
  [ -e "$all/$system/debug/libskt_d.a" ]
  installed_as release prefix/lib -DCMAKE_RELEASE_POSTFIX=-r
  [ -e "$all/$system/release/libskt-r.a" ]
}

several_configurations() {
  local build="$all/$system/several" prefix="$all/$system/several prefix"
  bounded 120 "${cmake[@]}" -G 'Ninja Multi-Config' -S "$all/skt" -B "$build" \
    -DSKT_TESTS=OFF -DSKT_EXAMPLES=OFF "-DCMAKE_INSTALL_PREFIX=$prefix" \
    -DCMAKE_DEBUG_POSTFIX=_d $as_one
  bounded 300 cmake --build "$build" -j2 --config Debug
  bounded 60 cmake --install "$build" --config Debug
  found find_package static
  by_pkg_config pkg_config_static static
}

# A build for which nothing is asked is optimised.
no_type() {
  bounded 120 cmake -S "$all/skt" -B "$all/$system/no type" -DSKT_TESTS=OFF \
    -DSKT_EXAMPLES=OFF
  grep -x 'CMAKE_BUILD_TYPE:STRING=Release' "$all/$system/no type/CMakeCache.txt"
}

# Where threads and dlopen are in libraries of their own, as in glibc before 2.34,
# the package names these.
older_libc() {
  local build="$all/$system/older" prefix="$all/$system/older prefix"
  bounded 120 "${cmake[@]}" -S "$all/skt" -B "$build" -DSKT_TESTS=OFF \
    -DSKT_EXAMPLES=OFF "-DCMAKE_INSTALL_PREFIX=$prefix" $as_one \
    -DCMAKE_HAVE_LIBC_PTHREAD=0 -DSKT_HAS_DLOPEN=0
  bounded 300 cmake --build "$build"
  bounded 60 cmake --install "$build"
  PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig pkg-config --libs-only-l skt |
    grep -x -- '-lskt -lpthread -ldl *'
  grep 'LINK_ONLY:-lpthread>;.*LINK_ONLY:dl>' "$prefix"/lib/cmake/skt/*.cmake
  found find_package static
  by_pkg_config pkg_config_static static
}

absolute_folders() {
  local there="$all/$system/absolute there"
  installed_as absolute lib/lib64 "-DCMAKE_INSTALL_LIBDIR=$there/lib/lib64" \
    "-DCMAKE_INSTALL_INCLUDEDIR=$there/headers"
}

# The names that skt.h declares, and the version that it states.
names_of_header() {
  sed -n '/^SKT_API/s/.*\(skt_[a-z0-9_]*\)(.*/\1/p' include/skt.h | sort
}
version_of_header() {
  sed -n 's/^#define SKT_VERSION_[A-Z]* //p' include/skt.h | paste -sd.
}

same_version() {
  PKG_CONFIG_LIBDIR=$prefix/lib/pkgconfig pkg-config --modversion skt |
    diff - <(version_of_header)
  grep "PACKAGE_VERSION \"$(version_of_header)\"" \
    "$prefix/lib/cmake/skt/sktConfigVersion.cmake"
}

# The shared library exports what skt.h declares, no more and no less.
same_names() {
  local node
  if [ "$system" = windows ]; then
    x86_64-w64-mingw32-objdump -p "$prefix/bin/skt.dll" |
      sed -n 's/^\t\[ *[0-9]*\] \([^ ]*\)$/\1/p' | sort |
      diff - <(names_of_header)
  else
    node=SKT_$(version_of_header | cut -d. -f1,2)
    nm -D --defined-only "$prefix/lib/libskt.so" | sed -n 's/.* T //p' |
      sort | diff - <(names_of_header | sed "s/$/@@$node/")
    readelf -d "$prefix/lib/libskt.so" |
      grep "SONAME.*\[libskt.so.${node#SKT_}\]"
  fi
}

# Neither the build folders nor the sources are named in what is installed.
no_traces() {
  ! grep -rlF -e "$all" -e "$root" "$prefix"
}

uninstalled() {
  bounded 60 cmake --build "$all/$system/shared" --target uninstall
  found find_package_static static -DAGAIN=1
  bounded 60 cmake --build "$all/$system/static" --target uninstall
  [ -z "$(find "$prefix" -mindepth 1)" ] || { find "$prefix"; exit 1; }
}


#
# Mistakes
#

# configure CONSUMER [SED]: with its CMakeLists.txt changed by sed.
configure() {
  unpack "$1" "mistaken $1 ${2:-}"
  sed -i "${2:-}" "$folder/CMakeLists.txt"
  "${cmake[@]}" -S "$folder" -B "$folder/build" \
    "-DCMAKE_PREFIX_PATH=$prefix"
}

by_hand() {
  "$cc" "-I$prefix/include" tests/consumers/program.c -o \
    "$all/$system/by_hand$exe" "$@"
}

wrong_version() {
  refused configure find_package "s/skt 0[.]1/skt $1/" -- \
    "requested version \"$1\"" "version: $(version_of_header)"
}

two_kinds() {
  # shellcheck disable=SC2016 # the dollar is sed's
  refused configure find_package_static \
    '$afind_package(skt REQUIRED COMPONENTS shared)' -- \
    'skt::skt is the static library already'
}

# One error and no page of them.
old_c() {
  printf '#include <skt.h>\nskt s;\n' >"$all/$system/old.c"
  refused "$1" "-std=$2" -pedantic-errors -c -Iinclude "$all/$system/old.c" \
    -o "$all/$system/old.o" -- 'needs C99 or C++11' >"$all/$system/old.out"
  cat "$all/$system/old.out"
  [ "$(grep -c 'error' "$all/$system/old.out")" -eq 2 ] # and the line it shows
}

# gnu90 has all that skt.h needs, and so has a compiler without a version.
other_c() {
  printf '#include <skt.h>\nskt s;\n' >"$all/$system/other.c"
  "$cc" -std=gnu90 -Werror -c -Iinclude "$all/$system/other.c" \
    -o "$all/$system/other.o"
  cp "$all/$system/other.c" "$all/$system/other.cc"
  "${cc/gcc/g++}" -std=c++11 -Wall -Wextra -pedantic-errors -Werror -c \
    -Iinclude "$all/$system/other.cc" -o "$all/$system/other.o"
}

# skt.c says in one error what is wrong with COMPILER ARGUMENT...
wrong_language() {
  refused compile_skt_c "${@:2}" -- "$1" >"$all/$system/language.out"
  cat "$all/$system/language.out"
  [ "$(grep -c 'error:' "$all/$system/language.out")" -eq 1 ]
}

# What the linker names is explained in skt.h and in the README.
no_winsock() {
  refused by_hand "$prefix/lib/libskt.a" -- '__imp_WSAStartup' libskt.a
  grep -q '__imp_WSAStartup' include/skt.h
  grep -q -e '-lskt -lws2_32 -liphlpapi' include/skt.h
  grep -q -e '-lskt -lws2_32 -liphlpapi' README.md
  by_hand "$prefix/lib/libskt.a" -lws2_32 -liphlpapi
  run "$all/$system/by_hand" ''
}

dll_as_static() {
  refused by_hand "$prefix/lib/libskt.dll.a" -- \
    'skt_socket_is_static_for_the_DLL_define_SKT_SHARED'
  by_hand -DSKT_SHARED "$prefix/lib/libskt.dll.a"
  run "$all/$system/by_hand" "$prefix/bin"
}

static_as_dll() {
  refused by_hand -DSKT_SHARED "$prefix/lib/libskt.a" -lws2_32 -liphlpapi -- \
    '__imp_skt_socket'
  grep -q '__imp_skt_socket' include/skt.h
}

#
# All of it
#

# A way in is a line here, a function above, and a folder of tests/consumers.
ways_in() {
  check 'add_subdirectory, static' in_a_subfolder static OFF
  check 'add_subdirectory, shared' in_a_subfolder shared ON $as_one
  check 'add_subdirectory, a parent with CMAKE_UNITY_BUILD' in_a_subfolder \
    static OFF -DCMAKE_UNITY_BUILD=ON
  check 'add_subdirectory, both built as one file' in_a_subfolder static OFF \
    -DCMAKE_UNITY_BUILD=ON -DSKT_UNITY=ON
  check 'FetchContent' fetched
  check 'a plugin with skt inside, add_subdirectory' plugin_in_a_subfolder
  check 'a parent library with skt inside is installed and found' \
    library_installed
  check 'it is found where it was built' library_built
  check 'two files: one compiler call' two_files "$cc"
  check 'two files: one call of clang' two_files "$clang"
  check 'two files: C99, C11, C17, with warnings as errors' in_every_c
  check 'install, static' install_skt static OFF
  check 'two files: made by the target, the same bytes' by_target
  check 'pkg-config, where only the static library is' by_pkg_config \
    pkg_config static
  check 'find_package, where only the static library is' found find_package \
    static -DBUILD_SHARED_LIBS=ON
  check 'it is installed without skt, by SKT_INSTALL=OFF' library_without_skt
  check 'a plugin with skt inside, find_package' plugin_that_finds
  [ "$system" = windows ] ||
    check 'a module with skt inside, loaded by Python' loaded_by_python
  check 'find_package, the newest C++' in_newest_cxx
  check 'CMAKE_DEBUG_POSTFIX, CMAKE_RELEASE_POSTFIX' with_postfix
  check 'CMAKE_DEBUG_POSTFIX, several configurations' several_configurations
  check 'CMAKE_INSTALL_LIBDIR and _INCLUDEDIR are absolute' absolute_folders
  check 'a component that is not there is named' refused configure \
    find_package_shared -- 'Here is no shared library of skt'
  check 'install, shared into the same folder' install_skt shared ON
  check 'find_package, version 0.1' found find_package static
  check 'find_package, BUILD_SHARED_LIBS' found find_package shared \
    -DBUILD_SHARED_LIBS=ON
  check 'a plugin with the shared library, find_package' plugin_with_shared
  check 'find_package, COMPONENTS static' found find_package_static static
  check 'find_package, COMPONENTS shared' found find_package_shared shared
  check 'find_package, a project of C++ alone' found find_package_cxx static
  check 'pkg-config' by_pkg_config pkg_config shared
  check 'pkg-config --static' by_pkg_config pkg_config_static static
}

installed() {
  check 'the versions of package and header are the same' same_version
  check 'the shared library exports what skt.h declares' same_names
  check 'nothing installed names the build or the sources' no_traces
  if [ "$system" = linux ]; then
    check 'without CMAKE_BUILD_TYPE it is Release' no_type
    check 'a C library with threads and dlopen elsewhere' older_libc
    check 'the binary interface is the one that ci/check/abi keeps' ci/check/abi.sh
  fi
  local first=$prefix
  prefix="$all/$system/moved here"
  check 'the installed folder is moved' mv "$first" "$prefix"
  check 'moved: find_package, COMPONENTS static' found find_package_static \
    static
  check 'moved: find_package, COMPONENTS shared' found find_package_shared \
    shared
  check 'moved: pkg-config' by_pkg_config pkg_config shared
  check 'moved: pkg-config --static' by_pkg_config pkg_config_static static
  mv "$prefix" "$first"
  prefix=$first
}

mistakes() {
  local version
  for version in 9.0 0.2 0.0; do
    check "find_package, version $version: CMake names both" wrong_version \
      $version
  done
  check 'static and shared in one project: the message says so' two_kinds
  check 'a C90 compiler: one error, which says what is needed' old_c "$cc" c90
  check 'gnu90 and C++11: no complaint' other_c
  check 'skt.c as C90: one error, which says what is needed' wrong_language \
    'skt.c needs C11' "$cc" -std=c90
  check 'skt.c as C++: one error, which says what to do' wrong_language \
    'let a C compiler have it' "$cc" -x c++
  if [ "$system" = windows ]; then
    check 'ws2_32 is missing: skt.h explains what the linker says' no_winsock
    check 'the DLL without SKT_SHARED: the linker says what to do' \
      dll_as_static
    check 'SKT_SHARED with the static library: skt.h explains it' static_as_dll
  fi
}

systems=("$@")
[ $# -gt 0 ] || systems=(linux windows)
for system in "${systems[@]}"; do
  case $system in
    linux | windows) ;;
    *)
      echo 'usage: ci/run/consumers.sh [linux] [windows]' >&2
      exit 2
      ;;
  esac
done

trap 'stop_programs; stop_wine' EXIT
need linux
need consumers
rm -rf "$all"
git clone -q . "$all/skt"
git -C "$all/skt" checkout -q -B main
case " ${systems[*]} " in
  *' windows '*)
    need windows
    start_wine
    ;;
esac

# use_on SYSTEM: all checks; their counts are in a file.
use_on() {
  say "using skt in every way: $1"
  "for_$1"
  prefix="$all/$1/a prefix"
  mkdir -p "$prefix"
  ways_in
  installed
  mistakes
  check 'uninstall, one library after the other, leaves nothing' uninstalled
  echo "$passed $failed $skipped" >"$all/$1.counts"
}

# Beside each other, because much of each is no work for two cores.
for system in "${systems[@]}"; do
  use_on "$system" >"$all/$system.said" 2>&1 &
done
wait
for system in "${systems[@]}"; do
  cat "$all/$system.said"
  read -r good bad off <"$all/$system.counts" || good=0 bad=1 off=0
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + off))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
