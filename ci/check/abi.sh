#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/check/abi.sh [renew]
# Compare the binary interface of libskt.so with the one that abi.sh keeps: it
# may be added to, but nothing in it may be changed or removed. `renew` keeps the
# interface as it is now: after a release, so that what is new is kept too, and
# together with another minor version, which alone may break it.
#
# Exit code: 0 kept or renewed, 1 changed, 2 wrong arguments, 77 this machine is
# of another kind than the one whose interface is kept.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly kept=ci/check/abi/x86_64-linux.abi constants=ci/check/abi/constants.txt
if [ $# -gt 1 ] || [ "${1:-renew}" != renew ]; then
  echo 'usage: ci/check/abi.sh [renew]' >&2
  exit 2
fi
need linux
need consumers
if [ "$(gcc -dumpmachine)" != x86_64-linux-gnu ]; then
  echo "$kept is of x86_64-linux-gnu, gcc here is for $(gcc -dumpmachine)"
  exit 77
fi

build() {
  bounded 120 cmake -S . -B build/abi -G Ninja -DCMAKE_C_COMPILER=gcc \
    -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_C_FLAGS=-ffile-prefix-map=$PWD/=" \
    -DBUILD_SHARED_LIBS=ON -DSKT_TESTS=OFF -DSKT_EXAMPLES=OFF -DSKT_UNITY=ON
  bounded 300 cmake --build build/abi -j2
}

describe() {
  abidw --headers-dir include --drop-private-types --drop-undefined-syms \
    --no-corpus-path --no-comp-dir-path --no-show-locs --no-parameter-names \
    --out-file "$1" build/abi/libskt.so
}

# The numbers that a program is compiled with, which libskt.so does not tell.
list_constants() {
  gcc -E -P include/skt.h | tr '\n' ' ' | grep -o 'enum {[^}]*}' |
    grep -o 'SKT_[A-Z0-9_]*' | sort -u >build/abi/names.txt
  {
    printf '#include <skt.h>\n#include <stdio.h>\nint main(void) {\n'
    sed 's/.*/printf("%s %d\\n", "&", (int)&);/' build/abi/names.txt
    echo 'return 0; }'
  } >build/abi/constants.c
  gcc -Iinclude build/abi/constants.c -o build/abi/constants
  build/abi/constants | sort
}

quietly build/abi.log build
list_constants >build/abi/constants.txt
if [ "${1:-}" = renew ]; then
  mkdir -p ci/check/abi
  describe $kept
  cp build/abi/constants.txt $constants
  say "kept in ci/check/abi: the interface of $(grep -c "<elf-symbol " $kept) \
functions and $(wc -l <$constants) constants"
  exit
fi

changed=0
comm -23 <(sort $constants) build/abi/constants.txt >build/abi/gone.txt
if [ -s build/abi/gone.txt ]; then
  changed=1
  sed 's/^/changed or removed: /' build/abi/gone.txt
fi
abidiff --no-added-syms $kept build/abi/libskt.so ||
  changed=1
if [ $changed -ne 0 ]; then
  die 'programs built with skt of this minor version would break. Take the' \
    'change back, or raise the minor version and run: ci/check/abi.sh renew'
fi
say "the interface that ci/check/abi keeps is there: $(grep -c "<elf-symbol " $kept) \
functions, $(wc -l <$constants) constants"
