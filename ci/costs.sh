#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/costs.sh
# Count what skt costs beside plain calls: system calls, instructions, heap,
# bytes. Only counts, so the machine's speed and load do not matter. Prints a
# table. MISS is over the limit, but no worse than the best other library. OVER
# is worse than that too: a debt, held at the figure that stands in its line.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

trap 'stop_programs; rm -rf "${tmp:-}"' EXIT
bin=build/bench/bench lto=build/bench-lto/bench inside=${SKT_COSTS_INSIDE:-}
passed=0 failed=0 skipped=0 missed=0 over=0

skip() { # GOAL REASON
  skipped=$((skipped + 1))
  printf '    %-46s %8s %8s  skip: %s\n' "$1" - - "$2"
}

finish() {
  echo "costs: $passed passed, $failed failed, $skipped skipped, $missed missed, $over over"
  [ "$failed" -eq 0 ]
  exit
}

# A network of our own, with an address that is not the loopback's.
enter_network() {
  local enter
  for enter in 'unshare -n' 'unshare -r -n'; do
    if $enter true 2>/dev/null; then
      SKT_COSTS_INSIDE=yes exec $enter "${BASH_SOURCE[0]}"
    fi
  done
}

if [ -z "$inside" ]; then
  need linux
  if ! (need costs); then
    skip 'all costs' 'strace, valgrind and others cannot be had'
    finish
  fi
  build_preset bench
  build_preset bench-small
  rm -rf "$lto"
  configure_and_build bench-lto >build/bench-lto.log 2>&1 || rm -rf "$lto"
  enter_network
elif ip link set lo up && ip address add 192.0.2.1/32 dev lo; then
  inside=network
fi
tmp=$(mktemp -d)

# counted TWIN WHAT N LATE_MS ADDRESS TOOL...: run it under the tool, against
# the other end.
counted() {
  local twin=$bin/$1 what=$2 n=$3 late=$4 address=$5 port ends
  shift 5
  case $what in
    first) bounded 60 "$@" "$twin" first 1 "$address" 0 ;;
    accepts)
      exec {ends}< <(bounded 60 "$@" "$twin" accepts "$n" "$address" 0)
      read -r port <&"$ends"
      bounded 60 $bin/other_end connect "$n" "$address" "$port"
      cat <&"$ends"
      ;;
    *)
      if [[ $what == *rounds ]]; then set -- echo "$late" "$@"; else set -- accept "$n" "$@"; fi
      exec {ends}< <(bounded 60 $bin/other_end "$1" "$2" "$address" 0)
      read -r port <&"$ends"
      bounded 60 "${@:3}" "$twin" "$what" "$n" "$address" "$port"
      cat <&"$ends"
      ;;
  esac
}

# per_operation COUNTER TWIN WHAT N [ADDRESS]: what one more operation costs.
per_operation() {
  local few many
  few=$("$1" "$2" "$3" "$4" "${5:-127.0.0.1}")
  many=$("$1" "$2" "$3" $(($4 * 2)) "${5:-127.0.0.1}")
  awk -v f="$few" -v m="$many" -v n="$4" 'BEGIN { printf "%.4g", (m - f) / n }'
}

# The answer comes 3 ms late, so that a call that has to wait really waits.
system_calls() {
  counted "$1" "$2" "$3" 3 "$4" strace -qq -o "$tmp/strace" >/dev/null
  grep -c '^[a-z]' "$tmp/strace"
}
calls_before_socket() {
  system_calls "$1" first 1 127.0.0.1 >/dev/null
  sed '/^socket(/q' "$tmp/strace" | wc -l
}
instructions() {
  counted "$1" "$2" "$3" 0 "$4" valgrind --tool=callgrind \
    --callgrind-out-file=/dev/null --log-file="$tmp/callgrind" >/dev/null
  sed -n 's/.*Collected : //p' "$tmp/callgrind"
}
allocations() {
  counted "$1" "$2" "$3" 0 "$4" valgrind --log-file="$tmp/memcheck" >/dev/null
  sed -n 's/,//g; s/.*total heap usage: \([0-9]*\) allocs.*/\1/p' "$tmp/memcheck"
}
bytes() { # FILE...: code and data
  size "$@" | awk 'NR > 1 { n += $1 + $2 } END { print n }'
}

