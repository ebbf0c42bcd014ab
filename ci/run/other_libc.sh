#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/other_libc.sh
# Run the suite on Linux over another C library, musl, and over glibc of 32 bits,
# whose time has 32 or 64. Not a part of ci/test.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

home=$PWD/build/other_libc passed=0 failed=0 skipped=0
trap stop_programs EXIT
[ "$(uname -m)" = x86_64 ] || { echo 'skip: no x86_64' && exit; }
need linux
mkdir -p "$home"
read -r -a suite <<<"$(sed -n '/^set(suite/,/)/{s/^set(suite\|test_list.h\|)//g
  s/[$]{native_call}/posix\/native_call.c/;p}' tests/CMakeLists.txt | tr '\n' ' ')"

# build NAME FLAG...: the library, the examples, and the suite without C++.
build() {
  local at=$home/$1 flags=("${@:2}")
  bounded 600 cmake -G Ninja -S . -B "$at" -D CMAKE_C_COMPILER="$cc" \
    -D CMAKE_BUILD_TYPE=RelWithDebInfo -D CMAKE_C_FLAGS="${flags[*]}" \
    -D SKT_WERROR=ON -D SKT_TESTS=OFF &&
    bounded 600 cmake --build "$at" -t skt echo_server echo_client http_server &&
    (cd tests && bounded 600 "$cc" "${flags[@]}" -std=c11 -O2 \
      -D_DEFAULT_SOURCE -I../include ../ci/run/other_libc/run.c "${suite[@]}" \
      "$at/libskt.a" -lpthread -o "$at/suite")
}

# run NAME FLAG...: build with these, run, and add up.
run() {
  local counts=() log=$home/$1.log
  say "testing: $1"
  quietly "$home/$1-build.log" build "$@"
  bounded 300 "$home/$1/suite" >"$log" 2>&1 || true
  grep -a '^skip: \|^got \|^failed: ' "$log" | sed 's/^/    /' || true
  read -r -a counts <<<"$(tail -n 1 "$log" | tr -dc '0-9 ')" || true
  if [ "${#counts[@]}" -ne 3 ]; then
    counts=(0 1 0)
    echo "the tests came to no end, see $log"
  fi
  passed=$((passed + counts[0])) failed=$((failed + counts[1]))
  skipped=$((skipped + counts[2]))
}

need musl
cc=musl-gcc
run musl -static
if (need i386); then
  cc=gcc
  run i386 -m32 -isystem /usr/include/x86_64-linux-gnu
  run i386-time64 -m32 -isystem /usr/include/x86_64-linux-gnu \
    -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64
else
  echo 'skip: no compiler for 32 bits can be installed beside what there is'
  skipped=$((skipped + 1))
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
