#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/names.sh [windows | glibc]
# Look up names in a network of our own: dnsmasq with A, AAAA, CNAME and 40
# addresses; a server of ours for delays, silence, SERVFAIL and answers that are
# cut. Programs of glibc, of musl, under the sanitizers, and with `windows` under
# Wine; with `glibc` only the first. A line is an outcome and its verdict. Installs
# what is missing; skips where a process may have no network of its own.
#
# Exit code: 0 all passed, 1 something failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/run/counted.sh

readonly out=$PWD/build/names probe=ci/run/names/probe.c
read -r passed failed <<<"${SKT_NAMES_BEFORE:-0 0}"

build_probes() {
  local source=$out/skt.c flags=(-std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra
    -I"$out" -pthread)
  quietly "$out/two_files.log" cmake -P src/package/two_files.cmake "$out"
  quietly "$out/glibc.log" gcc "${flags[@]}" $probe "$source" -o "$out/glibc" -ldl
  quietly "$out/asan.log" gcc "${flags[@]}" -fsanitize=address,undefined $probe \
    "$source" -o "$out/asan"
  quietly "$out/tsan.log" gcc "${flags[@]}" -fsanitize=thread $probe "$source" \
    -o "$out/tsan"
  quietly "$out/library.log" gcc "${flags[@]}" -shared -fPIC "$source" \
    -o "$out/libplugin.so"
  if (need musl); then
    quietly "$out/musl.log" musl-gcc "${flags[@]}" -static $probe "$source" \
      -o "$out/musl"
  else
    rm -f "$out/musl"
  fi
  rm -f "$out/windows.exe"
  if [ "$windows" = windows ]; then
    need windows
    quietly "$out/windows.log" x86_64-w64-mingw32-gcc-posix "${flags[@]}" \
      -static $probe "$source" -o "$out/windows.exe" -lws2_32 -liphlpapi
    # Wine's first start takes long, and needs no names.
    WINEPREFIX=$out/wine quietly "$out/wine.log" bounded 180 ci/run/wine.sh cmd /c exit 0
  fi
}

# lacks_names WHAT PROGRAM: it has neither resolver nor threads.
lacks_names() {
  local found
  found=$(nm "$2" | grep -E ' (getaddrinfo|getnameinfo|pthread_create|dlopen|skt_resolve)\b' || true)
  if [ -z "$found" ] && nm "$2" | grep ' T skt_close' >/dev/null; then
    report ok "$1: no resolver, no threads"
  else
    report FAIL "$1: has ${found:-no skt}"
  fi
}

# Programs that look up no names.
without_names() {
  local example=(-Iinclude -Iexamples examples/echo_client.c examples/seconds.c)
  build_preset dev
  quietly "$out/without.log" gcc "${example[@]}" build/dev/libskt.a -o "$out/without"
  lacks_names 'static library' "$out/without"
  quietly "$out/without.log" gcc -DSKT_NO_NAMES -Wall -Wextra -Werror -I"$out" \
    "${example[@]}" "$out/skt.c" -o "$out/without"
  lacks_names 'skt.c with SKT_NO_NAMES' "$out/without"
}

# use SERVER: the name server of all programs from here on.
use() {
  printf 'nameserver %s\noptions timeout:1 attempts:1\n' "$1" >"$out/resolv.conf"
}

start_servers() {
  local i file
  ip link set lo up
  use 127.0.0.1
  printf '127.0.0.1 localhost\n10.9.2.2 by-file.test\n' >"$out/hosts"
  printf 'hosts: files dns\n' >"$out/nsswitch.conf"
  for file in resolv.conf hosts nsswitch.conf; do
    [ -e "/etc/$file" ] || continue
    mount --bind "$out/$file" "/etc/$file"
  done
  for i in $(seq 40); do echo "10.9.1.$i many.test"; done >"$out/many"
  python3 ci/run/names/server.py 127.0.0.2 127.0.0.3 >"$out/server.out" \
    2>"$out/server.err" &
  dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
    --user= --group= --pid-file= --port=53 --listen-address=127.0.0.1 \
    --bind-interfaces --cache-size=0 --addn-hosts="$out/many" --server=/odd.test/127.0.0.2 \
    --server=/0.9.10.in-addr.arpa/127.0.0.2 --local=/test/ \
    --host-record=a.test,10.9.2.1 --host-record=aaaa.test,fd00::1 \
    --host-record=both.test,10.9.2.3,fd00::3 --cname=c1.test,c2.test \
    --cname=c2.test,c3.test --cname=c3.test,both.test \
    --ptr-record=3.2.9.10.in-addr.arpa,both.test --local=/2.9.10.in-addr.arpa/ \
    >"$out/dnsmasq.out" 2>&1 &
  for i in $(seq 100); do
    if grep -q ready "$out/server.out" &&
      [ "$(timeout 5 "$out/glibc" resolve a.test:1 0 2000 9 | head -n 1)" = 10.9.2.1:1 ]; then
      return
    fi
    sleep 0.05
  done
  die "the name servers do not start, see $out/dnsmasq.out and server.err"
}

