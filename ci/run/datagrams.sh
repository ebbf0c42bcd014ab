#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/datagrams.sh [windows]
# Datagrams between real programs, in networks of our own: examples/dns_query asks
# Debian's dnsmasq, dig asks examples/dns_server on a host of several addresses,
# examples/flood measures between two hosts and over a link with a small MTU, and a
# sender as QUIC has them sends 10,000 datagrams with ECN marks. With the word, the
# Windows programs under Wine too. Installs what is missing; skips where a process
# may have no network of its own.
#
# Exit code: 0 all passed, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/run/counted.sh

readonly out=$PWD/build/datagrams
limit=(timeout -k 5 120)

build_all() {
  local source=(ci/run/datagrams/marked.c examples/udp_at.c)
  local flags=(-std=c11 -O1 -Wall -Wextra -Werror -Iinclude -Iexamples)
  [ -n "${SKT_BUILT:-}" ] || build_preset dev
  quietly "$out/marked.log" gcc "${flags[@]}" "${source[@]}" build/dev/libskt.a \
    -o "$out/marked"
  [ "$windows" = windows ] || return 0
  need windows
  [ -n "${SKT_BUILT:-}" ] || build_preset mingw
  quietly "$out/marked.log" x86_64-w64-mingw32-gcc-posix "${flags[@]}" \
    "${source[@]}" build/mingw/libskt.a -static -o "$out/marked.exe" -lws2_32 \
    -liphlpapi
  # Wine's first start takes long.
  WINEPREFIX=$out/wine quietly "$out/wine.log" bounded 180 ci/run/wine.sh cmd /c exit 0
}

# Two hosts and two links between them; this process is on the first host.
make_hosts() {
  local link
  unshare -n sleep 1800 &
  other=$!
  until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do
    sleep 0.05
  done
  ip link set lo up
  on_other ip link set lo up
  for link in 1:1500 2:1280; do
    ip link add "v${link%:*}" type veth peer name "v${link%:*}" netns $other
    address ip "${link%:*}" 1 "${link#*:}"
    address on_other "${link%:*}" 2 "${link#*:}"
  done
  ip address add 10.77.1.11/24 dev v1
  ip address add fd77:1::11/64 dev v1 nodad
}
on_other() { nsenter -t $other -n "$@"; }
address() { # PREFIX-OF-COMMAND LINK HOST MTU
  local run=()
  [ "$1" = ip ] || run=("$1")
  "${run[@]}" ip link set "v$2" mtu "$4" up
  "${run[@]}" ip address add "10.77.$2.$3/24" dev "v$2"
  "${run[@]}" ip address add "fd77:$2::$3/64" dev "v$2" nodad
}

# program SYSTEM NAME: set `command` to what runs it.
program() {
  case $1:$2 in
    linux:marked) command=("$out/marked") ;;
    linux:*) command=("build/dev/examples/$2") ;;
    windows:marked) command=(ci/run/wine.sh "$out/marked.exe") ;;
    windows:*) command=(ci/run/wine.sh "build/mingw/examples/$2.exe") ;;
  esac
}

# serve SYSTEM NAME ARGUMENT...: in the background; sets `server` and `port`.
serve() {
  local deadline=$((SECONDS + 60))
  rm -f "$out/server.err"
  program "$1" "$2"
  "${limit[@]}" "${command[@]}" "${@:3}" >"$out/server.out" \
    2>"$out/server.err" </dev/null &
  server=$!
  until grep -qs listening "$out/server.err"; do
    [ "$SECONDS" -lt "$deadline" ] || die "it does not start, see $out/server.err"
    sleep 0.05
  done
  port=$(tr -d '\r' <"$out/server.err" |
    sed -n 's/.* listening on [^ ]*:\([0-9]*\).*/\1/p')
}

stop_server() {
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}

# run SYSTEM NAME ARGUMENT...: print what it prints on standard output.
run() {
  program "$1" "$2"
  timeout -k 5 120 "${command[@]}" "${@:3}" </dev/null 2>"$out/client.err" |
    tr -d '\r' || true
}

#
# dnsmasq is asked
#

start_dnsmasq() {
  local i
  for i in $(seq 20); do echo "10.9.1.$i many.test"; done >"$out/many"
  dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts \
    --user= --group= --pid-file= --port=53 --listen-address=127.0.0.1,::1 \
    --bind-interfaces --addn-hosts="$out/many" --local=/test/ \
    --host-record=both.test,10.9.2.3,fd00::3 --host-record=a.test,10.9.2.1 \
    --cname=alias.test,both.test >"$out/dnsmasq.out" 2>&1 &
  for i in $(seq 100); do
    if dig +short +timeout=1 @127.0.0.1 a.test 2>&1 | grep -qx 10.9.2.1; then
      return
    fi
    sleep 0.05
  done
  die "dnsmasq does not start, see $out/dnsmasq.out"
}

