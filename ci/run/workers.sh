#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/workers.sh [windows]
# A parent hands connections to four workers, one of which is killed; pairs by
# the thousand, also while a stranger connects and sends to every port that
# appears; and examples/prefork with curl and wrk; with the word, the Windows
# programs under Wine too. examples/activated runs under systemd-socket-activate.
# Installs what is missing. The script has a network of its own, since the
# stranger connects to every port.
#
# Exit code: 0 all passed, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/run/counted.sh

readonly out=$PWD/build/workers
systems=(linux)
case "$#:${1:-}" in
  0:) ;;
  1:windows) systems+=(windows) ;;
  *)
    sed -n '/^# usage/s/^# //p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac

# command_of SYSTEM PROGRAM: set `command` to what runs it.
command_of() {
  case $1:$2 in
    linux:prefork) command=(build/dev/examples/prefork) ;;
    linux:*) command=("$out/$2") ;;
    windows:prefork) command=(ci/run/wine.sh build/mingw/examples/prefork.exe) ;;
    windows:*) command=(ci/run/wine.sh "$out/$2.exe") ;;
  esac
}

build_all() {
  local flags=(-std=c11 -O1 -g -Wall -Wextra -Werror -Iinclude -Iexamples)
  build_preset dev
  quietly "$out/gcc.log" gcc "${flags[@]}" -D_GNU_SOURCE ci/run/workers/workers.c \
    examples/spawn_posix.c ci/run/workers/kill_posix.c build/dev/libskt.a -pthread -o "$out/workers"
  quietly "$out/gcc.log" gcc "${flags[@]}" -D_GNU_SOURCE ci/run/workers/stranger.c \
    build/dev/libskt.a -pthread -o "$out/stranger"
  if [ "${#systems[@]}" -gt 1 ]; then
    build_preset mingw
    quietly "$out/mingw.log" x86_64-w64-mingw32-gcc-posix "${flags[@]}" \
      ci/run/workers/workers.c examples/spawn_win32.c ci/run/workers/kill_win32.c \
      build/mingw/libskt.a -static \
      -lws2_32 -liphlpapi -pthread -o "$out/workers.exe"
  fi
}

# counts SYSTEM WORD COUNT: one run of ci/run/workers/workers.c.
counts() {
  local text command=() word=ok
  command_of "$1" workers
  text=$(bounded 300 "${command[@]}" "$2" "$3" 2>&1 | tr -d '\r') || word=FAIL
  report "$word" "$1: $2 $3: $text"
}

# Calls of the system for a hand-over and a close, both sides together: sendmsg;
# recvmsg, and getsockopt and getsockname, which prove what came; close.
calls() {
  local few many
  if ! strace -qq -o /dev/null true 2>/dev/null; then
    report skip 'tracing system calls is forbidden here'
    return
  fi
  few=$(traced 100) many=$(traced 200)
  is 'linux: system calls of 100 hand-overs and closes' 500 $((many - few))
}
traced() {
  strace -f -qq -o "$out/strace" "$out/workers" alone "$1" >/dev/null
  wc -l <"$out/strace"
}

attack() {
  local stranger connected=0 sent=0
  rm -f "$out/stranger.out"
  timeout 300 "$out/stranger" "$out/stranger.out" &
  stranger=$!
  until [ -s "$out/stranger.out" ]; do sleep 0.05; done
  counts "$1" attacked 1000
  sleep 1.1 # it writes its counts each second
  kill "$stranger"
  wait "$stranger" || true
  read -r connected sent <"$out/stranger.out" || true
  if [ "$1" = windows ] && [ "$connected" -eq 0 ] && [ "$sent" -eq 0 ]; then
    report FAIL "$1: the stranger has met no port"
  else
    report ok "$1: the stranger has connected $connected times, sent $sent times"
  fi
}

# start_server SYSTEM: set `server`, `address`, and `input`, its standard input.
start_server() {
  local command=()
  command_of "$1" prefork
  rm -f "$out/input"
  mkfifo "$out/input"
  : >"$out/server.out"
  timeout -k 5 300 "${command[@]}" 127.0.0.1:0 "$out/folder" 4 <"$out/input" \
    >"$out/server.out" 2>"$out/server.err" &
  server=$!
  exec {input}>"$out/input"
  await_address "$server"
}

# status PATH [CURL_ARGUMENT...]
status() {
  bounded 60 curl -sS -m 50 --path-as-is -o "$out/got" -w '%{http_code}' \
    "${@:2}" "http://$address$1" 2>&1 || true
}

serves_files() {
  local path
  is "$1: a page" 200 "$(status /)"
  is "$1: it is whole" '' "$(cmp "$out/got" "$out/folder/index.html" 2>&1)"
  is "$1: a big file" 200 "$(status /big.bin)"
  is "$1: it is whole" '' "$(cmp "$out/got" "$out/folder/big.bin" 2>&1)"
  is "$1: a file that is not there" 404 "$(status /none.txt)"
  is "$1: a folder" 404 "$(status /below)"
  is "$1: a file below a folder" 200 "$(status /below/a.txt)"
  # shellcheck disable=SC2016 # a stream of NTFS
  for path in /../secret /below/../../secret '/..%2fsecret' '/..\secret' \
    //etc/passwd /.hidden /con /below/nul.txt '/index.html::$DATA' '/c:/x'; do
    is "$1: GET $path" 403 "$(status "$path")"
  done
  is "$1: POST" 501 "$(status / -d x)"
  is "$1: no request" 400 "$(printf 'nonsense\r\n\r\n' | talk)"
}

