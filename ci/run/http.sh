#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# usage: ci/run/http.sh [windows] [soak]
#
# Build examples/http_server for Linux and, if told `windows`, for Windows too,
# and let real clients meet it: curl, a client that misbehaves, and wrk, which
# holds 1,000 connections for 3 seconds; with `soak` 10,000 for 30 seconds.
# Installs what is missing.
#
# Exit code: 0 all as it should be, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/run/counted.sh

systems=(linux) connections=1000 seconds=3
for word; do
  case $word in
    windows) systems+=(windows) ;;
    soak) connections=10000 seconds=30 ;;
    *)
      echo 'usage: ci/run/http.sh [windows] [soak]' >&2
      exit 2
      ;;
  esac
done

clean_up() {
  trap '' HUP INT TERM
  stop_programs
  stop_wine
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

readonly out=build/http

# start SYSTEM ARGUMENT...: set `server`, a process, and `address`.
start() {
  local command=(build/dev/examples/http_server)
  [ "$1" = linux ] || command=(ci/run/wine.sh build/mingw/examples/http_server.exe)
  if [ -n "${start_limit:-}" ]; then
    command=(bash -c "ulimit -n $start_limit; exec \"\$@\"" bash "${command[@]}")
  fi
  : >"$out/server.out"
  timeout -k 5 300 "${command[@]}" 127.0.0.1:0 "${@:2}" </dev/null \
    >"$out/server.out" 2>"$out/server.err" &
  server=$!
  await_address "$server"
}

# ended NAME: the server has served those it was told, and ends by itself.
ended() {
  local code=0
  wait "$server" || code=$?
  is "$1" 0 "$code"
}

# The client that misbehaves has one connection, with the descriptor `peer`.
open_peer() { exec {peer}<>"/dev/tcp/${address%:*}/${address##*:}"; }
close_peer() { exec {peer}>&-; }

# replies: what the server says up to its end, as the status of each reply.
replies() {
  timeout -k 5 60 cat <&"$peer" | tr -d '\r' | sed -n 's/^HTTP[^ ]* \([0-9]*\) .*/\1/p' |
    uniq -c | awk '{ printf "%s%d x %s", (NR > 1 ? ", " : ""), $1, $2 }'
}

# curls NAME WANTED CURL_ARGUMENT...: what curl tells of its requests: status,
# connections made, bytes of the page.
curls() {
  local got
  got=$(bounded 60 curl -sS -m 50 -w '%{http_code} %{num_connects} %{size_download}, ' \
    "${@:3}" 2>&1) || true
  is "$1" "$2" "${got%, }"
}

# misbehaves NAME WANTED COMMAND...: what it is told that sends what COMMAND
# writes.
misbehaves() {
  local name=$1 wanted=$2
  shift 2
  open_peer
  "$@" >&"$peer"
  is "$name" "$wanted" "$(replies)"
  close_peer
}

readonly request=$'GET / HTTP/1.1\r\nHost: here\r\n\r\n'
readonly last=$'GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n'
in_pieces() {
  local i
  for ((i = 0; i < ${#last}; ++i)); do printf '%s' "${last:i:1}"; done
}
too_long() { printf 'GET /%04000d HTTP/1.1\r\n\r\n' 0; }
with_zero() { printf 'GET / HTTP/1.1\r\nHost: \0\r\n\r\n'; }
many() { bounded 60 awk -v r="$request" -v l="$last" 'BEGIN {
  for (i = 1; i < 200000; ++i) printf "%s", r; printf "%s", l }'; }

# What every build of the server is asked, by 11 clients.
meet() {
  local nowhere=(-o /dev/null)
  start "$1" 100 11
  is "$1: the page" '<h1>Hello from skt</h1>' "$(bounded 60 curl -s "http://$address/")"
  curls "$1: three requests in one connection" '200 1 24, 200 0 24, 404 0 13' \
    "${nowhere[@]}" "http://$address/" "${nowhere[@]}" "http://$address/" \
    "${nowhere[@]}" "http://$address/none"
  curls "$1: HEAD" '200 1 0, 404 0 0' -I "${nowhere[@]}" "http://$address/" \
    "${nowhere[@]}" "http://$address/none"
  curls "$1: HTTP/1.0 is one request a connection" '200 1 24, 200 1 24' -0 \
    "${nowhere[@]}" "http://$address/" "${nowhere[@]}" "http://$address/"
  curls "$1: a request with a body" '400 1 15' -d body "${nowhere[@]}" "http://$address/"
  misbehaves "$1: three requests in one piece" '3 x 200' printf %s "$request$request$last"
  misbehaves "$1: one request in single bytes" '1 x 200' in_pieces
  misbehaves "$1: no HTTP" '1 x 400' printf 'hello\r\n\r\n'
  misbehaves "$1: a request that is too long" '1 x 400' too_long
  misbehaves "$1: a request with a zero in it" '1 x 400' with_zero
  ended "$1: ends after its clients"
}

# The requests fill the connection both ways before anything is read.
slow_reader() { # SYSTEM
  local writer
  start "$1" 100 1
  open_peer
  many >&"$peer" &
  writer=$!
  sleep 0.5
  is "$1: who reads late gets all replies" '200000 x 200' "$(replies)"
  wait "$writer"
  close_peer
  ended "$1: and then it ends"
}

full_house() { # SYSTEM
  local late
  start "$1" 1 2
  open_peer
  bounded 60 curl -s -o "$out/page" "http://$address/" {peer}>&- &
  late=$!
  close_peer
  wait "$late" || true
  is "$1: who comes when all is taken waits" '<h1>Hello from skt</h1>' "$(cat "$out/page")"
  ended "$1: and then it ends"
}

# program_of PROCESS: what `timeout` has started.
program_of() { tr -d ' ' <"/proc/$1/task/$1/children"; }

ticks() { # of CPU, 10 ms each, that the server has used
  local fields
  read -r -a fields <"/proc/$1/stat"
  echo $((fields[13] + fields[14]))
}

# Twenty descriptors are enough for a few connections, and then for none.
no_descriptors() {
  local program before peers=() i
  start_limit=20 start linux 100
  program=$(program_of "$server")
  for i in {1..30}; do
    open_peer
    peers+=("$peer")
  done
  before=$(ticks "$program")
  sleep 1
  if [ $(($(ticks "$program") - before)) -le 20 ]; then
    report ok 'linux: out of descriptors it does not spin'
  else
    report FAIL 'linux: out of descriptors it does not spin'
  fi
  for peer in "${peers[@]}"; do close_peer; done
  curls 'linux: and serves when there are some again' '200 1 24' -o /dev/null "http://$address/"
  kill "$server" && wait "$server" || true
}

descriptors() { find "/proc/$1/fd" -type l 2>/dev/null | wc -l; }

# most_descriptors PROGRAM PROCESS: that the one has while the other runs.
most_descriptors() {
  local now most=0
  while kill -0 "$2" 2>/dev/null; do
    now=$(descriptors "$1")
    [ "$now" -le "$most" ] || most=$now
    sleep 0.2
  done
  echo "$most"
}

load() {
  local name="linux: wrk, $connections connections for $seconds s" program before wrk most
  if ! ulimit -n $((connections + 100)) 2>/dev/null; then
    report skip "$name: only $(ulimit -Hn) descriptors are allowed"
    return
  fi
  start linux "$connections"
  program=$(program_of "$server")
  before=$(descriptors "$program")
  timeout -k 5 $((seconds + 60)) wrk -t 2 -c "$connections" -d "${seconds}s" --timeout 10s \
    "http://$address/" </dev/null >"$out/wrk.out" 2>&1 &
  wrk=$!
  most=$(most_descriptors "$program" "$wrk")
  wait "$wrk" || report FAIL "$name: wrk failed"
  sed 's/^/        /' "$out/wrk.out"
  is "$name, held at once" "$connections" $((most - before))
  if grep -q '^Requests/sec' "$out/wrk.out" && ! grep -q 'Socket errors\|Non-2xx' "$out/wrk.out"; then
    report ok "$name, without an error"
  else
    report FAIL "$name, without an error"
  fi
  kill "$server" && wait "$server" || true
}

for system in "${systems[@]}"; do
  need "$system"
done
need http
build_preset dev
if [ "${#systems[@]}" -gt 1 ]; then
  build_preset mingw
  start_wine
fi
mkdir -p "$out"

say 'clients of examples/http_server'
for system in "${systems[@]}"; do
  meet "$system"
  slow_reader "$system"
  full_house "$system"
done
no_descriptors
load
finish
