#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/files.sh
# What takes too long for the suite: a file of 5 GiB, most of it a hole, sent and
# checked by its reader; one that is cut and one that grows while it is sent; and
# 40 rounds in which 50 processes start at once on a path whose socket is gone,
# with SKT_REPLACE_STALE. Needs no more room than a few MiB. Exit code: 0 all
# passed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly out=$PWD/build/files
mkdir -p "$out"
trap stop_programs EXIT
need linux
build_preset dev
quietly "$out/build.log" gcc -std=c11 -O2 -g -Wall -Wextra -Iinclude \
  ci/run/files/files.c build/dev/libskt.a -o "$out/files" -pthread
cd "$out"
bounded 600 ./files
