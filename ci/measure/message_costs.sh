#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/measure/message_costs.sh
# Count what skt_send and skt_receive cost: system calls, instructions, heap.
# Only counts, so the machine's speed and load do not matter. Prints a table.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/measure/counting.sh

need linux
if ! (need costs); then
  skip 'all costs of messages' 'strace, valgrind and others cannot be had'
  finish message_costs
fi
build_preset bench

# counted FUNCTION WHAT N TOOL...: instructions are those of one function of
# skt's, with all that it calls.
counted() {
  local tool=("${@:4}")
  [ "$1" = all ] || tool+=("--toggle-collect=$1")
  bounded 60 "${tool[@]}" "$bin/messages" "$2" "$3"
}

# each COUNTER FUNCTION WHAT [LESS]: of 64 datagrams, for each of them; without
# what LESS takes of it.
each() {
  local all less=0
  all=$(per_operation "$1" "$2" "$3" 20)
  [ $# -lt 4 ] || less=$(per_operation "$1" "$2" "$4" 20)
  awk -v a="$all" -v l="$less" 'BEGIN { printf "%.3g", (a - l) / 64 }'
}

more() { # FUNCTION WHAT THAN_FUNCTION THAN_WHAT: of single datagrams
  minus "$(per_operation instructions "$1" "$2" 100)" \
    "$(per_operation instructions "$3" "$4" 100)"
}

say 'counting what messages cost'
printf '    %-46s %8s %8s\n' goal figure limit
traced 'system calls per datagram sent, no trains' 0.02 each system_calls all send_batch
traced 'system calls per datagram sent, trains' 0.02 each system_calls all send_trains
traced 'system calls per datagram received, no trains' 0.13 \
  each system_calls all receive_batch send_batch
traced 'system calls per datagram received, trains' 0.02 \
  each system_calls all receive_trains send_trains
goal 'instructions, one sent, over skt_send_to' \
  "$(more skt_send send_one skt_send_to send_to)" 20
goal 'instructions, one received, over receive_from' \
  "$(more skt_receive receive_one skt_receive_from receive_from)" 20
goal 'instructions per datagram sent, no trains' "$(each instructions skt_send send_batch)" 60
goal 'instructions per datagram sent, trains' "$(each instructions skt_send send_trains)" 60
goal '  the same, handed over as one' "$(each instructions skt_send send_handed)" 60
goal 'instructions per datagram received, no trains' \
  "$(each instructions skt_receive receive_batch)" 60
goal 'instructions per datagram received, trains' \
  "$(each instructions skt_receive receive_trains)" 60
for what in send_batch send_trains receive_batch receive_trains; do
  goal "heap allocations, $what" "$(per_operation allocations all $what 20)" 0
done
finish message_costs
