#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/measure/loop_costs.sh
# Count what skt_poller costs beside epoll: system calls, instructions, heap,
# memory, descriptors. Only counts, so the machine's speed and load do not
# matter. Prints a table. MISS is over the limit, but no worse than the best
# other library; it is held at the figure that stands last in its line.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/measure/counting.sh

need linux
if ! (need costs); then
  skip 'all costs of loops' 'strace, valgrind and others cannot be had'
  finish loop_costs
fi
build_preset bench
lto=build/bench-lto/bench
configure_and_build bench-lto >build/bench-lto.log 2>&1 || rm -rf "$lto"

# The server runs on one processor with its clients, and after them: so it finds
# all their requests when there are many, and has to wait when there is one.
cpu=$(taskset -c -p $$ | sed 's/.*[^0-9]//')

# counted TWIN WHAT N TOOL...: run it under the tool, with N requests by one
# client (idle, for each finds the server waiting) or by 100 at once (busy), or
# N short connections, each of one request; or what it does by itself.
counted() {
  local twin=$bin/$1 what=$2 n=$3 load=() ends port
  shift 3
  case $what in
    idle) what=1 load=(echo "$n" 1 1) ;;
    busy) what=100 load=(echo $((n / 100)) 100 100) ;;
    short) what=$n load=(short "$n") ;;
    *)
      bounded 60 "$@" "$twin" "$what" "$n" - >/dev/null
      return
      ;;
  esac
  exec {ends}< <(bounded 60 taskset -c "$cpu" chrt --idle 0 "$@" \
    "$twin" echo "$what" 127.0.0.1 && echo ended)
  read -r port _ <&"$ends"
  load+=(127.0.0.1 "$port")
  [ "${load[0]}" = short ] || load+=(0)
  bounded 60 taskset -c "$cpu" $bin/load "${load[@]}"
  [ "$(cat <&"$ends")" = ended ] # and so the server has ended well
}

# resource COLUMN TWIN CONNECTIONS: KiB of memory of its own (2) or descriptors
# (3) while they are all there.
resource() {
  local ends port server
  exec {ends}< <(bounded 60 "$bin/$2" echo "$3" 127.0.0.1)
  read -r port server <&"$ends"
  bounded 60 $bin/load echo 1 "$3" 1 127.0.0.1 "$port" "$server" | cut -d ' ' -f "$1"
  cat <&"$ends" >/dev/null # until the server has ended
}

say 'counting what loops cost'
printf '    %-46s %8s %8s\n' goal figure limit

calls() { per_operation system_calls loop_with_skt "$@"; }
traced 'system calls per request, idle' 3 calls idle 50
traced 'system calls per request, 100 active' 2.02 calls busy 5000
traced 'system calls per short connection' 9 calls short 50
# Threads that start and end make a call more now and then, of the 100 here.
traced 'system calls per two wakes of two threads' 4.1 calls wakes 50
traced 'system calls per ten wakes before one wait' 2 calls storms 50
traced 'system calls per 20 ms of waiting for nothing' 1 calls nothing 5

# An epoll that is asked for nothing tells of the error all the same.
if bounded 60 $bin/loop_plain nothing 1 - >/dev/null; then
  skip '  the socket has an error' 'this epoll does not tell of it'
fi

# instructions_over GOAL WHAT N LIMIT [BEST [DEBT]]: over those of plain calls.
instructions_over() {
  local plain limits=() more
  plain=$(per_operation instructions loop_plain "$2" "$3")
  for more in "${@:4}"; do limits+=("$(plus "$plain" "$more")"); done
  goal "$1 (plain $plain)" "$(per_operation instructions loop_with_skt "$2" "$3")" \
    "${limits[@]}"
}

# Compiled apart, as most libraries are, and optimised together with the program
# at link time. A short connection takes three waits here: for it, for its
# request, for its end.
if [ -x $lto/loop_with_skt ]; then
  bin=$lto
  instructions_over 'instructions, request, idle, LTO' idle 500 64 149
  instructions_over 'instructions, request, 100 active, LTO' busy 10000 35 88
  instructions_over 'instructions, short connection, LTO' short 200 197 1163 246
  bin=build/bench/bench
else
  skip 'instructions, LTO' 'no link-time optimisation, see build/bench-lto.log'
fi
instructions_over 'instructions, request, idle, apart' idle 500 94 149
instructions_over 'instructions, request, 100 active, apart' busy 10000 55 88 58
instructions_over 'instructions, short connection, apart' short 200 297 1163 370

for what in idle short wakes; do
  goal "heap allocations, $what" "$(per_operation allocations loop_with_skt $what 50)" 0
done

over_plain() { minus "$(resource "$1" loop_with_skt "$2")" "$(resource "$1" loop_plain "$2")"; }
if ulimit -n 10100 2>/dev/null; then
  goal 'KiB at 10000 connections over plain' "$(over_plain 2 10000)" 256 900
else
  skip 'KiB at 10000 connections over plain' "only $(ulimit -Hn) descriptors are allowed"
fi
goal 'descriptors of a poller over epoll' "$(over_plain 3 1)" 1
finish loop_costs