ask_dnsmasq() { # SYSTEM
  is "$1: dnsmasq: A" 10.9.2.3 "$(run "$1" dns_query 127.0.0.1:53 both.test)"
  is "$1: dnsmasq: AAAA, over IPv6" fd00::3 \
    "$(run "$1" dns_query '[::1]:53' both.test AAAA)"
  is "$1: dnsmasq: alias" 10.9.2.3 "$(run "$1" dns_query localhost:53 alias.test)"
  is "$1: dnsmasq: 20 addresses" 20 \
    "$(run "$1" dns_query 127.0.0.1:53 many.test | sort -u | grep -c '^10[.]9[.]1[.]')"
  is "$1: dnsmasq: no such name" '' "$(run "$1" dns_query 127.0.0.1:53 none.test)"
  is "$1: dnsmasq: and the reason" 1 "$(grep -c 'no such name' "$out/client.err")"
  is "$1: dnsmasq: no such address" '' \
    "$(run "$1" dns_query 127.0.0.1:53 a.test AAAA)"
  is "$1: no server" '' "$(run "$1" dns_query 127.0.0.3:53 a.test)"
  is "$1: no server: and the reason" 1 "$(grep -ci 'refused' "$out/client.err")"
}

#
# dig asks, and takes an answer only from the address that it has asked
#

dig_at() { # HOST SERVER NAME TYPE
  local run=()
  [ "$1" = here ] || run=(on_other)
  "${run[@]}" dig +short +tries=1 +timeout=2 -p "$port" "@$2" "$3" "$4" 2>&1 |
    grep -v '^;' || true
}

# ask_everywhere SYSTEM: all addresses of the server's host.
ask_everywhere() {
  is "$1: dig @127.0.0.1" 192.0.2.1 "$(dig_at here 127.0.0.1 one.test A)"
  is "$1: dig @::1, AAAA" 2001:db8::1 "$(dig_at here ::1 one.test AAAA)"
  is "$1: dig @10.77.1.1 from another host" 192.0.2.1 "$(dig_at other 10.77.1.1 One.Test A)"
  is "$1: dig, no such name" NXDOMAIN "$(dig -p "$port" @127.0.0.1 none.test |
    sed -n 's/.*status: \([A-Z]*\).*/\1/p')"
}

# Addresses that the system would not choose: of loopback and of IPv4 the second; of
# two of IPv6 it chooses one.
ask_others() { # WHAT WANTED WANTED-OF-IPV6
  is "$1: dig @127.0.0.2" "$2" "$(dig_at here 127.0.0.2 one.test A)"
  is "$1: dig @10.77.1.11 from another host" "$2" "$(dig_at other 10.77.1.11 one.test A)"
  is "$1: how many of two of IPv6 answer another host" "$3" "$({
    dig_at other fd77:1::1 one.test A
    dig_at other fd77:1::11 one.test A
  } | grep -c 192.0.2.1)"
}

ask_dns_server() { # SYSTEM
  local rows=(one.test=192.0.2.1 one.test=2001:db8::1)
  serve "$1" dns_server :0 "${rows[@]}"
  ask_everywhere "$1"
  if [ "$1" = linux ] || [ "$(dig_at here 127.0.0.2 one.test A)" = 192.0.2.1 ]; then
    ask_others "$1" 192.0.2.1 2
  else
    report skip "$1: other addresses: Wine takes the source of an answer, and ignores it"
  fi
  is "$1: questions that are none" 'good' "$(python3 ci/run/datagrams/questions.py "$port")"
  stop_server
  [ "$1" = linux ] || return 0 # Wine binds 127.0.0.2 as the wildcard
  serve "$1" dns_server 127.0.0.2:0 "${rows[@]}"
  is "$1: bound to one address: dig @127.0.0.2" 192.0.2.1 \
    "$(dig_at here 127.0.0.2 one.test A)"
  stop_server
  serve "$1" dns_server -w :0 "${rows[@]}"
  ask_others "$1, source left to the system" '' 1
  stop_server
}

#
# flood
#

