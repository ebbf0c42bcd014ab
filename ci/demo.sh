#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# usage: ci/demo.sh [linux]
#
# Build the echo server and the echo client for Linux and, unless told `linux`,
# for Windows, and let each server meet each client over IPv4 and IPv6: two real
# files go there and back and are compared. Installs what is missing.
#
# Exit code: 0 all unchanged, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly start_seconds=60 transfer_seconds=300
readonly out=build/demo

passed=0
total=0
skipped=0
failures=()

clean_up() {
  trap '' HUP INT TERM
  stop_programs
  stop_wine
}

# program SYSTEM NAME: set `command` to what runs that example.
program() {
  case $1 in
    linux) command=("build/dev/examples/$2") ;;
    windows) command=(ci/run/wine.sh "build/mingw/examples/$2.exe") ;;
  esac
}

# find_address: set `address` to what the server has announced, or to nothing.
# Programs are started in the background and asked through files, because bash
# heeds signals badly while it waits for a command's output.
find_address() {
  local line
  address=
  if read -r line <"$out/server.out" &&
    [[ $line =~ ^listening\ on\ ([^ ]+) ]]; then
    address=${BASH_REMATCH[1]}
  fi
}

# start_server SYSTEM ADDRESS: set `server`, a process, and `address`.
start_server() {
  local deadline=$((SECONDS + start_seconds))
  program "$1" echo_server
  timeout -k 5 $((start_seconds + transfer_seconds)) "${command[@]}" "$2" 1 \
    </dev/null >"$out/server.out" 2>"$out/server.err" &
  server=$!
  find_address
  while [ -z "$address" ] && [ "$SECONDS" -lt "$deadline" ] &&
    kill -0 "$server" 2>/dev/null; do
    sleep 0.05
    find_address
  done
}

wait_for_server() {
  server_code=0
  wait "$server" || server_code=$?
}

stop_server() {
  kill "$server" 2>/dev/null || true
  wait_for_server
}

# blame PROGRAM CODE: set `result`. What went wrong is the last that the program
# has said. Windows programs end their lines with CR LF.
blame() {
  local lines
  mapfile -t lines <"$out/$1.err"
  result="$1 failed, exit code $2: ${lines[*]: -1}"
  result=${result%$'\r'}
}

compare() {
  local sent echoed
  bounded 60 sha256sum "$1" "$2" >"$out/sums"
  { read -r sent _ && read -r echoed _; } <"$out/sums"
  result='sha256 differs'
  if [ "$sent" = "$echoed" ]; then
    result=unchanged
  fi
}

# check_transfer SERVER CLIENT ADDRESS FILE: set `result`.
check_transfer() {
  local code=0
  start_server "$1" "$3"
  if [ -z "$address" ]; then
    stop_server
    blame server "$server_code"
    return
  fi
  program "$2" echo_client
  bounded "$transfer_seconds" "${command[@]}" "$address" "$4" "$out/copy" \
    >"$out/client.out" 2>"$out/client.err" || code=$?
  if [ "$code" -ne 0 ]; then
    stop_server
    blame client "$code"
    return
  fi
  wait_for_server
  if [ "$server_code" -ne 0 ]; then
    blame server "$server_code"
    return
  fi
  compare "$4" "$out/copy"
}

# find_rate: set `bytes` and `rate` to what the client has reported.
find_rate() {
  local line
  bytes=-
  rate=-
  if read -r line <"$out/client.out" &&
    [[ $line =~ ^([0-9]+)\ bytes.*,\ ([0-9.]+)\ MiB/s ]]; then
    bytes=${BASH_REMATCH[1]}
    rate=${BASH_REMATCH[2]}
  fi
}

row() { printf '%-8s %-8s %-5s %-10s %9s %7s  %s\n' "$@"; }

# transfer SERVER CLIENT FAMILY ADDRESS FILE: one row of the table.
transfer() {
  local name
  total=$((total + 1))
  if [ "$3" = IPv6 ] && [ "$have_ipv6" = no ]; then
    skipped=$((skipped + 1))
    row "$1" "$2" "$3" "${5##*/}" - - "skipped: no [::1] on this machine"
    return
  fi
  rm -f "$out/copy"
  for name in server.out server.err client.out client.err; do
    : >"$out/$name"
  done
  check_transfer "$1" "$2" "$4" "$5"
  find_rate
  row "$1" "$2" "$3" "${5##*/}" "$bytes" "$rate" "$result"
  if [ "$result" = unchanged ]; then
    passed=$((passed + 1))
  else
    failures+=("$1 server, $2 client, $3, ${5##*/}: $result")
  fi
}

verdict() {
  local tried=$((total - skipped)) note=
  if [ "$skipped" -gt 0 ]; then
    note=", $skipped skipped: no [::1] on this machine"
  fi
  if [ "$passed" -lt "$tried" ]; then
    printf 'failed: %s\n' "${failures[@]}"
    echo "demo: FAILED, $passed of $tried transfers unchanged$note"
    return 1
  fi
  echo "demo: $passed of $tried transfers unchanged$note"
}

case "$#:${1:-}" in
  0:) systems=(linux windows) ;;
  1:linux) systems=(linux) ;;
  *)
    echo 'usage: ci/demo.sh [linux]' >&2
    exit 2
    ;;
esac

trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

for system in "${systems[@]}"; do
  need "$system"
done
build_preset dev
if [ "${#systems[@]}" -gt 1 ]; then
  build_preset mingw
  start_wine
fi

mkdir -p "$out"
head -c 67108864 /dev/urandom >"$out/random.bin"
have_ipv6=no
if grep -qs '^0\{31\}1 ' /proc/net/if_inet6; then
  have_ipv6=yes
fi

row server client family file bytes MiB/s result
for server_system in "${systems[@]}"; do
  for client_system in "${systems[@]}"; do
    for file in README.md "$out/random.bin"; do
      transfer "$server_system" "$client_system" IPv4 127.0.0.1:0 "$file"
      transfer "$server_system" "$client_system" IPv6 '[::1]:0' "$file"
    done
  done
done
verdict