# expect WHAT PATTERN LEAST MOST COMMAND...: the outcome, as a regular expression
# of the whole line, and how many milliseconds the call may take.
expect() {
  local said outcome ms word=FAIL
  said=$(timeout -k 5 60 "${runner[@]}" "${@:5}" 2>"$out/err" | tr -d '\r') || true
  { read -r outcome && read -r ms; } <<<"$said" || true
  if [[ $outcome =~ ^($2)$ && $ms =~ ^[0-9]+$ && $ms -ge $3 && $ms -le $4 ]]; then
    word=ok
  fi
  [ "${#outcome}" -lt 90 ] || outcome="${outcome:0:70}... ($(wc -w <<<"$outcome"))"
  report $word "$kind: $1: ${outcome:-nothing} in ${ms:-?} ms"
  [ $word = ok ] || head -n 20 "$out/err"
}

# What has a certain outcome on every system. SLOW is how many milliseconds a
# machine under load may take.
ask_all() {
  local slow=$1
  use 127.0.0.1
  expect 'A' '10\.9\.2\.1:443' 0 "$slow" resolve a.test:443 0 -1 9
  expect 'A, in a thread' '10\.9\.2\.1:443' 0 "$slow" resolve a.test:443 0 9000 9
  expect 'A, final dot' '10\.9\.2\.1:443' 0 "$slow" resolve a.test.:443 0 9000 9
  expect 'AAAA' '\[fd00::1\]:443' 0 "$slow" resolve aaaa.test:443 0 9000 9
  expect 'both' '\[fd00::3\]:1 10\.9\.2\.3:1|10\.9\.2\.3:1 \[fd00::3\]:1' 0 \
    "$slow" resolve both.test:1 0 9000 9
  expect 'both, only IPv4' '10\.9\.2\.3:1' 0 "$slow" resolve both.test:1 1 9000 9
  expect 'both, only IPv6' '\[fd00::3\]:1' 0 "$slow" resolve both.test:1 2 9000 9
  expect 'A, only IPv6' "$no_address" 0 "$slow" resolve a.test:1 2 9000 9
  expect 'AAAA, only IPv4' "$no_address" 0 "$slow" resolve aaaa.test:1 1 9000 9
  expect 'chain of three CNAMEs' '.*10\.9\.2\.3:1.*' 0 "$slow" \
    resolve c1.test:1 0 9000 9
  expect '40 addresses, by TCP' "(10\.9\.1\.[0-9]+:1 ?){$many}" 0 "$slow" resolve many.test:1 0 9000 99
  expect '40 addresses, room for 3' '(10\.9\.1\.[0-9]+:1 ?){3}' 0 "$slow" \
    resolve many.test:1 0 9000 3
  expect 'NXDOMAIN' 'SKT_ENONAME' 0 "$slow" resolve none.test:1 0 9000 9
  expect 'NXDOMAIN, no limit' 'SKT_ENONAME' 0 "$slow" resolve none.test:1 0 -1 9
  expect 'hosts file' '10\.9\.2\.2:1' 0 "$slow" resolve by-file.test:1 0 9000 9
  expect 'localhost, which the file has as IPv4 only' \
    '\[::1\]:1 127\.0\.0\.1:1' 0 "$slow" resolve LOCALHOST.:1 0 0 9
  expect 'under localhost' '\[::1\]:1 127\.0\.0\.1:1' 0 "$slow" \
    resolve a.localhost:1 0 0 9
  expect 'slow answer' '10\.9\.0\.1:1' 400 $((500 + slow)) \
    resolve slow.odd.test:1 1 9000 9
  expect 'slow answer, 100 ms' 'SKT_ETIMEDOUT' 100 $((100 + slow)) \
    resolve slow.odd.test:1 1 100 9
  expect 'SERVFAIL' "$failure" 0 $((1000 + slow)) resolve fail.odd.test:1 0 9000 9
  expect 'REFUSED' "$failure" 0 $((1000 + slow)) resolve refuse.odd.test:1 0 9000 9
  expect 'cut over UDP' "10\.9\.0\.2:1$no_tcp" 0 "$slow" resolve cut.odd.test:1 1 9000 9
  expect 'mapped and plain are one' '10\.9\.0\.3:1' 0 "$slow" \
    resolve mapped.odd.test:1 0 9000 9
  expect 'thrice the same' '10\.9\.0\.4:1' 0 "$slow" resolve twice.odd.test:1 0 9000 9
  expect 'AAAA fails, A is there' "10\.9\.0\.6:1|$failure" 0 $((1000 + slow)) \
    resolve v6fail.odd.test:1 0 9000 9
  expect 'reverse' 'both\.test' 0 "$slow" reverse 10.9.2.3:1 9000
  expect 'reverse, no limit' 'both\.test' 0 "$slow" reverse 10.9.2.3:1 -1
  expect 'reverse, no name' 'SKT_ENONAME' 0 $((1000 + slow)) reverse 10.9.2.99:1 9000
  expect 'reverse, an escape sequence' 'SKT_E(NONAME|NAMEFAIL|TRYAGAIN)' 0 \
    $((1000 + slow)) reverse 10.9.0.5:1 9000
  expect 'reverse, a number for a name' 'SKT_ENONAME' 0 $((1000 + slow)) \
    reverse 10.9.0.7:1 9000
  use 127.0.0.4 # where nobody listens
  expect 'no server listens' "$failure" 0 $((2000 + slow)) resolve a.test:1 0 9000 9
  use 127.0.0.3
  expect 'silence, 1 ms' 'SKT_ETIMEDOUT' 1 "$slow" resolve a.test:1 0 1 9
  expect 'silence, 300 ms' 'SKT_ETIMEDOUT' 300 $((300 + slow)) \
    resolve a.test:1 0 300 9
  expect 'silence, no time' 'SKT_ETIMEDOUT' 0 "$slow" resolve a.test:1 0 0 9
  expect 'silence, a number' '127\.0\.0\.1:1' 0 "$slow" resolve 127.0.0.1:1 0 1 9
  expect 'silence, localhost' '.*127\.0\.0\.1:1' 0 "$slow" resolve localhost:1 0 1 9
  expect 'silence, a waker after 200 ms' 'SKT_ECANCELED' 100 $((200 + slow)) \
    wake a.test:1 200
  expect 'silence, reverse, 100 ms' 'SKT_ETIMEDOUT' 100 $((100 + slow)) \
    reverse 10.9.2.3:1 100
}