# added_up WHAT: the client's JSON in client.out and the server's in server.out
# agree; more conditions may follow, over c and s. Prints the figures.
added_up() {
  local said
  if said=$(python3 - "$out" "${@:2}" <<'PY'
import json, sys
c = json.load(open(sys.argv[1] + "/client.out"))
s = json.load(open(sys.argv[1] + "/server.out"))
conditions = [
    'c["role"] == "client" and s["role"] == "server"',
    'c["sent"] == s["sent"] > 0',
    'c["sent"] == c["received"] + c["lost"]',
    's["sent"] == s["received"] + s["lost"]',
    's["bytes_received"] == s["received"] * c["length"]',
    'c["calls_sent"] * c["batch"] >= c["sent"]',
    'c["reordered"] == c["duplicates"] == 0',
] + sys.argv[2:]
print("%d of %d, %.1f Mbit/s, received in %d calls" % (
    s["received"], c["sent"], c["bits_per_second"] / 1e6, s["calls_received"]))
for condition in conditions:
    if not eval(condition):
        print("not so: %s: %s %s" % (condition, c, s))
        sys.exit(1)
PY
  ); then
    report ok "$1: $said"
  else
    report FAIL "$1: $said $(<"$out/client.err") $(<"$out/server.err")"
  fi
}

# flood WHAT SERVER-SYSTEM CLIENT-SYSTEM HOST 'OPTION...' CONDITION...
# The client is on the other host, unless HOST is of loopback.
flood() {
  local options=() only=() before=()
  read -r -a options <<<"$5"
  [[ " $5 " != *' --no-trains '* ]] || only=(--no-trains)
  serve "$2" flood -s :0 -1 -t 60 --json "${only[@]}"
  [[ $4 == 127.* || $4 == '[::1]' ]] || before=(on_other)
  program "$3" flood
  "${before[@]}" timeout -k 5 120 "${command[@]}" "$4:$port" --json -t 2 \
    "${options[@]}" </dev/null 2>"$out/client.err" | tr -d '\r' >"$out/client.out" || true
  wait "$server" || true
  added_up "$1" "${@:6}"
}

# A quiet rate, at which a busy machine loses nothing.
readonly slow='-b 5M' none='c["lost"] == 0'
flood_linux() {
  local whole='s["calls_received"] * 8 < s["received"]'
  local trains='c["trains"]' singles='not c["trains"]'
  flood 'linux: loopback' linux linux 127.0.0.1 "$slow" "$none" "$trains" "$whole"
  flood 'linux: loopback, IPv6' linux linux '[::1]' "$slow" "$none" "$trains" "$whole"
  flood 'linux: loopback, no trains' linux linux 127.0.0.1 "$slow --no-trains" "$none" "$singles"
  flood 'linux: loopback, single calls' linux linux 127.0.0.2 "$slow -n 1" "$none" \
    'c["calls_sent"] == c["sent"]'
  flood 'linux: loopback, as fast as it goes' linux linux 127.0.0.1 '-b 0' \
    'c["received"] * 20 > c["sent"]'
  flood 'linux: loopback, echo, 40 a call' linux linux 127.0.0.2 "$slow --echo -n 40" "$none"
  flood 'two hosts' linux linux 10.77.1.1 "$slow" "$none" "$trains"
  flood 'two hosts, no trains' linux linux 10.77.1.1 "$slow --no-trains" "$none" "$singles"
  flood 'two hosts, an address of two' linux linux 10.77.1.11 "$slow" "$none"
  flood 'two hosts, IPv6' linux linux '[fd77:1::11]' "$slow" "$none"
  flood 'two hosts, IPv6, no trains' linux linux '[fd77:1::1]' "$slow --no-trains" "$none"
  flood 'two hosts, echo' linux linux 10.77.1.1 "$slow --echo" "$none" \
    '0 < c["round_trip_ms"]["least"] <= c["round_trip_ms"]["mean"]'
}

# Wine has no trains. Its clock may show a round trip as 0.
flood_windows() {
  local singles='not c["trains"]'
  flood 'windows: loopback' windows windows 127.0.0.1 "$slow" "$none" "$singles"
  flood 'windows: loopback, IPv6' windows windows '[::1]' "$slow --no-trains" "$none"
  flood 'windows: loopback, single calls' windows windows 127.0.0.1 "$slow -n 1" "$none"
  flood 'windows: loopback, as fast as it goes' windows windows 127.0.0.1 '-b 0'
  flood 'windows: loopback, echo' windows windows 127.0.0.1 "$slow --echo" "$none" \
    '0 <= c["round_trip_ms"]["least"] <= c["round_trip_ms"]["mean"]'
  flood 'windows: two hosts' windows windows 10.77.1.1 "$slow" "$none"
  flood 'windows to linux' linux windows 127.0.0.1 "$slow" "$none"
  flood 'linux to windows' windows linux 127.0.0.1 "$slow" "$none"
}

