#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/measure/bench.sh [ROUNDS]
# Time skt beside plain calls: datagrams that are received with their sender's
# address, and the echo loop over skt_poller, this in every third round beside
# other libraries too. CPU of the program that is measured for each datagram or
# request, as a multiple of plain calls' in the same round: the median of ROUNDS
# (least, most), 9 if absent, of 10 to 20 seconds each. Server and clients share
# one processor, another program comes first in each round. "rawb" is the plain
# program once more: what it differs from 1.00 is the noise. "inline" is skt with
# SKT_INLINE.
#
# The goal of skt is 1.03. A row over it is "within noise" if rawb's median is
# as far off, or if too few rounds are over it to exclude chance (a sign test, 1
# in 40), and else a MISS; over 1.15 a FAIL. No time is judged, only ratios. Exit
# code: 1 if a row fails.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

rounds=${1:-9}
case $rounds in
  *[!0-9]* | 0 | '')
    echo 'usage: ci/measure/bench.sh [ROUNDS]' >&2
    exit 2
    ;;
esac
trap stop_programs EXIT

need linux
loops=(raw skt rawb inline)
if (need loops); then
  loops+=(libuv libevent libev asio)
fi
build_preset bench
bin=build/bench/bench
for loop in "${loops[@]:4}"; do
  say "building: loop_$loop"
  case $loop in
    asio) build=(g++ -std=c++14 bench/loop_asio.cc -pthread) ;;
    *) build=(gcc -std=c11 "bench/loop_$loop.c" "-l${loop/#lib/}") ;;
  esac
  case $loop in libevent) build[3]=-levent ;; esac
  quietly "build/loop_$loop.log" "${build[0]}" -O2 -g -Wall -Wextra -o "$bin/loop_$loop" \
    "${build[@]:1}"
done

# Connections, how many of them are active, and requests of each.
columns=('1 1 15000' '100 1 15000' '1000 1 15000' '10000 1 15000'
  '100 100 300' '1000 1000 30' '10000 100 300')
if ! ulimit -n 10100 2>/dev/null; then
  say "no columns with 10000 connections, only $(ulimit -Hn) descriptors are allowed"
  columns=('1 1 15000' '100 1 15000' '1000 1 15000' '100 100 300' '1000 1000 30')
fi
cpu=$(taskset -c -p $$ | sed 's/.*[^0-9]//')
times=build/bench-times.txt

receive() { # LOOP: nanoseconds of CPU a datagram
  local program=$bin/alone_plain
  [ "$1" != skt ] || program=$bin/alone_with_skt
  ns=$(bounded 60 taskset -c "$cpu" "$program" times 1000)
}

# An address for each run: the last one's connections are not forgotten yet.
runs=0
measure() { # LOOP CONNECTIONS ACTIVE REQUESTS: nanoseconds of CPU a request
  local program=$bin/loop_$1 address ends port server
  case $1 in
    raw | rawb) program=$bin/loop_plain ;;
    skt) program=$bin/loop_with_skt ;;
    inline) program=$bin/loop_with_skt_inline ;;
  esac
  runs=$((runs + 1))
  address=127.0.$((1 + runs / 250)).$((1 + runs % 250))
  exec {ends}< <(bounded 60 taskset -c "$cpu" "$program" echo "$2" $address)
  read -r port server <&"$ends"
  bounded 60 taskset -c "$cpu" $bin/load echo "$4" "$2" "$3" $address "$port" "$server" \
    >build/bench-run.txt
  cat <&"$ends" # until it ends
  exec {ends}<&-
  read -r ns _ <build/bench-run.txt
}

: >"$times"
for ((round = 0; round < rounds; ++round)); do
  say "round $((round + 1)) of $rounds"
  n=${#loops[@]}
  ((round % 3 == 0)) || n=4 # without other libraries
  for ((i = 0; i < 3; ++i)); do
    loop=${loops[(i + round) % 3]}
    receive "$loop"
    echo "UDP-receive $loop $round $ns" >>"$times"
  done
  for column in "${columns[@]}"; do
    read -r connections active requests <<<"$column"
    for ((i = 0; i < n; ++i)); do
      loop=${loops[(i + round) % n]}
      measure "$loop" "$connections" "$active" "$requests"
      echo "echo-$connections/$active $loop $round $ns" >>"$times"
    done
  done
done

say 'CPU for each datagram or request, x plain calls: median (least-most)'
awk -v goal=1.03 -v limit=1.15 '
  # ratios ROW LOOP: fills some[1..count], in order; returns the median.
  function ratios(row, loop,   r, k, t) {
    count = 0
    for (r = 0; r < rounds; ++r) {
      if (!((row, loop, r) in ns)) continue
      t = ns[row, loop, r] / ns[row, "raw", r]
      for (k = count++; k > 0 && some[k] > t; --k) some[k + 1] = some[k]
      some[k + 1] = t
    }
    if (count == 0) return 0
    return count % 2 ? some[(count + 1) / 2] : (some[count / 2] + some[count / 2 + 1]) / 2
  }
  # The ratio that the median is above 39 of 40 times, if the rounds are
  # independent: by the sign test, for which six rounds are needed.
  function surely(   k, p, sum) {
    p = 1 / 2 ^ count
    for (k = 0; sum + p <= 0.025; ++k) { sum += p; p *= (count - k) / (k + 1) }
    return k > 0 ? some[k] : 0
  }
  function verdict(row,   skt, low, noise) {
    noise = ratios(row, "rawb") - 1
    if (noise < 0) noise = -noise
    skt = ratios(row, "skt")
    low = surely()
    if (skt <= goal) { good++; return "ok" }
    if (low <= goal || skt - goal <= noise) { lost++; return "within noise" }
    if (skt > limit) { failed++; return "FAIL" }
    missed++
    return "MISS"
  }
  { if (!($1 in seen_row)) { seen_row[$1] = 1; row[++rows] = $1 }
    if ($2 != "raw" && !($2 in seen_loop)) { seen_loop[$2] = 1; loop[++loops] = $2 }
    ns[$1, $2, $3] = $4; if ($3 >= rounds) rounds = $3 + 1 }
  END {
    printf "    %-16s", ""
    for (l = 1; l <= loops; ++l) printf loop[l] ~ /^(skt|rawb|inline)$/ ? "%-18s" : "%-9s", loop[l]
    print "goal " goal
    for (c = 1; c <= rows; ++c) {
      printf "    %-16s", row[c]
      for (l = 1; l <= loops; ++l) {
        m = ratios(row[c], loop[l])
        if (loop[l] !~ /^(skt|rawb|inline)$/) printf "%-9s", m == 0 ? "-" : sprintf("%.2f", m)
        else printf "%-18s", m == 0 ? "-" : sprintf("%.2f (%.2f-%.2f)", m, some[1], some[count])
      }
      print verdict(row[c])
    }
    idle = "echo-10000/1"; one = "echo-1/1"
    if (idle in seen_row) {
      for (r = 0; r < rounds; ++r) {
        ns["idle", "raw", r] = ns[one, "raw", r]; ns["idle", "plain", r] = ns[idle, "raw", r]
        ns["skt", "raw", r] = ns[one, "skt", r]; ns["skt", "skt", r] = ns[idle, "skt", r]
      }
      printf "    10000 idle over 1 idle: skt %.2f, plain epoll %.2f\n", ratios("skt", "skt"), ratios("idle", "plain")
    }
    printf "bench: %d rounds, %d ok, %d within noise, %d missed, %d failed\n", rounds, good, lost, missed, failed
    exit failed > 0
  }' "$times"
