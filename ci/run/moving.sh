#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/moving.sh [linux] [windows]
# Run the chat of examples/moving, which is written once without and once with
# skt: each server with each client, on both systems unless one is named,
# Windows under Wine. Installs what is missing.
#
# Exit code: 0 all passed, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly out=build/moving start_seconds=60 chat_seconds=60
passed=0 failed=0

# program SYSTEM VERSION: set `command` to what runs it.
program() {
  case $1 in
    linux) command=("build/dev/examples/moving/moving_$2") ;;
    windows)
      command=(ci/run/wine.sh "build/mingw/examples/moving/moving_$2.exe")
      ;;
  esac
}

# in_background NAME ARGUMENT...: run `command` so; what it says is in files.
in_background() {
  timeout -k 5 $((start_seconds + chat_seconds)) "${command[@]}" "${@:2}" \
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
  in_background server serve 127.0.0.1:0
  server=$!
  says server listening || { echo 'the server does not listen'; return; }
  address=$(tr -d '\r' <$out/server.out | sed -n 's/^listening on //p')
  program "$1" "$3"
  in_background ann join "$address" Ann 3
  ann=$!
  says ann welcome || { echo 'Ann is not welcome'; return; }
  bounded $chat_seconds "${command[@]}" join "$address" Bob 0 one 'two two' \
    three >$out/bob.out 2>$out/bob.err || echo "Bob failed: $(<$out/bob.err)"
  wait $ann || echo "Ann failed: $(<$out/ann.err)"
  wait $server || echo "the server failed: $(<$out/server.err)"
  printf '%s\n' welcome 'Bob: one' 'Bob: two two' 'Bob: three' |
    diff - <(tr -d '\r' <$out/ann.out) || echo 'Ann has read something else'
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
      result=ok
      if [ -s $out/wrong ]; then
        result=FAILED failed=$((failed + 1))
      else
        passed=$((passed + 1))
      fi
      printf '%-8s server %-7s client %-7s %s\n' "$system" $server $client \
        $result
      cat $out/wrong
    done
  done
done

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
