#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/measure/bench.sh [ROUNDS]
# Time the echo loop over skt_poller beside plain epoll and other libraries: CPU
# of the server for each request, as a multiple of plain epoll's in the same
# round, the median of ROUNDS, 9 if absent, of about 20 seconds each. Server and
# clients share one processor, another loop comes first in each round. "rawb" is
# plain epoll once more: how far it is from 1.00 is the noise, and a column in
# which that is over 0.02 does not count. Exit code: 1 if skt is over 1.15 in a
# column that counts.
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
loops=(raw skt rawb)
if (need loops); then
  loops+=(libuv libevent libev asio)
fi
build_preset bench
bin=build/bench/bench
for loop in "${loops[@]:3}"; do
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

# An address for each run: the last one's connections are not forgotten yet.
runs=0
measure() { # LOOP CONNECTIONS ACTIVE REQUESTS: nanoseconds of CPU a request
  local program=$bin/loop_$1 address ends port server
  case $1 in
    raw | rawb) program=$bin/loop_plain ;;
    skt) program=$bin/loop_with_skt ;;
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
  for column in "${columns[@]}"; do
    read -r connections active requests <<<"$column"
    for ((i = 0; i < ${#loops[@]}; ++i)); do
      loop=${loops[(i + round) % ${#loops[@]}]}
      measure "$loop" "$connections" "$active" "$requests"
      echo "$connections/$active $loop $round $ns" >>"$times"
    done
  done
done

say 'CPU of the server for each request, x plain epoll (connections/active)'
awk '
  function median(all, n,   i, k, t) {
    for (i = 2; i <= n; ++i) {
      t = all[i]
      for (k = i - 1; k > 0 && all[k] > t; --k) all[k + 1] = all[k]
      all[k + 1] = t
    }
    return n % 2 ? all[(n + 1) / 2] : (all[n / 2] + all[n / 2 + 1]) / 2
  }
  function ratio(column, loop, over,   r, some) { # over: a loop in this column
    for (r = 0; r < rounds; ++r) some[r + 1] = ns[column, loop, r] / ns[column, over, r]
    return median(some, rounds)
  }
  { if (!($1 in seen_column)) { seen_column[$1] = 1; column[++columns] = $1 }
    if (!($2 in seen_loop)) { seen_loop[$2] = 1; loop[++loops] = $2 }
    ns[$1, $2, $3] = $4; if ($3 >= rounds) rounds = $3 + 1 }
  END {
    printf "    %-9s", "loop"
    for (c = 1; c <= columns; ++c) printf "%11s", column[c]
    print ""
    for (l = 1; l <= loops; ++l) {
      printf "    %-9s", loop[l]
      for (c = 1; c <= columns; ++c) printf "%11.2f", ratio(column[c], loop[l], "raw")
      print ""
    }
    for (c = 1; c <= columns; ++c) {
      skt = ratio(column[c], "skt", "raw"); rawb = ratio(column[c], "rawb", "raw")
      if (rawb < 0.98 || rawb > 1.02) { lost++; continue }
      counted++
      if (skt > 1.15) { failed++; print "FAIL " column[c] ": over 1.15 x plain epoll" }
      else if (skt > 1.03) { missed++; print "MISS " column[c] ": over 1.03 x plain epoll" }
    }
    if ("10000/1" in seen_column) {
      for (r = 0; r < rounds; ++r) {
        idle[r + 1] = ns["10000/1", "skt", r] / ns["1/1", "skt", r]
        plain[r + 1] = ns["10000/1", "raw", r] / ns["1/1", "raw", r]
      }
      printf "    10000 idle over 1 idle: skt %.2f, plain epoll %.2f\n", median(idle, rounds), median(plain, rounds)
    }
    printf "bench: %d columns count, %d do not for the noise; %d missed, %d failed\n", counted, lost, missed, failed
    exit failed > 0
  }' "$times"
