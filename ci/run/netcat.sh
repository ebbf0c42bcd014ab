#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/netcat.sh [windows]
# Run examples/netcat against itself and against OpenBSD's netcat, and
# examples/fetch against Python's web server; with the word, the Windows programs
# under Wine too. Installs what is missing.
#
# Exit code: 0 all passed, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly out=build/netcat
passed=0 failed=0 skipped=0

# example SYSTEM NAME: set `command` to what runs it.
example() {
  case $1 in
    linux) command=("build/dev/examples/$2") ;;
    windows) command=(ci/run/wine.sh "build/mingw/examples/$2.exe") ;;
    openbsd) command=(nc.openbsd) ;;
  esac
}

# nc SYSTEM INPUT NAME ARGUMENT...: what it prints is in files; sets `status`.
nc() {
  example "$1" netcat
  status=0
  timeout -k 5 60 "${command[@]}" "${@:4}" <"$2" >"$out/$3.out" \
    2>"$out/$3.err" || status=$?
}

# serve SYSTEM INPUT ARGUMENT...: in the background, verbose; sets `port`.
serve() {
  local deadline=$((SECONDS + 30))
  rm -f "$out/server.err"
  nc "$1" "$2" server -l -v "${@:3}" &
  server=$!
  until grep -qs listening "$out/server.err"; do
    [ "$SECONDS" -lt "$deadline" ] || return 0
    sleep 0.05
  done
  port=$(tr -d '\r' <"$out/server.err" | sed -n 's/^netcat: listening on .*://p')
}

same() { cmp "$1" "$2" 2>&1 || true; }
fails() { [ "$status" -eq "$1" ] || echo "exit code $status: $(<"$out/client.err")"; }

# CONDITION SYSTEM CLIENT: print what is wrong.
both_ways() {
  serve "$1" $out/big -N 127.0.0.1 0
  nc "$2" $out/other client -N 127.0.0.1 "$port"
  wait $server
  same $out/big $out/client.out
  same $out/other $out/server.out
}
# The other netcat does not say which port it has got. While it listens, it ends
# when its peer has shut down and its buffer happens to be empty, with a part of a
# long input unsent (its loop, "listen and net in gone"): so its input is short.
other_serves() {
  local until=$((SECONDS + 30))
  port=$(python3 -c 'import socket
print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
  rm -f $out/server.err
  echo 'short answer' >$out/short
  nc openbsd $out/short server -l -N -v 127.0.0.1 "$port" &
  server=$!
  until grep -qs Listening $out/server.err || [ $SECONDS -ge $until ]; do
    sleep 0.05
  done
  nc linux $out/other client -N localhost "$port"
  fails 0
  wait $server
  same $out/short $out/client.out
  same $out/other $out/server.out
}
answer_after_end() {
  python3 - $out/late.port <<'END' &
import socket, sys
s = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1], "w").write(str(s.getsockname()[1]) + "\n")
c, n = s.accept()[0], 0
while True:
    b = c.recv(65536)
    if not b: break
    n += len(b)
