#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/fuzz.sh [RUNS]
# Fuzz the grammar of texts by libFuzzer, under the address and the undefined
# behaviour sanitizers; ten million inputs unless told otherwise. Installs what
# is missing. An input that fails is left in build/fuzz.
#
# Exit code: 0 no input fails.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly runs=${1:-10000000} out=$PWD/build/fuzz
trap stop_programs EXIT
need linux
need clang
mkdir -p "$out/corpus"
printf '%s' 'example.org:443' >"$out/corpus/name"
printf '%s' '127.0.0.1:80' >"$out/corpus/v4"
printf '%s' '[fe80::1%lo]:80' >"$out/corpus/v6"
printf '%s' 'unix:/run/x.sock' >"$out/corpus/unix"
quietly "$out/two_files.log" cmake -P src/package/two_files.cmake "$out"
quietly "$out/build.log" clang -std=c11 -g -O2 -I"$out" \
  -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
  tests/fuzz/text.c "$out/skt.c" -o "$out/text" -pthread
if bounded 3000 "$out/text" -runs="$runs" -max_len=400 -dict=tests/fuzz/text.dict \
  -artifact_prefix="$out/" -verbosity=0 -print_final_stats=1 "$out/corpus" \
  >"$out/text.log" 2>&1; then
  sed -n 's/stat::number_of_executed_units: */ok   text: inputs: /p
    s/stat::average_exec_per_sec: */     a second: /p' "$out/text.log"
  echo '1 passed, 0 failed, 0 skipped'
else
  tail -n 40 "$out/text.log"
  echo 'FAIL text'
  echo '0 passed, 1 failed, 0 skipped'
  exit 1
fi
