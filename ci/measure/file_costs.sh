#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/measure/file_costs.sh
# Count what skt_send_file costs: system calls, instructions, heap. Only counts,
# so the machine's speed and load do not matter. Prints a table.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/measure/counting.sh

need linux
if ! (need costs); then
  skip 'all costs of files' 'strace, valgrind and others cannot be had'
  finish file_costs
fi
build_preset bench

# counted WAY MODE N TOOL...
counted() { bounded 60 "${@:4}" "$bin/file_times" "$1" "$3" "$2"; }

# The process that reads is not counted.
sender_calls() {
  counted "$1" "$2" "$3" strace -qq -o "$tmp/strace" && grep -vc 'resumed>' "$tmp/strace"
}

say 'counting what files cost'
printf '    %-46s %8s %8s\n' goal figure limit
traced 'system calls, 4,096 bytes' 2 per_operation sender_calls skt small 100
traced '  the same, sendfile' 1 per_operation sender_calls sendfile small 100
traced 'system calls, 100,000 bytes' 3 per_operation sender_calls skt large 100
traced '  the same, in a thread that blocks SIGPIPE' 3 \
  per_operation sender_calls skt pending 100
traced '  the same, sendfile' 1 per_operation sender_calls sendfile large 100
traced '  the same, pread and send of 16 KiB' 14 per_operation sender_calls copy large 100
goal 'instructions, 100,000 bytes, over sendfile' \
  "$(minus "$(per_operation instructions skt large 100)" \
    "$(per_operation instructions sendfile large 100)")" 250
goal 'heap allocations' "$(per_operation allocations skt large 20)" 0
finish file_costs