c.sendall(b"%d bytes" % n)
END
  until [ -s $out/late.port ]; do sleep 0.05; done
  nc "$2" $out/big client -N 127.0.0.1 "$(<$out/late.port)"
  rm $out/late.port
  [ "$(<$out/client.out)" = '3000000 bytes' ] || echo 'no answer'
}
udp() {
  serve "$1" /dev/null -u -w 2 127.0.0.1 0
  nc "$2" $out/line client -u -w 1 127.0.0.1 "$port"
  wait $server
  same $out/line $out/server.out
}
unix() {
  rm -f $out/u
  serve "$1" $out/line -N -U $out/u
  nc "$2" $out/line client -N -U $out/u
  wait $server
  same $out/line $out/server.out
  same $out/line $out/client.out
}
keep_open() {
  serve "$1" /dev/null -k 127.0.0.1 0
  nc "$2" $out/line client -N 127.0.0.1 "$port"
  nc "$2" $out/line client -N 127.0.0.1 "$port"
  nc "$1" /dev/null client -z -v 127.0.0.1 "$port"
  fails 0
  grep -q open: $out/client.err || echo 'not reported as open'
  nc "$1" /dev/null client -z 127.0.0.1 "$((port - 1))-$((port + 1))"
  fails 0
  stop_programs
  cat $out/line $out/line | cmp - $out/server.out || true
}
closed_port() {
  nc "$1" /dev/null client -z 127.0.0.1 1
  fails 1
  nc "$1" /dev/null client -z 127.0.0.1 1-3
  fails 1
}
silent_peer() {
  serve "$1" /dev/null 127.0.0.1 0
  nc "$1" /dev/null client -w 1 127.0.0.1 "$port"
  fails 1
  wait $server
}
source_address() {
  serve "$1" /dev/null 127.0.0.1 0
  nc "$1" $out/line client -N -s 127.0.0.2 localhost "$port"
  wait $server
  grep -q 'from 127[.]0[.]0[.]2:' $out/server.err || echo 'another source'
  same $out/line $out/server.out
}
one_family() {
  serve "$1" /dev/null 127.0.0.1 0
  nc "$1" $out/line client -N localhost "$port"
  wait $server
  same $out/line $out/server.out
}
# Each option chooses a family, and refuses the other one's addresses.
each_family() {
  serve "$1" $out/line -N -4 localhost 0
  nc "$2" /dev/null client -6 -z 127.0.0.1 "$port"
  fails 1
  nc "$2" $out/line client -4 -N localhost "$port"
  wait $server
  same $out/line $out/client.out
  grep -q 'from 127[.]0[.]0[.]1:' $out/server.err || echo 'not by IPv4'
  serve "$1" $out/line -N -6 localhost 0
  [ -n "$port" ] || { cat $out/server.err; return; }
  nc "$2" /dev/null client -4 -z ::1 "$port"
  fails 1
  nc "$2" $out/line client -6 -N localhost "$port"
  wait $server
  same $out/line $out/client.out
  grep -q 'from \[::1\]:' $out/server.err || echo 'not by IPv6'
}
no_host() {
  serve "$1" $out/line -N 0
  nc "$2" $out/line client -N 127.0.0.1 "$port"
  wait $server
  same $out/line $out/server.out
  same $out/line $out/client.out
}
udp_from_all() {
  local until=$((SECONDS + 30))
  serve "$1" /dev/null -u -k 127.0.0.1 0
  nc "$2" $out/line client -u -w 1 127.0.0.1 "$port"
  nc "$2" $out/line client -u -w 1 127.0.0.1 "$port"
  until cat $out/line $out/line | cmp -s - $out/server.out || [ $SECONDS -ge $until ]; do
    sleep 0.05
  done
  stop_programs
  cat $out/line $out/line | cmp - $out/server.out || true
}
# A descriptor that is closed is the end of the input, and not the socket's.
closed_input() {
  serve "$1" $out/line -N 127.0.0.1 0
  example "$2" netcat
  status=0
  timeout -k 5 60 "${command[@]}" -N 127.0.0.1 "$port" <&- >$out/client.out \
    2>$out/client.err || status=$?
  fails 0
  wait $server
  same $out/line $out/client.out
  same /dev/null $out/server.out
}
# The address takes no more connections, and refuses none.
silent_address() {
  local began=$SECONDS
  rm -f $out/peers.out
  timeout -k 5 120 python3 ci/run/moving/peers.py </dev/null >$out/peers.out &
  until grep -qs listening $out/peers.out; do sleep 0.05; done
  read -r _ _ _ _ _ address <$out/peers.out
  nc "$1" /dev/null client -w 1 "${address%:*}" "${address##*:}"
  fails 1
  grep -q 'time' $out/client.err || echo "it says $(<$out/client.err)"
  [ $((SECONDS - began)) -lt 30 ] || echo "after $((SECONDS - began)) s"
}
bad_usage() {
  local words
  for words in '' '-q a 1' 'a' '-k a 1' 'a 65536' '-U -u a' '-46 a 1' '-w 0 a 1'; do
    read -r -a words <<<"$words"
    nc "$1" /dev/null client "${words[@]}"
    fails 2
  done
}
page_by_name() {
  python3 -u -m http.server --bind 127.0.0.1 --directory $out/site 0 \
    >$out/http.out 2>&1 &
  until grep -qs Serving $out/http.out; do sleep 0.05; done
  example "$1" fetch
  port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' $out/http.out)
  bounded 60 "${command[@]}" localhost "$port" /page >$out/page || echo 'it failed'
  tail -n 1 $out/page | tr -d '\r' | same - $out/line # it prints text
  stop_programs
}

check() { # CONDITION SYSTEM CLIENT
  local result=ok
  "$@" >$out/wrong 2>&1 || echo 'it stopped' >>$out/wrong
  stop_programs
  if [ -s $out/wrong ]; then
    result=FAILED failed=$((failed + 1))
  else
    passed=$((passed + 1))
  fi
  printf '%-8s %-8s %-17s %s\n' "$2" "$3" "$1" $result
  cat $out/wrong
}

if [ $# -gt 1 ] || [ "${1:-windows}" != windows ]; then
  sed -n '/^# usage/s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
trap 'stop_programs; stop_wine' EXIT
mkdir -p $out/site
need linux
need python
need netcat
head -c 3000000 /dev/urandom >$out/big
head -c 2000000 /dev/urandom >$out/other
echo 'one line' | tee $out/line >$out/site/page
[ -n "${SKT_BUILT:-}" ] || build_preset dev
for system in linux "$@"; do
  if [ "$system" = windows ]; then
    need windows
    [ -n "${SKT_BUILT:-}" ] || build_preset mingw
    [ -n "${WINEPREFIX:-}" ] || start_wine
  fi
  for condition in both_ways answer_after_end udp keep_open closed_port \
    silent_peer source_address one_family each_family no_host udp_from_all closed_input \
    silent_address bad_usage page_by_name; do
    check $condition "$system" "$system"
  done
  nc "$system" /dev/null client -U $out/none
  if grep -q 'not supported' $out/client.err; then
    echo "$system: unix skipped: $(tr -d '\r' <$out/client.err)"
    skipped=$((skipped + 1))
  else
    check unix "$system" "$system"
  fi
  [ "$system" = linux ] || continue
  for condition in both_ways other_serves udp unix keep_open; do
    check $condition linux openbsd
  done
done

echo "netcat: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
