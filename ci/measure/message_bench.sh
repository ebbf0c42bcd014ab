#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/measure/message_bench.sh [ROUNDS]
# Time 64 datagrams at once over skt, over plain calls that were written by hand
# for the same (sendmmsg, recvmmsg, UDP_SEGMENT, UDP_GRO), and one by one
# (sendto, recvfrom). CPU for each datagram as a multiple of single calls' in
# the same round, and of the other's by hand: the median of ROUNDS (second least,
# second most), 15 if absent. No time is judged, only ratios. A row over its goal
# is "within noise" if too few rounds are over it to exclude chance (a sign test,
# 1 in 40), else a MISS, and over twice its goal a FAIL. Exit code: 1 if a row
# fails.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

rounds=${1:-15}
case $rounds in
  *[!0-9]* | '' | [0-5])
    echo 'usage: ci/measure/message_bench.sh [ROUNDS], 6 or more' >&2
    exit 2
    ;;
esac
need linux
build_preset bench
times=build/bench-message-times.txt
cpu=$(taskset -c -p $$ | sed 's/.*[^0-9]//')
bounded 600 taskset -c "$cpu" build/bench/bench/message_times "$rounds" >"$times"

say 'CPU for each datagram of 64: median (second least-second most)'
awk -v rounds="$rounds" '
  # ratios A B: fills some[1..rounds], in order; returns the median.
  function ratios(a, b,   r, k, t) {
    for (r = 0; r < rounds; ++r) {
      t = ns[a, r] / ns[b, r]
      for (k = r; k > 0 && some[k] > t; --k) some[k + 1] = some[k]
      some[k + 1] = t
    }
    return rounds % 2 ? some[(rounds + 1) / 2] : (some[rounds / 2] + some[rounds / 2 + 1]) / 2
  }
  function surely(   k, p, sum) {
    p = 1 / 2 ^ rounds
    for (k = 0; sum + p <= 0.025; ++k) { sum += p; p *= (rounds - k) / (k + 1) }
    return k > 0 ? some[k] : 0
  }
  function verdict(median, goal,   low) {
    low = surely()
    if (median <= goal) { good++; return "ok" }
    if (low <= goal) { lost++; return "within noise" }
    if (median > 2 * goal) { failed++; return "FAIL" }
    missed++
    return "MISS"
  }
  function line(what, row, other, goal,   m) {
    m = ratios(row " skt", row " " other)
    printf "    %-46s %5.3f (%.3f-%.3f)  goal %-5s %s\n", what, m, some[2],
      some[rounds - 1], goal, verdict(m, goal)
  }
  { ns[$1 " " $2, $3] = $4 }
  END {
    line("sent to a plain receiver, x sendto", "send", "plain", 0.25)
    line("sent to a receiver of trains, x sendto", "send-to-trains", "plain", 0.05)
    line("sent without trains, x sendto", "send-no-trains", "plain", 1.03)
    line("received in trains, x recvfrom", "receive-trains", "plain", 0.15)
    line("received in trains as they are, x recvfrom", "receive-whole", "plain", 0.15)
    line("received without trains, x recvfrom", "receive-no-trains", "plain", 1.03)
    line("sent to a plain receiver, x by hand", "send", "by-hand", 1.05)
    line("sent to a receiver of trains, x by hand", "send-to-trains", "by-hand", 1.05)
    line("sent without trains, x by hand", "send-no-trains", "by-hand", 1.05)
    line("received in trains, x by hand", "receive-trains", "by-hand", 1.05)
    line("received in trains as they are, x by hand", "receive-whole", "by-hand", 1.05)
    line("received without trains, x by hand", "receive-no-trains", "by-hand", 1.05)
    printf "message_bench: %d rounds, %d ok, %d within noise, %d missed, %d failed\n", rounds, good, lost, missed, failed
    exit failed > 0
  }' "$times"
