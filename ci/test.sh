#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/test.sh [linux] [windows] [asan] [tsan] [poll] [consumers] [docs]
#                   [moving] [header] [http] [programs] [lint] [names] [dial]
#                   [interfaces] [netcat] [groups] [workers] [datagrams]
# Install what is missing, build, run the whole suite: natively, over the fake
# backend, over skt.c and skt.h, and as Windows programs under Wine. Both systems
# unless something is named; asan and tsan are Linux under the address and the
# thread sanitizer, poll is Linux with the pollers of systems that have only poll,
# which lock, and so under the thread sanitizer too. With linux, the costs are
# counted by ci/measure. The other words are scripts of ci/run and ci/check, whose
# counts are added.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

systems=("$@")
[ $# -gt 0 ] || systems=(linux windows)
for system in "${systems[@]}"; do
  case $system in
    linux | windows | asan | tsan | poll) ;;
    consumers | docs | moving | header | http | programs | lint) ;;
    names | dial | interfaces | netcat | groups | workers | datagrams) ;;
    *)
      sed -n '/^# usage/,/interfaces/s/^# //p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
done

trap 'stop_programs; stop_wine' EXIT
mkdir -p build/results
rm -f build/results/*.xml # ci/check/layers.sh asks what ran
passed=0 failed=0 skipped=0 lines=()

# attribute NAME FILE: a number of the outermost element of a JUnit file.
attribute() { sed -n "/^[[:space:]]*$1=/{s/[^0-9]//g;p;q}" "$2"; }

# count TARGET FILE: add a result file to the sums.
count() {
  local all bad off skip good
  all=$(attribute tests "$2") bad=$(attribute failures "$2")
  off=$(attribute disabled "$2") skip=$(attribute skipped "$2")
  good=$((all - bad - off - skip))
  if [ "$good" -le 0 ]; then
    bad=$((bad + 1)) # a target that ran no test has failed
  fi
  passed=$((passed + good)) failed=$((failed + bad))
  skipped=$((skipped + skip + off))
  lines+=("$(printf '%-17s %4d passed %3d failed %3d skipped' \
    "$1" "$good" "$bad" "$((skip + off))")")
}

# retried LOG: name the tests that failed once and then passed.
retried() {
  sed -n 's/.*Test *#[0-9]*: \([^ ]*\) .*\*\*\*[EFNT].*/\1/p' "$1" | sort |
    uniq -c | sed -n 's/^ *1 \(.*\)/    second try: \1/p'
}

# run TARGET PRESET LABEL [ARGUMENT...]: the tests with that label. Under Wine a program is
# now and then lost before it begins, so there each may be tried twice, and the
# second try is shown.
run() {
  local file=$PWD/build/results/$1.xml log=build/results/$1.log twice=()
  [ "$2" != mingw ] || twice=(--repeat until-pass:2)
  rm -f "$file"
  say "testing: $1"
  bounded 1200 ctest --test-dir "build/$2" -L "^$3\$" -j2 --output-on-failure \
    --progress --output-junit "$file" "${twice[@]}" "${@:4}" >"$log" 2>&1 ||
    grep -av 'Start \|Passed' "$log" || true
  [ "$2" != mingw ] || retried "$log"
  if [ -s "$file" ]; then
    count "$1" "$file"
    grep -ao 'skip: .*' "$file" | tr -d '\r' | sed 's/^/    /' || true
  else
    failed=$((failed + 1))
    lines+=("$1 could not be run, see build/results/$1.log")
  fi
}

# script NAME: one of this folder; its last line has its counts.
script() {
  local counts=() log=build/results/$1.log arguments=()
  case $1 in
    http | workers | datagrams) arguments=(windows) ;; # too
    names) arguments=(glibc) ;;  # the rest takes minutes
  esac
  stop_wine # it starts the same one
  "$(echo ci/*/"$1.sh")" "${arguments[@]}" | tee "$log" || true
  read -r -a counts <<<"$(tail -n 1 "$log" | tr -dc '0-9 ')" || true
  if [ "${#counts[@]}" -ne 3 ]; then
    counts=(0 1 0)
  fi
  passed=$((passed + counts[0])) failed=$((failed + counts[1]))
  skipped=$((skipped + counts[2]))
  lines+=("$(printf '%-17s %4d passed %3d failed %3d skipped' "$1" "${counts[@]}")")
}

libraries=()
for system in "${systems[@]}"; do
  case $system in
    consumers | docs | moving | header | http | programs | lint | names | \
      dial | interfaces | netcat | groups | workers | datagrams)
      script "$system"
      continue
      ;;
  esac
  need linux # the build tools are the same
  preset=$system
  case $system in
    linux) preset=dev ;;
    windows)
      preset=mingw
      need windows
      start_wine
      ;;
  esac
  build_preset "$preset"
  case $system in
    linux | windows) libraries+=("build/$preset/libskt.a") ;;
  esac
  run "$system" "$preset" suite
  # poll has the fake backend under the thread sanitizer too.
  [ "$system" = tsan ] || run "$system-fake" "$preset" fake
  # The long races over skt.c are run on Linux, and over the library on both.
  case $system in
    linux) run linux-two-files dev two_files ;;
    windows)
      run windows-two-files mingw two_files -E 'thousand|million|storm|race|any_moment'
      ;;
  esac
done

say 'checking the style rules'
if ! ci/check/layers.sh "${libraries[@]}"; then
  failed=$((failed + 1))
  lines+=('ci/check/layers.sh fails, see above')
fi

# counted NAME: a script that counts costs; its sums are added.
counted() {
  local costs=() log=build/results/$1.log
  "ci/measure/$1.sh" | tee "$log" || true
  read -r -a costs <<<"$(sed -n "s/^$1: //p" "$log" | tr -dc '0-9 ')" || true
  if [ "${#costs[@]}" -lt 5 ]; then
    costs=(0 1 0 0 0)
  fi
  passed=$((passed + costs[0])) failed=$((failed + costs[1]))
  skipped=$((skipped + costs[2]))
  lines+=("$(printf '%-17s %4d passed %3d failed %3d skipped, %d goals missed, %d over the best library' \
    "$1" "${costs[@]}")")
}

# Costs are counted where system calls can be traced.
case " ${systems[*]} " in
  *' linux '*)
    counted costs
    counted loop_costs
    counted message_costs
    ;;
esac

say 'summary'
printf '    %s\n' "${lines[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
