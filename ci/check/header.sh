#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/check/header.sh
# Compile skt.h, what programs write with it, and the programs of README, guide
# and manual in every dialect that skt.h promises; skt.h before and after the
# systems' headers, and for systems that are not at hand; then the Windows
# backend for every processor, and as Microsoft's dialect as far as clang can
# tell. Nothing is run. Installs what is missing.
#
# Exit code: 0 all passed, 1 something failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly out=$PWD/build/header mingw=/usr/share/mingw-w64/include
readonly strict=(-D_DEFAULT_SOURCE -Wall -Wextra -Wpedantic -Wconversion
  -Wsign-conversion -Wshadow -Werror)
passed=0 failed=0 skipped=0

# begin TEXT, compiles NAME COMMAND..., end: a group of compilations, of which
# one line tells. They run beside each other, one for each core.
cores=$(nproc)
begin() { group=$1 group_all=0; }
compiles() {
  group_all=$((group_all + 1))
  [ "$(jobs -pr | wc -l)" -lt "$cores" ] || wait -n || true
  said "$@" &
}
said() {
  local file=$out/said/$BASHPID
  if { echo "$1: ${*:2}" && "${@:2}"; } >"$file" 2>&1; then rm "$file"; fi
}
end() {
  local word=ok bad
  wait
  bad=$(find "$out/said" -type f | wc -l)
  [ "$group_all" -gt 0 ] || bad=1
  [ "$bad" -eq 0 ] || word=FAILED
  find "$out/said" -type f -exec head -q -n 20 {} +
  rm -rf "$out/said"
  mkdir "$out/said"
  printf '%-60s %3d compiled %3d failed  %s\n' "$group" \
    $((group_all - bad)) "$bad" $word
  passed=$((passed + group_all - bad)) failed=$((failed + bad))
}

# translate NAME LINE...: a file in C, and the same one in C++.
translate() {
  printf '%s\n' "${@:2}" 'int use(void);' \
    'int use(void) { skt s = {0}; return skt_close(&s); }' >"$out/$1.c"
  sed 's/= {0}/= skt()/' "$out/$1.c" >"$out/$1.cc"
}

# Each program of README, guide and manual is C and C++.
write_programs() {
  local name
  awk '/^```c$/ { on = 1; next } /^```$/ { if (on) exit } on' README.md \
    >"$out/readme.c"
  for name in $(sed -n 's/^<!-- program: \(.*\) -->$/\1/p' docs/guide.md); do
    awk -v mark="<!-- program: $name -->" '
      $0 == mark { found = 1; next }
      found && /^```c$/ { inside = 1; next }
      inside && /^```$/ { exit }
      inside' docs/guide.md >"$out/guide_$name.c"
    programs+=("guide_$name")
  done
  {
    printf '%s\n' '#include <skt.h>' '#include <stdio.h>' \
      'int serve_one(void);' 'int say_hello(void);'
    sed -n '/^ [*]   int serve_one/,/^ [*] [^ ]/s/^ [*]   //p' include/skt.h
  } >"$out/manual.c"
  cp tests/header_uses.c "$out/uses.c"
  {
    echo '#define SKT_INLINE'
    cat tests/header_uses.c
    echo 'ptrdiff_t say(skt *s);'
    echo 'ptrdiff_t say(skt *s) { return skt_write(s, "hello", 5); }'
  } >"$out/inlined.c"
  for name in uses inlined "${programs[@]}"; do
    [ -s "$out/$name.c" ] || die "$name: there is no such program"
    cp "$out/$name.c" "$out/$name.cc"
  done
}

write_files() {
  translate alone '#include <skt.h>'
  translate before_posix '#include <skt.h>' '#include <sys/socket.h>' \
    '#include <netinet/in.h>' '#include <poll.h>'
  translate after_posix '#include <sys/socket.h>' '#include <netinet/in.h>' \
    '#include <poll.h>' '#include <skt.h>'
  translate before_windows '#include <skt.h>' '#include <windows.h>'
  translate after_windows '#include <windows.h>' '#include <skt.h>'
  translate before_winsock '#include <skt.h>' '#include <winsock2.h>' \
    '#include <ws2tcpip.h>'
  translate after_winsock '#include <winsock2.h>' '#include <ws2tcpip.h>' \
    '#include <skt.h>'
}

programs=(readme manual)

# newest NAME: the newest of the compilers NAME-12, NAME-19 and so on.
newest() { compgen -c "$1-" | grep -x "$1-[0-9]*" | sort -t- -k2n | tail -n 1; }

