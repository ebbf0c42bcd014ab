#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/interfaces.sh [PROGRAM]
# Compare what examples/interfaces lists with `ip -j address`, in a network
# namespace of its own: interfaces that are up and down, with and without
# addresses, tunnels, labels, peers, 40 addresses, 300 interfaces. PROGRAM is
# build/dev/examples/interfaces unless it is named. Skips without root.
#
# Exit code: 0 all passed, 1 something failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need python
need costs # ip and unshare
program=$PWD/build/dev/examples/interfaces
[ $# -eq 0 ] || program=$(realpath "$1")
if [ "${SKT_NAMESPACE:-}" != yes ]; then
  if ! unshare -n true 2>/dev/null; then
    echo 'skip: unshare -n needs root'
    echo '0 passed, 0 failed, 1 skipped'
    exit
  fi
  SKT_NAMESPACE=yes exec unshare -n "$0" "$program"
fi
passed=0 failed=0 skipped=0

# expected: the lines that examples/interfaces should print, from ip. Loopback and
# tunnels have no hardware address, and no broadcast address.
expected() {
  ip -j -d address | python3 -c '
import json, sys
for i in sorted(json.load(sys.stdin), key=lambda i: i["ifindex"]):
    flags, index = i["flags"], i["ifindex"]
    loops, peers = "LOOPBACK" in flags, "POINTOPOINT" in flags
    runs = "UP" in flags and i["operstate"] in ("UP", "UNKNOWN")
    words = [str(index), i["ifname"], "up" if runs else "down"]
    words += ["loopback"] * loops + ["point-to-point"] * peers
    words += ["mtu %d" % i["mtu"]]
    hardware = i.get("address", "")
    if hardware.count(":") in (5, 7, 19) and hardware.strip("0:"):
        words += [hardware]
    own = []
    for a in i["addr_info"]:
        text = a["local"]
        if a["family"] == "inet6":
            scope = "%%%d" % index if a["scope"] == "link" else ""
            text = "[" + text + scope + "]"
        broadcast = a.get("broadcast", "")
        own += [text + "/%d" % a["prefixlen"] +
                (" brd " + broadcast if broadcast and not loops and not peers else "")]
    print("  ".join(words + [" ".join(own)] if own else words))
'
}

same_lists() {
  expected >build/interfaces.want || return
  "$program" >build/interfaces.got || return
  diff build/interfaces.want build/interfaces.got
}

# tally WHAT COMMAND...: count one thing that must succeed.
tally() {
  local word=ok
  if "${@:2}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1)) word=FAILED
  fi
  printf '%-66s %s\n' "$1" $word
}

# check WHAT COMMAND...: run it, then both lists must be the same. Not every
# kernel has every kind of interface.
check() {
  if "${@:2}" >build/interfaces.said 2>&1; then
    tally "$1" same_lists
  else
    skipped=$((skipped + 1))
    echo "skip: $1: $(head -n 1 build/interfaces.said)"
  fi
}

# add_pair NAME OPTION...: not a dummy, which some kernels lack. Its other end is up.
add_pair() { ip link add "$@" type veth peer name "$1p" && ip link set "$1p" up; }

add_forty() {
  local i
  for i in {1..40}; do ip address add "10.9.0.$i/16" brd + dev d0; done
}

add_three_hundred() {
  local i
  for i in {1..300}; do
    echo "link add x$i type bridge"
    echo "address add 10.8.$((i / 250)).$((i % 250))/32 dev x$i"
  done | ip -batch -
}

# Change the interfaces while the program lists them: it never fails, and prints
# no address without its interface.
under_changes() (
  local i end=$((SECONDS + 3))
  while [ $SECONDS -lt $end ]; do
    ip link add y0 type bridge && ip address add 10.7.0.1/24 dev y0 && ip link delete y0
  done &
  for i in {1..200}; do
    "$program" >build/interfaces.got || exit
    if grep -vE '^[0-9]+  [a-z0-9.]+  (up|down)  ' build/interfaces.got; then exit 1; fi
  done
  wait $!
)

# Programs that list no interfaces have nothing of it.
others_link_nothing() {
  nm "$program" | grep skt__found >/dev/null || return
  ! nm "$(dirname "$program")/echo_client" | grep -E 'skt__found|skt_interfaces|skt__sys_interfaces'
}

tally 'other programs link nothing of it' others_link_nothing
check 'a new namespace: loopback, down' true
check 'loopback, up' ip link set lo up
check 'an interface without an address' \
  add_pair d0 address 02:00:5e:10:00:01 mtu 1280
check 'its link-local address' ip link set d0 up
check 'broadcast as usual' ip address add 10.1.2.3/20 brd + dev d0
check 'an address without broadcast' ip address add 10.1.16.3/24 dev d0
check 'another broadcast' ip address add 10.1.32.3/24 brd 10.1.32.77 dev d0
check 'prefix 31' ip address add 10.1.48.2/31 dev d0
check 'prefix 32' ip address add 10.1.48.9/32 dev d0
check 'prefix 0' ip address add 10.1.50.9/0 dev d0
check 'a label' ip address add 10.1.51.9/24 brd + dev d0 label d0:backup
check 'a peer within the prefix' ip address add 10.1.52.1 peer 10.1.52.2/24 dev d0
check 'a peer without a prefix' ip address add 10.1.53.1 peer 10.1.53.2 dev d0
check 'IPv6' ip address add 2001:db8::5/48 dev d0
check 'a peer in IPv6' ip address add 2001:db8:1::1 peer 2001:db8:1::2/128 dev d0
check '40 addresses' add_forty
check 'a pair, its other end down' ip link add v0 mtu 9000 type veth peer name v1
check 'a pair, this end up and without a carrier' ip link set v0 up
check 'a pair, both ends up' ip link set v1 up
check 'a name of 15 bytes' ip link add fifteen.letters type bridge
check 'an IPIP tunnel, whose hardware address is an IP address' \
  ip tunnel add t0 mode ipip remote 10.1.2.9 local 10.1.2.3
check 'a tunnel that is up' ip link set t0 up
check 'a GRE tunnel' ip tunnel add t1 mode gre remote 10.1.2.9 local 10.1.2.3
check 'an IPv6 tunnel' ip -6 tunnel add t2 mode ip6ip6 remote 2001:db8::9 local 2001:db8::5
check 'a tunnel of packets without an address' ip tuntap add t3 mode tun
check 'its address' ip address add 10.6.0.1 peer 10.6.0.2 dev t3
check 'a bridge' ip link add b0 type bridge
check 'a high index' ip link add i0 index 70000 type bridge
check '300 interfaces' add_three_hundred
tally 'while interfaces come and go' under_changes

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