# talk: send what comes in, print the status of the reply.
talk() {
  exec {peer}<>"/dev/tcp/${address%:*}/${address##*:}"
  cat >&"$peer"
  timeout -k 5 60 cat <&"$peer" | tr -d '\r' | sed -n '1s/^HTTP[^ ]* \([0-9]*\) .*/\1/p'
  exec {peer}>&-
}

# A worker that has a client is killed: this client alone is lost.
survives_a_kill() {
  local victim
  exec {peer}<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'GET /' >&"$peer"
  victim=
  until [ -n "$victim" ]; do victim=$(busy_worker); done
  kill -KILL "$victim"
  is 'linux: the client of a killed worker is lost' '' "$(timeout 20 cat <&"$peer" 2>/dev/null)"
  exec {peer}>&-
  is 'linux: a page after that' 200 "$(status /)"
  is 'linux: workers after that' 4 "$(children | wc -w)"
}

children() { cat "/proc/$(pgrep -P "$server")/task/"*/children; }

busy_worker() { # the one that has a connection
  local child
  for child in $(children); do
    if find "/proc/$child/fd" -lname 'socket:*' | wc -l | grep -qx 2; then
      echo "$child"
    fi
  done | head -n 1
}

loaded() {
  local name="$1: wrk, 100 connections for 3 s"
  bounded 60 wrk -t 2 -c 100 -d 3s --timeout 10s "http://$address/" >"$out/wrk.out" 2>&1 ||
    report FAIL "$name"
  if grep -q '^Requests/sec' "$out/wrk.out" &&
    ! grep -q 'Socket errors\|Non-2xx' "$out/wrk.out"; then
    report ok "$name: $(sed -n 's/Requests.sec: */requests a second: /p' "$out/wrk.out")"
  else
    report FAIL "$name: $(tail -n 4 "$out/wrk.out")"
  fi
}

# "quit" while a worker has a client: it is served first.
drains() {
  local code=0 got
  exec {peer}<>"/dev/tcp/${address%:*}/${address##*:}"
  printf 'GET / HTTP/1.0\r\n' >&"$peer"
  sleep 0.3 # until a worker reads
  echo quit >&"$input"
  sleep 0.3 # until the server has closed its listener
  is "$1: connecting while it drains" 000 "$(status / 2>/dev/null | tail -c 3)"
  printf '\r\n' >&"$peer"
  got=$(timeout -k 5 60 cat <&"$peer" | head -n 1 | tr -d '\r')
  exec {peer}>&- {input}>&-
  is "$1: the last client is served" 'HTTP/1.0 200 OK' "$got"
  wait "$server" || code=$?
  is "$1: its exit code" 0 "$code"
}

serves() {
  start_server "$1"
  serves_files "$1"
  if [ "$1" = linux ]; then
    survives_a_kill
    loaded linux
  fi
  drains "$1"
}

# The recipe of the guide, with a listener that systemd's tool has opened.
activated() {
  local pid got port=4711
  if ! command -v systemd-socket-activate >/dev/null; then
    report skip 'systemd-socket-activate is not here'
    return
  fi
  timeout -k 5 60 systemd-socket-activate -l "127.0.0.1:$port" build/dev/examples/activated \
    >"$out/activated.out" 2>&1 &
  pid=$!
  until got=$(bounded 20 curl -sS "http://127.0.0.1:$port/" 2>/dev/null); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.05
  done
  is 'a listener from systemd-socket-activate' 'Hello.' "$got"
  wait "$pid" || true
  is 'the same program without a manager' 'no sockets were passed' \
    "$(bounded 20 build/dev/examples/activated 2>&1 || true)"
  is 'and with those of another process' 'no sockets were passed' \
    "$(LISTEN_PID=1 LISTEN_FDS=1 bounded 20 build/dev/examples/activated 2>&1 || true)"
}

if [ "$inside" != yes ]; then
  for system in "${systems[@]}"; do need "$system"; done
  need http
  need workers
  mkdir -p "$out"
  build_all
  enter_namespaces '-n' "$@"
fi

trap 'stop_programs; stop_wine' EXIT
ip link set lo up
ulimit -n 4096 2>/dev/null || true
rm -rf "$out/folder" && mkdir -p "$out/folder/below"
echo '<h1>Hello</h1>' >"$out/folder/index.html"
echo a >"$out/folder/below/a.txt"
echo hidden | tee "$out/folder/.hidden" >"$out/secret"
head -c 20000000 /dev/urandom >"$out/folder/big.bin"
for system in "${systems[@]}"; do
  [ "$system" = linux ] || start_wine
  [ "$system" != linux ] || calls
  counts "$system" serve 1000
  counts "$system" kill 1000
  counts "$system" pairs 10000
  attack "$system"
  serves "$system"
done
activated
finish
