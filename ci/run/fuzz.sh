#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/fuzz.sh [RUNS [TARGET]]
# Fuzz the grammar of texts, and the readers of control data and of the bytes of
# a hand-over by libFuzzer, under the address and the undefined behaviour sanitizers; ten million inputs of each
# TARGET unless told otherwise. Installs what is missing. An input that fails is
# left in build/fuzz.
#
# Exit code: 0 no input fails.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly runs=${1:-10000000} only=${2:-} out=$PWD/build/fuzz
trap stop_programs EXIT
need linux
need clang
mkdir -p "$out/corpus" "$out/corpus_control" "$out/corpus_frame"
printf '%s' 'example.org:443' >"$out/corpus/name"
printf '%s' '127.0.0.1:80' >"$out/corpus/v4"
printf '%s' '[fe80::1%lo]:80' >"$out/corpus/v6"
printf '%s' 'unix:/run/x.sock' >"$out/corpus/unix"
printf 'skt\1\21\4\0\0\1\0\1\0\377\377\377\377\377\377\377\377' \
  >"$out/corpus_frame/stream"
quietly "$out/two_files.log" cmake -P src/package/two_files.cmake "$out"
passed=0
failed=0

# fuzz TARGET LENGTH CORPUS [SOURCE]: inputs of up to LENGTH bytes.
fuzz() {
  if [[ -n $only && $only != "$1" ]]; then
    return
  fi
  quietly "$out/build.log" clang -std=c11 -g -O2 -I"$out" \
    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
    "tests/fuzz/$1.c" "${@:4}" -o "$out/$1" -pthread
  if bounded 3000 "$out/$1" -runs="$runs" -max_len="$2" \
    -dict="tests/fuzz/$1.dict" -artifact_prefix="$out/" -verbosity=0 \
    -print_final_stats=1 "$3" >"$out/$1.log" 2>&1; then
    sed -n "s/stat::number_of_executed_units: */ok   $1: inputs: /p
      s/stat::average_exec_per_sec: */     a second: /p" "$out/$1.log"
    passed=$((passed + 1))
  else
    tail -n 40 "$out/$1.log"
    echo "FAIL $1"
    failed=$((failed + 1))
  fi
}

fuzz text 400 "$out/corpus" "$out/skt.c"
fuzz control 256 "$out/corpus_control" # it has skt.c in it
fuzz frame 20 "$out/corpus_frame"      # it too
echo "$passed passed, $failed failed, 0 skipped"
[[ $failed == 0 ]]