# known COMPILER LANGUAGE STD...: those that the compiler knows.
known() {
  local std
  for std in "${@:3}"; do
    ! "$1" "-std=$std" -x "$2" -fsyntax-only /dev/null 2>/dev/null ||
      printf '%s ' "$std"
  done
}

# standards C-COMPILER C++-COMPILER: c and cxx become what they know.
standards() {
  read -r -a c <<<"$(known "$1" c c99 c11 c17 c2x c2y)"
  read -r -a cxx <<<"$(known "$2" c++ c++11 c++14 c++17 c++20 c++2b c++2c)"
}

# oldest_and_newest: leave these two of each language. What lies between is seen
# by skt.h alone and by tests/header_uses.c, which uses all of it.
oldest_and_newest() {
  c=("${c[0]}" "${c[-1]}") cxx=("${cxx[0]}" "${cxx[-1]}")
}

# dialects C-COMPILER C++-COMPILER FILE...: in each of the standards.
dialects() {
  local std file
  for file in "${@:3}"; do
    for std in "${c[@]}"; do
      compiles "$file.c, $std" "$1" "-std=$std" "${strict[@]}" \
        -Wenum-conversion -Iinclude -fsyntax-only "$out/$file.c"
    done
    for std in "${cxx[@]}"; do
      compiles "$file.cc, $std" "$2" "-std=$std" "${strict[@]}" \
        -Wenum-compare -Iinclude -fsyntax-only "$out/$file.cc"
    done
  done
}

on_posix() {
  standards "$1" "$2"
  begin "$1, ${c[0]} to ${c[-1]}, ${cxx[0]} to ${cxx[-1]}"
  dialects "$1" "$2" alone uses inlined
  end
  oldest_and_newest
  begin "$1, oldest, newest: sockets; README, guide, manual"
  dialects "$1" "$2" before_posix after_posix "${programs[@]}"
  end
}

on_mingw() {
  standards "$2" "$3"
  begin "$1, ${c[0]} to ${c[-1]}, ${cxx[0]} to ${cxx[-1]}"
  dialects "$2" "$3" uses inlined alone
  end
  oldest_and_newest
  begin "$1, oldest, newest: <windows.h> and <winsock2.h>"
  dialects "$2" "$3" before_windows after_windows before_winsock after_winsock
  end
}

# The newest standards are those of newer compilers.
on_newest() {
  local clang
  if ! (need new_clang); then
    echo 'skip: no clang from Debian that knows C++26'
    skipped=$((skipped + 1))
    return
  fi
  clang=$(newest clang)
  on_posix "$clang" "${clang/clang/clang++}"
}

# cl ARGUMENT...: clang as Microsoft's compiler.
cl() {
  clang --driver-mode=cl /W4 /WX -Xclang -fsyntax-only "$@"
}

as_msvc() {
  local target std
  begin 'Microsoft dialect at /W4, x64, x86 and arm64'
  for target in x86_64 i686 aarch64; do
    for std in c11 c17; do
      compiles "$target, $std" cl --target=$target-pc-windows-msvc "/std:$std" \
        -Xclang -ffreestanding -Iinclude /c -- "$out"/{alone,uses}.c
    done
    for std in c++14 c++17 c++20; do
      compiles "$target, $std" cl --target=$target-pc-windows-msvc "/std:$std" \
        -Xclang -ffreestanding -Iinclude /c -- "$out"/{alone,uses}.cc
    done
  done
  end
}

# Only <stddef.h>, <stdint.h> and <stdbool.h> are needed, which clang has.
elsewhere() {
  local target
  begin 'macOS, the BSDs, Solaris, AIX, 32 bits, big endian'
  for target in x86_64-apple-darwin arm64-apple-darwin x86_64-unknown-freebsd \
    aarch64-unknown-freebsd x86_64-unknown-openbsd x86_64-unknown-netbsd \
    sparcv9-sun-solaris x86_64-pc-solaris powerpc64-ibm-aix powerpc-ibm-aix \
    i686-linux-gnu s390x-linux-gnu m68k-linux-gnu; do
    compiles "$target" clang "--target=$target" -ffreestanding -fsyntax-only \
      -std=c99 "${strict[@]}" -Iinclude "$out/alone.c"
    compiles "$target" clang++ "--target=$target" -nostdinc++ -ffreestanding \
      -fsyntax-only -std=c++11 "${strict[@]}" -Iinclude "$out/alone.cc"
  done
  end
}

# The library as one file; its own files are compiled one by one by the presets.
write_skt_c() {
  quietly "$out/two_files.log" cmake -P src/package/two_files.cmake "$out/two_files"
}