# goal NAME FIGURE LIMIT [BEST [DEBT]]: up to BEST, which the best other library
# has, it is a MISS, up to DEBT it is OVER.
goal() {
  local word
  word=$(awk -v f="$2" -v l="$3" -v b="${4:-$3}" -v d="${5:-${4:-$3}}" 'BEGIN {
    if (f !~ /^-?[0-9.]+$/ || f > d) print "FAIL"
    else print f <= l ? "ok" : f <= b ? "MISS" : "OVER" }')
  case $word in
    FAIL) failed=$((failed + 1)) ;;
    MISS) missed=$((missed + 1)) ;;
    OVER) over=$((over + 1)) ;;
    *) passed=$((passed + 1)) ;;
  esac
  [ "$word" = ok ] || word+="${4:+, the best library has $4}"
  printf '    %-46s %8s %8s  %s\n' "$1" "$2" "$3" "$word"
}

plus() { awk -v a="$1" -v b="$2" 'BEGIN { print a + b }'; }

# traced GOAL FIGURE LIMIT: strace may be forbidden, in a container say.
if strace -qq -o /dev/null true 2>/dev/null; then
  traced() { goal "$1" "$($2)" "$3"; }
else
  traced() { skip "$1" 'tracing system calls is forbidden here'; }
fi

say 'counting what skt costs'
printf '    %-46s %8s %8s\n' goal figure limit

# System calls. One line is all that another operation of the twins needs.
rounds_calls() { per_operation system_calls with_skt rounds 50; }
limited_rounds_calls() { per_operation system_calls with_skt limited_rounds 50; }
limited_connects_calls() {
  per_operation system_calls with_skt limited_connects 50 192.0.2.1
}
accepts_calls() { per_operation system_calls with_skt accepts 50; }
connects_calls() { per_operation system_calls with_skt connects 50 192.0.2.1; }
early_calls() {
  plus "$(calls_before_socket with_skt)" "-$(calls_before_socket plain)"
}
traced 'system calls per blocking round trip, late' rounds_calls 2
traced '  the same within a limit of time' limited_rounds_calls 2
traced 'system calls per accept and close, late' accepts_calls 2
if [ "$inside" = network ]; then
  traced 'system calls per socket, connect and close' connects_calls 3
  traced '  the same within a limit of time' limited_connects_calls 4
else
  skip 'system calls per socket, connect and close' 'no network of our own'
  skip '  the same within a limit of time' 'no network of our own'
fi
traced 'system calls before the first socket' early_calls 0

# Instructions, over those of plain calls in a twin that is built alike. The
# goals are for a library that is optimised together with the program, at link
# time. Compiled apart, as most libraries are, the checks of arguments are all
# made: there the limit is what the best other library, compiled so, has.
instructions_over() { # GOAL WHAT N LIMIT [BEST [DEBT]]
  local plain more limits=()
  plain=$(per_operation instructions plain "${2#limited_}" "$3")
  for more in "${@:4}"; do limits+=("$(plus "$plain" "$more")"); done
  goal "$1 (plain $plain)" "$(per_operation instructions with_skt "$2" "$3")" \
    "${limits[@]}"
}
if [ -x $lto/with_skt ]; then
  bin=$lto
  instructions_over 'instructions, round trip, LTO' rounds 1000 26 56
  instructions_over '  within a limit of time' limited_rounds 1000 26 63
  instructions_over 'instructions, accept and close, LTO' accepts 200 19 21
  bin=build/bench/bench
else
  skip 'instructions, LTO' 'no link-time optimisation, see build/bench-lto.log'
fi
instructions_over 'instructions, round trip, apart' rounds 1000 56
instructions_over '  within a limit of time' limited_rounds 1000 63
instructions_over 'instructions, accept and close, apart' accepts 200 21 21 70

# Heap.
for what in rounds accepts connects; do
  goal "heap allocations, $what" "$(per_operation allocations with_skt $what 50)" 0
done

# Bytes, of programs and a library that are optimised for size.
bin=build/bench-small/bench
for linked in shared static; do
  extra=$(plus "$(bytes $bin/client_with_skt_$linked)" \
    "-$(bytes $bin/client_plain_$linked)")
  case $linked in
    shared) goal 'bytes that a TCP client adds, library only' "$extra" 4096 37404 ;;
    static) goal 'bytes that a TCP client adds, static' "$extra" 8192 47576 ;;
  esac
done
goal 'bytes of the whole library' "$(bytes build/bench-small/libskt.a)" 40960
finish
