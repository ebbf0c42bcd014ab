#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/cross.sh [PROCESSOR...]
# Build library, examples and tests for other processors on Linux, by Debian's
# cross compilers: 32 and 64 bits, both orders of bytes, processors without
# atomic steps of 16 bits. They are linked statically, without libatomic. The
# program of the consumers runs under qemu, and so do the tests of tables and
# faults. What cannot be had is skipped. Installs what is missing. Not a part of
# ci/test.sh.
#
# Exit code: 0 all passed, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly home=$PWD/build/cross
readonly known=(riscv64 aarch64 armhf s390x ppc64el mips64el)
passed=0 failed=0 skipped=0
trap stop_programs EXIT

# choose PROCESSOR: set the compiler's prefix, its package and the emulator.
choose() {
  case $1 in
    riscv64 | aarch64 | s390x) prefix=$1-linux-gnu emulator=qemu-$1 ;;
    armhf) prefix=arm-linux-gnueabihf emulator=qemu-arm ;;
    ppc64el) prefix=powerpc64le-linux-gnu emulator=qemu-ppc64le ;;
    mips64el) prefix=mips64el-linux-gnuabi64 emulator=qemu-mips64el ;;
    *)
      echo "usage: ci/run/cross.sh [${known[*]}]" >&2
      exit 2
      ;;
  esac
}

build() {
  bounded 120 cmake -G Ninja -S . -B "$home/$1" -D CMAKE_SYSTEM_NAME=Linux \
    -D CMAKE_SYSTEM_PROCESSOR="$1" -D CMAKE_C_COMPILER="$prefix-gcc" \
    -D CMAKE_BUILD_TYPE=Release -D CMAKE_EXE_LINKER_FLAGS=-static \
    -D SKT_WERROR=ON -D SKT_TEST_RUNNER=c &&
    bounded 600 cmake --build "$home/$1" -j2 -t echo_server \
      -t skt_codes_tests -t skt_fake_tests &&
    "$prefix-gcc" -static -Iinclude tests/consumers/program.c \
      "$home/$1/libskt.a" -o "$home/$1/program"
}

# result TEXT COMMAND...: run it, print a line, and what it said on failure.
result() {
  if "${@:2}" >"$home/said" 2>&1; then
    passed=$((passed + 1))
    printf '%-60s ok\n' "$1"
  else
    failed=$((failed + 1))
    printf '%-60s FAILED\n' "$1"
    tail -n 20 "$home/said"
  fi
}

says_ok() { bounded 60 "$@" | grep -qx ok; }

for_processor() {
  local name
  result "$1: builds, and links without libatomic" build "$1"
  if ! command -v "$emulator" >/dev/null; then
    echo "skip: $1 does not run here, there is no $emulator"
    skipped=$((skipped + 1))
    return
  fi
  result "$1: a client meets a server" says_ok "$emulator" "$home/$1/program"
  for name in codes fake; do
    result "$1: skt_${name}_tests" bounded 120 "$emulator" \
      "$home/$1/tests/skt_${name}_tests"
  done
}

processors=("$@")
[ $# -gt 0 ] || processors=("${known[@]}")
for processor in "${processors[@]}"; do choose "$processor"; done
need linux
mkdir -p "$home"
(need qemu) || echo 'no qemu-user: nothing is run'
for processor in "${processors[@]}"; do
  choose "$processor"
  say "testing: $processor"
  if (need "cross_$prefix"); then
    for_processor "$processor"
  else
    echo "skip: no cross compiler for $processor"
    skipped=$((skipped + 1))
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
