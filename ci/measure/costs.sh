#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/measure/costs.sh
# Count what skt costs beside plain calls: system calls, instructions, heap,
# bytes. Only counts, so the machine's speed and load do not matter. Prints a
# table. MISS is over the limit, but no worse than the best other library. OVER
# is worse than that too: a debt, held at the figure that stands in its line.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/measure/counting.sh

lto=build/bench-lto/bench inside=${SKT_COSTS_INSIDE:-}

# A network of our own, with an address that is not the loopback's, and files of
# our own for names.
enter_network() {
  local enter
  for enter in 'unshare -n -m' 'unshare -r -n -m'; do
    if $enter true 2>/dev/null; then
      rm -rf "$tmp" # exec runs no trap
      SKT_COSTS_INSIDE=yes exec $enter "${BASH_SOURCE[0]}"
    fi
  done
}

if [ -z "$inside" ]; then
  need linux
  if ! (need costs); then
    skip 'all costs' 'strace, valgrind and others cannot be had'
    finish costs
  fi
  build_preset bench
  build_preset bench-small
  rm -rf "$lto"
  configure_and_build bench-lto >build/bench-lto.log 2>&1 || rm -rf "$lto"
  enter_network
elif ip link set lo up && ip address add 192.0.2.1/32 dev lo; then
  inside=network
fi

# counted TWIN WHAT N TOOL...: run it under the tool, against the other end, which
# answers $late ms late. The twins that stand alone need none.
late=0
counted() {
  local twin=$bin/$1 what=$2 n=$3 address=127.0.0.1 port ends
  if [[ $1 == alone_* ]]; then
    bounded 60 "${@:4}" "$twin" "$what" "$n"
    return
  fi
  shift 3
  [[ $what != *connects ]] || [ "$inside" != network ] || address=192.0.2.1
  case $what in
    first) bounded 60 "$@" "$twin" first 1 "$address" 0 ;;
    accepts)
      exec {ends}< <(bounded 60 "$@" "$twin" accepts "$n" "$address" 0 && echo ended)
      read -r port <&"$ends"
      bounded 60 $bin/other_end connect "$n" "$address" "$port"
      [ "$(cat <&"$ends")" = ended ] # and so the twin has ended well
      ;;
    *)
      if [[ $what == *rounds ]]; then set -- echo "$late" "$@"; else set -- accept "$n" "$@"; fi
      exec {ends}< <(bounded 60 $bin/other_end "$1" "$2" "$address" 0)
      read -r port <&"$ends"
      bounded 60 "${@:3}" "$twin" "$what" "$n" "$address" "$port" &&
        cat <&"$ends"
      ;;
  esac
}

bytes() { # FILE...: code and data
  size "$@" | awk 'NR > 1 { n += $1 + $2 } END { print n }'
}

say 'counting what skt costs'
printf '    %-46s %8s %8s\n' goal figure limit

# The answer comes 3 ms late, so that a call that has to wait really waits. One
# line of strace's is all that another operation of the twins needs.
calls() { late=3 per_operation system_calls with_skt "$1" 50; }
inline_calls() { late=3 per_operation system_calls "$1_inline" "$2" 50; }
calls_before_socket() {
  system_calls "$1" first 1 >/dev/null && sed '/^[0-9 ]*socket(/q' "$tmp/strace" | wc -l
}
early_calls() {
  minus "$(calls_before_socket with_skt)" "$(calls_before_socket plain)"
}
traced 'system calls per blocking round trip, late' 2 calls rounds
traced '  the same within a limit of time' 2 calls limited_rounds
traced '  the same, inline' 2 inline_calls with_skt rounds
traced 'system calls per would-block, inline' 1 inline_calls alone_with_skt blocks
traced 'system calls per accept and close, late' 2 calls accepts
if [ "$inside" = network ]; then
  traced 'system calls per socket, connect and close' 3 calls connects
  traced '  the same within a limit of time' 4 calls limited_connects
else
  skip 'system calls per socket, connect and close' 'no network of our own'
  skip '  the same within a limit of time' 'no network of our own'
fi
traced 'system calls before the first socket' 0 early_calls

# Instructions, over those of plain calls in a twin that is built alike: compiled
# apart, as most libraries are, where all checks of arguments are made, and
# optimised together with the program at link time.
over() { # GOAL TWIN_OF WHAT N LIMIT [BEST [DEBT]]
  local plain with more limits=()
  case $2 in
    peer*) plain=plain with=with_skt ;;
    alone*) plain=alone_plain with=alone_with_skt ;;
  esac
  case $2 in *_inline) with+=_inline ;; esac
  plain=$(per_operation instructions $plain "${3#limited_}" "$4")
  for more in "${@:5}"; do
    if [ "$more" = - ]; then limits+=(-); else limits+=("$(plus "$plain" "$more")"); fi
  done
  goal "$1 (plain $plain)" "$(per_operation instructions $with "$3" "$4")" \
    "${limits[@]}"
}
instructions_over() { over "$1" peer "${@:2}"; }
alone_over() { over "$1" alone "${@:2}"; }

