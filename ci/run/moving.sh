#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/moving.sh [linux] [windows]
# Run the programs of examples/moving, each of which is written once without and
# once with skt, on both systems unless one is named, Windows under Wine: the
# chat, each server with each client; the sender, each with a peer that makes the
# system's calls and with one that has skt. Installs what is missing.
#
# Exit code: 0 all passed, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly out=build/moving start_seconds=60 chat_seconds=60 send_seconds=60
passed=0 failed=0

# example SYSTEM NAME: set `command` to what runs it.
example() {
  case $1 in
    linux) command=("build/dev/examples/$2") ;;
    windows) command=(ci/run/wine.sh "build/mingw/examples/$2.exe") ;;
  esac
}

program() { example "$1" "moving/moving_$2"; }

# in_background NAME SECONDS ARGUMENT...: run `command` so; what it says is in
# files.
in_background() {
  timeout -k 5 "$2" "${command[@]}" "${@:3}" \
    </dev/null >"$out/$1.out" 2>"$out/$1.err" &
}

# says FILE WORD: wait until the first line of a file has the word.
says() {
  local deadline=$((SECONDS + start_seconds))
  until grep -qs "$2" "$out/$1.out"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# chat SYSTEM SERVER CLIENT: Ann listens, Bob says three lines and leaves. What
# is wrong is printed.
chat() {
  local server ann address
  rm -f $out/*.out $out/*.err
  program "$1" "$2"
  in_background server $((start_seconds + chat_seconds)) serve 127.0.0.1:0
  server=$!
  says server listening || { echo 'the server does not listen'; return; }
  address=$(tr -d '\r' <$out/server.out | sed -n 's/^listening on //p')
  program "$1" "$3"
  in_background ann $((start_seconds + chat_seconds)) join "$address" Ann 3
  ann=$!
  says ann welcome || { echo 'Ann is not welcome'; return; }
  bounded $chat_seconds "${command[@]}" join "$address" Bob 0 one 'two two' \
    three >$out/bob.out 2>$out/bob.err || echo "Bob failed: $(<$out/bob.err)"
  wait $ann || echo "Ann failed: $(<$out/ann.err)"
  wait $server || echo "the server failed: $(<$out/server.err)"
  printf '%s\n' welcome 'Bob: one' 'Bob: two two' 'Bob: three' |
    diff - <(tr -d '\r' <$out/ann.out) || echo 'Ann has read something else'
}

#
# The sender
#

# start_peers SYSTEM: set `without` and `with`, addresses of peers that send a
# line back, without and with skt, and `mute`, `refusing`, `dead`: see
# ci/run/moving/peers.py.
start_peers() {
  command=(python3 ci/run/moving/peers.py)
  in_background peers 600
  example "$1" echo_server
  in_background with 600 127.0.0.1:0
  says peers listening || die "no peers: $(<$out/peers.err)"
  says with listening || die "echo_server does not listen: $(<$out/with.err)"
  read -r _ _ without mute refusing dead <$out/peers.out
  with=$(sed -n 's/^listening on \([^ ]*\) .*/\1/p' $out/with.out)
}
address_of() {
  case $1 in without) echo "$without" ;; with) echo "$with" ;; esac
}

# sends SYSTEM VERSION ADDRESS...: run it. Sets `status`; what it says is in
# files.
sends() {
  program "$1" "sender_$2"
  status=0
  bounded $send_seconds "${command[@]}" 127.0.0.1 'one line' "${@:3}" \
    >$out/sender.out 2>$out/sender.err || status=$?
  sed -i 's/\r$//' $out/sender.out $out/sender.err
}

# explains VERSION ADDRESS TEXT: a line for each address that failed, and the
# text of skt, which is the same on every system.
explains() {
  case $1 in
    before) grep -q "^cannot .* $2: .*[a-z]" $out/sender.err ;;
    after) grep -q "^cannot .* $2: $3$" $out/sender.err ;;
  esac || echo "$2 is not explained by: $(<$out/sender.err)"
}

# answered VERSION: the line came back, and the options are in force. The system
# may give a larger buffer than it was asked for.
answered() {
  [ $status -eq 0 ] || echo "it failed: $(<$out/sender.err)"
  [ "$(tail -n 1 $out/sender.out)" = 'one line' ] || echo 'no answer'
  awk '/^from 127[.]0[.]0[.]1.*: keep-alive 1, no delay 1, send buffer/ &&
    $NF >= 65536 { good = 1 } END { exit !good }' $out/sender.out ||
    echo "options are not in force: $(head -n 1 $out/sender.out)"
}

# CONDITION SYSTEM VERSION ADDRESS, that of a peer: print what is wrong.
first_address() {
  sends "$1" "$2" "$3" "$refusing"
  answered "$2"
  [ ! -s $out/sender.err ] || echo "it complains: $(<$out/sender.err)"
}
refused_first() {
  sends "$1" "$2" "$refusing" "$3"
  answered "$2"
  explains "$2" "$refusing" 'connection refused'
}
dead_first() {
  sends "$1" "$2" "$dead" "$3"
  answered "$2"
  explains "$2" "$dead" 'the time that the caller gave is over'
}
other_family() {
  sends "$1" "$2" '[::1]:7000' "$3"
  answered "$2"
  explains "$2" '\[::1\]:7000' 'address family not supported'
}
none_good() {
  sends "$1" "$2" "$refusing" "$mute"
  [ $status -eq 1 ] || echo "exit code $status"
  explains "$2" "$mute" 'the stream ended too early'
}

#
# Verdicts
#

# verdict SYSTEM WORD...: of what was found wrong, in a file, if anything was.
verdict() {
  local result=ok
  if [ -s $out/wrong ]; then
    result=FAILED failed=$((failed + 1))
  else
    passed=$((passed + 1))
  fi
  printf '%-8s %-6s %-7s %-6s %-8s%-14s%s\n' "${@:1:5}" "${6:-}" $result
  cat $out/wrong
}

systems=("$@")
[ $# -gt 0 ] || systems=(linux windows)
for system in "${systems[@]}"; do
  case $system in
    linux | windows) ;;
    *)
      echo 'usage: ci/run/moving.sh [linux] [windows]' >&2
      exit 2
      ;;
  esac
done

trap 'stop_programs; stop_wine' EXIT
mkdir -p $out
need linux
need python
for system in "${systems[@]}"; do
  case $system in
    linux) build_preset dev ;;
    windows)
      need windows
      build_preset mingw
      # Who calls this with a prefix has started Wine already.
      [ -n "${WINEPREFIX:-}" ] || start_wine
      ;;
  esac
  for server in before after; do
    for client in before after; do
      chat "$system" $server $client >$out/wrong
      stop_programs
      verdict "$system" server $server client $client
    done
  done
  start_peers "$system"
  for sender in before after; do
    for peer in without with; do
      for condition in first_address refused_first dead_first other_family; do
        $condition "$system" $sender "$(address_of $peer)" >$out/wrong
        verdict "$system" sender $sender peer $peer $condition
      done
    done
    none_good "$system" $sender >$out/wrong
    verdict "$system" sender $sender peer without none_good
  done
  stop_programs
done

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