# With MinGW's headers, down to object files.
on_processors() {
  local processor
  begin 'Windows backend, x64, x86 and arm64, clang'
  for processor in x86_64 i686 aarch64; do
    compiles "$processor" clang "--target=$processor-w64-mingw32" \
      -isystem "$mingw" -std=c11 "${strict[@]}" -Wvla -O1 -c \
      "$out/two_files/skt.c" -o "$out/$processor.o"
  done
  end
}

# Microsoft's dialect over MinGW's headers, of which clang then must not see what
# is made for gcc: intrinsics, and attributes behind a declaration.
sources_as_msvc() {
  local file guard guards=()
  printf '%s\n' '#include <_mingw.h>' '#undef __MINGW_ATTRIB_NORETURN' \
    '#define __MINGW_ATTRIB_NORETURN' '#undef __MINGW_ATTRIB_DEPRECATED' \
    '#define __MINGW_ATTRIB_DEPRECATED' >"$out/first.h"
  for guard in X86 IMM EMM XMM MM; do guards+=("-D__${guard}INTRIN_H"); done
  begin 'Microsoft dialect at /W4, without extensions: all sources'
  for file in "$out/two_files/skt.c" examples/*.c examples/moving/*.c tests/*.c \
    tests/win32/*.c; do
    case $file in examples/spawn_posix.c | examples/activated.c) continue ;; esac # POSIX alone
    compiles "$file" cl --target=x86_64-pc-windows-msvc /std:c11 -Wpedantic \
      -Wgnu -Wvla -Wno-language-extension-token -imsvc "$mingw" \
      '-DSKT_TEST_LIST="codes_list.h"' '-DSKT_TEST_HEADER=""' "${guards[@]}" \
      /FI "$out/first.h" -Iinclude -Isrc -Itests /c -- "$file"
  done
  end
}

# What headers of other systems make of the backend. other_header FILE LINE...:
# one that has only these lines.
other_header() {
  mkdir -p "$out/others/$(dirname "$1")"
  printf '%s\n' "${@:2}" >"$out/others/$1"
}

# preprocessed FILE ARGUMENT...: with those in place of this system's.
preprocessed() {
  clang -E -nostdlibinc -isystem "$out/others" -Iinclude "${@:2}" "$1"
}

# macOS: its newer headers have MSG_NOSIGNAL, its older kernels only the option.
sigpipe_is_off() {
  preprocessed src/posix/os.h --target=arm64-apple-darwin -dM |
    grep -w SKT__NOSIGPIPE_BY_OPTION
}

# Solaris: FIONBIO has a header of its own.
fionbio_is_found() {
  preprocessed src/posix/mode.c --target=x86_64-pc-solaris |
    grep 'ioctl(s, 0x1234,'
}

over_other_headers() {
  local header
  for header in string arpa/inet netinet/in netinet/tcp sys/un sys/time \
    sys/ioctl unistd fcntl; do
    other_header $header.h
  done
  other_header sys/socket.h '#define MSG_NOSIGNAL 0x80000' \
    '#define SO_NOSIGPIPE 0x1022'
  other_header sys/filio.h '#define FIONBIO 0x1234'
  begin 'the backend over headers of macOS and Solaris'
  compiles 'macOS, MSG_NOSIGNAL and SO_NOSIGPIPE' sigpipe_is_off
  compiles 'Solaris, FIONBIO' fionbio_is_found
  end
}

# ends FILE: gcc 15 warns of an array that its string fills without the zero.
# Older ones do so for the sake of C++, among other things.
ends() {
  ! gcc -std=c11 -D_GNU_SOURCE -DSKT__FAKE -DSKT_TEST_HEADER='""' \
    -DSKT_TEST_LIST='"codes_list.h"' -Iinclude -Isrc -Wc++-compat \
    -fsyntax-only "$1" 2>&1 | grep -A2 'is too long for C++'
}

strings_end() {
  local file
  begin 'no string fills an array without its end'
  for file in "$out/two_files/skt.c" examples/*.c tests/*.c tests/posix/*.c; do
    compiles "$file" ends "$file"
  done
  end
}

need linux
need clang
rm -rf "$out"
mkdir -p "$out/said"
write_files
write_programs
on_posix gcc g++
on_posix clang clang++
on_newest
on_mingw MinGW x86_64-w64-mingw32-gcc-posix x86_64-w64-mingw32-g++-posix
as_msvc
elsewhere
write_skt_c
on_processors
sources_as_msvc
over_other_headers
strings_end

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