# ends WHAT COMMAND...: the process ends at once though a look-up is in progress:
# what it takes from its last line to the end of its output.
ends() {
  local said start took word=FAIL
  exec {said}< <(timeout -k 5 60 "${runner[@]}" "${@:2}" 2>/dev/null)
  { read -r _ && read -r _; } <&"$said" || true
  start=${EPOCHREALTIME/./}
  cat <&"$said" >/dev/null
  took=$(((${EPOCHREALTIME/./} - start) / 1000))
  exec {said}<&-
  [ $took -ge "$at_once" ] || word=ok
  report $word "$kind: $1: $took ms"
}

give_up_all() {
  use 127.0.0.3
  expect 'silence, 100 in a row of 1 ms' "$gone" 1 "$1" give_up a.test:1 100
  sed "s/^/     /" "$out/err"
  ends 'main returns during a look-up' leave a.test:1
}

posix_only() {
  use 127.0.0.3
  expect 'given up in a process that forks' 'parent SKT_EUSERS, child SKT_ETIMEDOUT' \
    100 1000 fork a.test:1
  expect 'signals go to the program' \
    'SKT_ETIMEDOUT, 0 handled meanwhile, 1 then, 0 elsewhere' 50 2000 signals a.test:1
}

windows=${1:-}
if [ "$inside" != yes ]; then
  mkdir -p "$out"
  need linux
  need python
  if ! (need names); then
    report skip 'dnsmasq cannot be had'
    finish
  fi
  build_probes
  without_names
  export SKT_NAMES_BEFORE="$passed $failed"
  enter_namespaces '-n -m' "$@"
fi

trap 'stop_programs; stop_wine' EXIT
start_servers

failure='SKT_ETRYAGAIN|SKT_ENAMEFAIL' at_once=1000
all_gone='64 timed out, 36 refused, 0 others; then 64 threads; after all 0 threads and 0 descriptors more'
kinds=(glibc musl asan tsan)
[ "$windows" != glibc ] || kinds=(glibc)
for kind in "${kinds[@]}"; do
  runner=("$out/$kind") slow=400 no_address='SKT_ENOADDRESS' many=40 no_tcp='' gone=$all_gone
  if [ ! -x "$out/$kind" ]; then
    report skip "$kind: it cannot be had"
    continue
  fi
  case $kind in
    musl) # before 1.2.4 it has no TCP, and no code of its own for such a name
      no_address='SKT_ENOADDRESS|SKT_ENONAME' many=30,40 no_tcp='|SKT_ENONAME'
      ;;
    asan | tsan) # so slow that the first threads end before the last begin
      slow=2000 at_once=3000 gone=${all_gone/64 * refused/'[0-9]+ timed out, [0-9]+ refused'}
      gone=${gone/then 64/'then [0-9]+'}
      ;;
  esac
  ask_all $slow
  give_up_all $slow
  [ "$kind" = tsan ] || posix_only # fork of threads is what tsan refuses
done
kind=glibc runner=("$out/glibc")
use 127.0.0.3
expect 'library unloaded during a look-up' 'SKT_ETIMEDOUT, 1 thread, then 0' 0 1000 \
  plugin "$out/libplugin.so" a.test:1
expect '20,000 numeric addresses and the C library' '0 of 20000 differ' 0 60000 \
  numbers 20000
if [ -x "$out/windows.exe" ]; then
  export WINEPREFIX=$out/wine
  start_wine
  # Wine 8 asks the host's C library, and cannot cancel: the outcome is the
  # same, and "has no such address" is "no such name" to it.
  kind='Wine' runner=(ci/run/wine.sh "$out/windows.exe")
  no_address='SKT_ENOADDRESS|SKT_ENONAME' many=40 no_tcp='' at_once=1000
  ask_all 1500
  use 127.0.0.3
  ends 'main returns during a look-up' leave a.test:1
fi
finish
