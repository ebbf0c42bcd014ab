# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the scripts share that count costs: sourced after common.sh. They have a
# function `counted TWIN WHAT N TOOL...` that runs what is counted, prints
# nothing, and fails if that does.

# shellcheck disable=SC2034 # for those who source this
bin=build/bench/bench
passed=0 failed=0 skipped=0 missed=0 over=0
tmp=$(mktemp -d)
trap 'stop_programs; rm -rf "$tmp"' EXIT

skip() { # GOAL REASON
  skipped=$((skipped + 1))
  printf '    %-46s %8s %8s  skip: %s\n' "$1" - - "$2"
}

# finish NAME
finish() {
  echo "$1: $passed passed, $failed failed, $skipped skipped, $missed missed, $over over"
  [ "$failed" -eq 0 ]
  exit
}

# goal NAME FIGURE LIMIT [BEST [DEBT]]: up to BEST, which the best other library
# has, it is a MISS, up to DEBT it is OVER. Where no other library was counted,
# BEST is -, and a figure up to DEBT is a MISS that is held there.
goal() {
  local word
  if [ "${4:-}" = - ]; then
    goal "$1" "$2" "$3" "$5" "$5" held
    return
  fi
  word=$(awk -v f="$2" -v l="$3" -v b="${4:-$3}" -v d="${5:-${4:-$3}}" 'BEGIN {
    if (f !~ /^-?[0-9.]+$/ || f > d) print "FAIL"
    else print f <= l ? "ok" : f <= b ? "MISS" : "OVER" }')
  case $word in
    FAIL) failed=$((failed + 1)) ;;
    MISS) missed=$((missed + 1)) ;;
    OVER) over=$((over + 1)) ;;
    *) passed=$((passed + 1)) ;;
  esac
  case $word${6:-} in
    MISSheld) word="MISS, held at $4" ;;
    MISS | OVER) word+=", the best library has $4" ;;
  esac
  printf '    %-46s %8s %8s  %s\n' "$1" "$2" "$3" "$word"
}

plus() { awk -v a="$1" -v b="$2" 'BEGIN { print a + b }'; }

# minus A B: of two counts; what could not be counted is no number.
minus() {
  case $1:$2 in
    *[!0-9:]* | :* | *:) echo unknown ;;
    *) echo $(($1 - $2)) ;;
  esac
}

# per_operation COUNTER TWIN WHAT N: what one more operation costs.
per_operation() {
  local few many
  few=$("$1" "$2" "$3" "$4")
  many=$("$1" "$2" "$3" $(($4 * 2)))
  awk -v more="$(minus "$many" "$few")" -v n="$4" \
    'BEGIN { if (more == "unknown") print more; else printf "%.4g", more / n }'
}

# traced GOAL LIMIT COMMAND...: strace may be forbidden, in a container say.
traced() {
  if strace -qq -o /dev/null true 2>/dev/null; then
    goal "$1" "$("${@:3}")" "$2"
  else
    skip "$1" 'tracing system calls is forbidden here'
  fi
}

# The counters print nothing if the program has failed. A call that another
# thread's has interrupted takes two lines of strace's.
system_calls() {
  counted "$1" "$2" "$3" strace -f -qq -o "$tmp/strace" &&
    grep -vc 'resumed>' "$tmp/strace"
}
instructions() {
  counted "$1" "$2" "$3" valgrind --tool=callgrind \
    --callgrind-out-file=/dev/null --log-file="$tmp/callgrind" &&
    sed -n 's/.*Collected : //p' "$tmp/callgrind"
}
allocations() {
  counted "$1" "$2" "$3" valgrind --log-file="$tmp/memcheck" &&
    sed -n 's/,//g; s/.*total heap usage: \([0-9]*\) allocs.*/\1/p' "$tmp/memcheck"
}
