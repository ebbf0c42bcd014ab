#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/other_libc.sh
# Run the suite on Linux over another C library, musl, and over glibc of 32 bits,
# whose time has 32 or 64. There is no C++ for them, so tests/main.c runs it. Not
# a part of ci/test.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

home=$PWD/build/other_libc passed=0 failed=0 skipped=0
trap stop_programs EXIT
[ "$(uname -m)" = x86_64 ] || { echo 'skip: no x86_64' && exit; }
need linux
mkdir -p "$home"

readonly programs=(skt_tests skt_codes_tests skt_fake_tests)

build() {
  bounded 600 cmake -G Ninja -S . -B "$home/$1" -D CMAKE_C_COMPILER="$cc" \
    -D CMAKE_BUILD_TYPE=RelWithDebInfo -D CMAKE_C_FLAGS="${*:2}" \
    -D SKT_WERROR=ON -D SKT_TEST_RUNNER=c &&
    bounded 600 cmake --build "$home/$1" \
      -t "${programs[@]}" echo_server echo_client http_server
}

# add LOG: print what failed and was skipped there, and add the counts.
add() {
  local counts=()
  grep -a '^skip: \|failed: \|^  got \|^  want ' "$1" | sed 's/^/    /' || true
  read -r -a counts <<<"$(tail -n 1 "$1" | tr -dc '0-9 ')" || true
  if [ "${#counts[@]}" -ne 3 ]; then
    counts=(0 1 0)
    echo "the tests came to no end, see $1"
  fi
  passed=$((passed + counts[0])) failed=$((failed + counts[1]))
  skipped=$((skipped + counts[2]))
}

# run NAME FLAG...: build with these, and run.
run() {
  local program log
  say "testing: $1"
  quietly "$home/$1-build.log" build "$@"
  for program in "${programs[@]}"; do
    log=$home/$1-$program.log
    bounded 300 "$home/$1/tests/$program" >"$log" 2>&1 || true
    add "$log"
  done
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
