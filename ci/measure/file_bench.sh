#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/measure/file_bench.sh [ROUNDS]
# The CPU that a sender of 1 GiB uses over loopback: skt_send_file as a multiple
# of plain sendfile and of a loop of pread and send, each in the same round. The
# median of ROUNDS (second least-second most), 15 if absent. No time is judged,
# only ratios. A row over its goal is "within noise" if a quarter of the rounds
# are not, else a MISS, and over 1.5 times its goal a FAIL. Exit code: 1 if a row
# fails.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

rounds=${1:-15}
case $rounds in
  *[!0-9]* | '' | [0-5])
    echo 'usage: ci/measure/file_bench.sh [ROUNDS], 6 or more' >&2
    exit 2
    ;;
esac
need linux
build_preset bench
times=build/bench-file-times.txt
bounded 600 build/bench/bench/file_times "$rounds" >"$times"

say 'CPU of sending 1 GiB: median (second least-second most)'
awk -v rounds="$rounds" '
  function line(what, a, b, goal,   r, k, t, some, m, word) {
    for (r = 0; r < rounds; ++r) {
      t = ns[a, r] / ns[b, r]
      for (k = r; k > 0 && some[k] > t; --k) some[k + 1] = some[k]
      some[k + 1] = t
    }
    m = rounds % 2 ? some[(rounds + 1) / 2] : (some[rounds / 2] + some[rounds / 2 + 1]) / 2
    if (m <= goal) word = "ok"
    else if (some[int(rounds / 4) + 1] <= goal) word = "within noise"
    else word = m > 1.5 * goal ? "FAIL" : "MISS"
    failed += word == "FAIL"
    printf "    %-46s %5.3f (%.3f-%.3f)  goal %-5s %s\n", what, m, some[2],
      some[rounds - 1], goal, word
  }
  { ns[$2, $3] = $4 }
  END {
    line("skt_send_file, x sendfile", "skt", "sendfile", 1.05)
    line("skt_send_file, x pread and send of 16 KiB", "skt", "copy", 0.6)
    line("skt_send_file, x pread and send of 64 KiB", "skt", "large", 0.6)
    line("sendfile, x pread and send of 64 KiB", "sendfile", "large", 0.6)
    exit failed > 0
  }' "$times"