# A name that a file has, without a limit of time: the system's call, in the
# calling thread, and what skt reads and writes around it.
export SKT_COSTS_NAME=db.test
own_names() {
  [ "$inside" = network ] && echo "10.9.2.1 $SKT_COSTS_NAME" >"$tmp/hosts" &&
    echo 'hosts: files' >"$tmp/nsswitch.conf" &&
    mount --bind "$tmp/hosts" /etc/hosts &&
    { [ ! -e /etc/nsswitch.conf ] || mount --bind "$tmp/nsswitch.conf" /etc/nsswitch.conf; }
}
names=no
! own_names 2>/dev/null || names=yes
resolve_over() {
  if [ $names = yes ]; then
    alone_over "$1" resolves 20 "${@:2}"
  else
    skip "$1" 'no files of our own for names'
  fi
}

if [ -x $lto/with_skt ]; then
  bin=$lto
  instructions_over 'instructions, round trip, LTO' rounds 1000 29 56
  instructions_over '  within a limit of time' limited_rounds 1000 29 63
  instructions_over 'instructions, accept and close, LTO' accepts 200 18 21 37
  alone_over 'instructions, a would-block, LTO' blocks 200 26 - 43
  alone_over 'instructions, datagram to an address, LTO' sends 200 42
  alone_over 'instructions, that and its arrival, LTO' receives 200 79
  alone_over 'instructions, connect and close, LTO' connects 100 228 271 470
  resolve_over 'instructions, resolve, LTO' 500
  bin=build/bench/bench
else
  skip 'instructions, LTO' 'no link-time optimisation, see build/bench-lto.log'
fi
instructions_over 'instructions, round trip, apart' rounds 1000 41 56
instructions_over '  within a limit of time' limited_rounds 1000 41 63
instructions_over 'instructions, accept and close, apart' accepts 200 56 21 63
alone_over 'instructions, a would-block, apart' blocks 200 36 - 60
alone_over 'instructions, datagram to an address, apart' sends 200 52
alone_over 'instructions, that and its arrival, apart' receives 200 101
alone_over 'instructions, connect and close, apart' connects 100 278 271 540
resolve_over 'instructions, resolve, apart' 500 - 670
over 'instructions, round trip, inline' peer_inline rounds 1000 23 56
over '  within a limit of time' peer_inline limited_rounds 1000 23 63
over 'instructions, a would-block, inline' alone_inline blocks 200 36 - 60
alone_over 'instructions, datagram to a peer, apart' writes 200 24
over '  the same, inline' alone_inline writes 200 11
# What the calls that begin with a text cost over the calls that they make.
by_hand() { # COUNTER WHAT N
  minus "$(per_operation "$1" alone_with_skt "$2" "$3")" \
    "$(per_operation "$1" alone_with_skt "$2_by_hand" "$3")"
}
goal 'instructions, dial of a number, over its calls' "$(by_hand instructions dials 100)" 200
goal 'instructions, listen_at, over its calls' "$(by_hand instructions listens 100)" 200
traced 'system calls, dial of a number, over its calls' 0 by_hand system_calls dials 50
traced 'system calls, listen_at, over its calls' 0 by_hand system_calls listens 50
goal 'instructions, IPv4 address from text' \
  "$(per_operation instructions alone_with_skt parses4 100)" 165 290
goal 'instructions, IPv6 address from text' \
  "$(per_operation instructions alone_with_skt parses6 100)" 430 571
goal 'instructions, IPv4 address to text' \
  "$(per_operation instructions alone_with_skt formats4 100)" 160 198

# Heap.
for what in rounds accepts connects; do
  goal "heap allocations, $what" "$(per_operation allocations with_skt $what 50)" 0
done

# Bytes, of programs and a library that are optimised for size.
bin=build/bench-small/bench
for linked in shared static; do
  extra=$(minus "$(bytes $bin/client_with_skt_$linked)" \
    "$(bytes $bin/client_plain_$linked)")
  case $linked in
    shared) goal 'bytes that a TCP client adds, library only' "$extra" 4096 37404 ;;
    static) goal 'bytes that a TCP client adds, static' "$extra" 8192 47576 ;;
  esac
done
goal 'bytes of the whole library' "$(bytes build/bench-small/libskt.a)" 40960 - 62000
finish costs