# A link with an MTU of 1,280: a train of longer datagrams is refused, and they go
# as singles in fragments.
flood_small_mtu() {
  flood 'MTU 1280: datagrams of 1,400' linux linux 10.77.2.1 "$slow -l 1400" "$none"
  flood 'MTU 1280: IPv6' linux linux '[fd77:2::1]' "$slow -l 1400" "$none"
  flood 'MTU 1280: datagrams of 20,000' linux linux 10.77.2.1 "$slow -l 20000 -n 3" "$none"
  flood 'MTU 1280: trains that fit' linux linux 10.77.2.1 "$slow -l 1200" "$none" 'c["trains"]'
}

# Ctrl-C ends a client with its results, and a server without an error.
interrupted() {
  local client code=0 limit=() # timeout would hand on Ctrl-C twice
  serve linux flood -s 127.0.0.1:0 --json
  build/dev/examples/flood "127.0.0.1:$port" --json -t 60 >"$out/client.out" \
    2>"$out/client.err" &
  client=$!
  until grep -qs datagrams "$out/client.err"; do sleep 0.05; done
  kill -INT $client
  wait $client || code=$?
  is 'linux: Ctrl-C ends a client' 0 $code
  kill -INT "$server"
  wait "$server" || code=$?
  is 'linux: Ctrl-C ends a server' 0 $code
  added_up 'linux: the results of an interrupted run' 'c["seconds"] < 30' 'c["lost"] == 0'
}

no_server() { # SYSTEM
  is "$1: flood without a server" '' "$(run "$1" flood 127.0.0.1:9 -t 1)"
  is "$1: and the reason" 1 "$(grep -ci refused "$out/client.err")"
}

#
# Ten thousand datagrams with ECN marks
#

# marked WHAT SERVER-SYSTEM CLIENT-SYSTEM BOUND-TO HOST PATTERN [no-trains]
marked() {
  local said before=()
  serve "$2" marked receive "$4" 10000
  [[ $5 == 127.* || $5 == '[::1]' ]] || before=(on_other)
  program "$3" marked
  "${before[@]}" timeout -k 5 120 "${command[@]}" send "$5:$port" 10000 "${@:7}" \
    </dev/null 2>"$out/client.err" || true
  wait "$server" || true
  said=$(tr -d '\r' <"$out/server.out")
  if [[ $said =~ ^10000\ in\ [0-9]+\ calls:\ 10000\ in\ order,\ 10000\ whole,\ marks:\ ($6)$ ]]; then
    report ok "$1: $said"
  else
    report FAIL "$1: $said $(<"$out/client.err") $(<"$out/server.err")"
  fi
}

marked_between() {
  local all='10000 right, 0 wrong, 0 absent'
  marked 'linux: marks' linux linux 127.0.0.1:0 127.0.0.1 "$all"
  marked 'linux: marks, IPv6' linux linux '[::1]:0' '[::1]' "$all"
  marked 'linux: marks, IPv4 to both families' linux linux :0 127.0.0.1 "$all"
  marked 'linux: marks, IPv6 to both families' linux linux :0 '[::1]' "$all"
  marked 'linux: marks, no trains' linux linux 127.0.0.1:0 127.0.0.1 "$all" no-trains
  marked 'linux: marks, two hosts' linux linux 10.77.1.1:0 10.77.1.1 "$all"
  marked 'linux: marks, two hosts, IPv6' linux linux '[fd77:1::1]:0' '[fd77:1::1]' "$all"
}

# Wine sends no marks: an unmarked class is right for none of them. Without trains
# it ends all the same.
marked_windows() {
  local any='[0-9]+ right, [0-9]+ wrong, [0-9]+ absent'
  marked 'windows: marks, which Wine ignores' windows windows 127.0.0.1:0 127.0.0.1 "$any"
  marked 'windows to linux: marks, which Wine does not send' linux windows \
    127.0.0.1:0 127.0.0.1 "$any"
  marked 'linux to windows: marks, not told without trains' windows linux \
    127.0.0.1:0 127.0.0.1 "$any"
}

windows=${1:-}
if [ $# -gt 1 ] || [ "${1:-windows}" != windows ]; then
  sed -n '/^# usage/s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
if [ "$inside" != yes ]; then
  mkdir -p "$out"
  need linux
  need python
  if ! (need names) || ! (need dig); then
    report skip 'dnsmasq or dig cannot be had'
    finish
  fi
  build_all
  enter_namespaces '-n' "$@"
fi

trap 'stop_programs; stop_wine' EXIT
make_hosts
start_dnsmasq
ask_dnsmasq linux
ask_dns_server linux
flood_linux
flood_small_mtu
interrupted
no_server linux
marked_between
if [ "$windows" = windows ]; then
  export WINEPREFIX=$out/wine
  start_wine
  ask_dnsmasq windows
  ask_dns_server windows
  flood_windows
  no_server windows
  marked_windows
fi
finish
