#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/groups.sh
# Multicast groups and the MTU of a path between hosts that are network
# namespaces: near and far, joined by two links, of which the second has an MTU
# of 1300; and behind far, by such a link, a third. A line is what was heard and
# its verdict. What must not arrive is followed by a message that does. Installs what is missing; skips where a process may have no network of its own.
#
# Exit code: 0 all passed, 1 something failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/run/counted.sh

readonly out=$PWD/build/groups
others=()

build_probe() {
  build_preset dev
  quietly "$out/probe.log" gcc -std=c11 -g -Wall -Wextra -Iinclude \
    ci/run/groups/probe.c build/dev/libskt.a -o "$out/probe" -pthread
}

# host: start another host; $! is its process.
host() {
  unshare -n sleep 3600 &
  others+=($!)
}

leave() {
  [ ${#others[@]} -eq 0 ] || kill "${others[@]}" 2>/dev/null || true
}

on() { # PROCESS COMMAND...
  nsenter -t "$1" -n "${@:2}"
}

# address_of PROCESS DEVICE ADDRESS...: give a device its addresses, and start it.
address_of() {
  local a
  on "$1" ip link set "$2" up
  for a in "${@:3}"; do
    case $a in
      *:*) on "$1" ip address add "$a/64" dev "$2" nodad ;;
      *) on "$1" ip address add "$a/24" dev "$2" ;;
    esac
  done
}

set_up() {
  host && far=$! && host && third=$!
  while [ "$(readlink /proc/$far/ns/net)" = "$(readlink /proc/self/ns/net)" ] ||
    [ "$(readlink /proc/$third/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do
    sleep 0.05
  done
  ip link set lo up
  ip link add v0 type veth peer name v1 netns $far
  ip link add w0 mtu 1300 type veth peer name w1 mtu 1300 netns $far
  on $far ip link add x0 mtu 1300 type veth peer name x1 mtu 1300 netns $third
  address_of $$ v0 10.77.0.1 fd77::1
  address_of $far v1 10.77.0.2 10.77.0.3 fd77::2 fd77::3
  address_of $$ w0 10.78.0.1 fd78::1
  address_of $far w1 10.78.0.2 fd78::2
  address_of $far x0 10.79.0.1 fd79::1
  address_of $third x1 10.79.0.2 fd79::2
  on $far ip link set lo up
  on $far sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  ip route add 10.79.0.0/24 via 10.77.0.2
  ip -6 route add fd79::/64 via fd77::2
  on $third ip route add default via 10.79.0.1
  on $third ip -6 route add default via fd79::1
}

# outcome: the lines of a file as one, without "ready".
outcome() { grep -v '^ready$' "$1" | paste -sd' ' || true; }

verdict() { # WHAT WANT GOT
  if [ "$3" = "$2" ]; then
    report ok "$kind: $1: ${3:-nothing}"
  else
    report FAIL "$kind: $1: '$3', expected '$2'"
  fi
}

# start PROCESS FILE WORD...: a probe in the background, until it is ready.
start() {
  : >"$2" # not what was heard before
  on "$1" timeout 20 "$out/probe" "${@:3}" >"$2" 2>&1 &
  for _ in {1..200}; do
    ! grep -q '^ready$' "$2" || return 0
    sleep 0.02
  done
}

# hear WHAT WANT RECEIVER... -- SENDER...: what near hears of what far sends.
hear() {
  local what=$1 want=$2 receiver=()
  shift 2
  while [ "$1" != -- ]; do
    receiver+=("$1") && shift
  done
  start $$ "$out/heard" "${receiver[@]}" ready hear 5000
  local probe=$!
  on $far "$out/probe" "${@:2}" send "$unicast" end >"$out/sent" 2>&1
  wait $probe || true
  verdict "$what" "$want" "$(outcome "$out/sent")$(outcome "$out/heard")"
}

# groups BIND SENDER OTHER: the same by IPv4, by IPv6, and by IPv4 on dual stacks.
groups() {
  local bind=$1 from=$2 other=$3
  hear 'a member' 'a' "$bind" 7000 join $group v0 - \
    -- from $from device v1 send $to a
  hear 'a member by the other link' '' "$bind" 7000 join $group w0 - \
    -- from $from device v1 send $to a
  hear 'the sender chooses the link' 'b' "$bind" 7000 join $group w0 - \
    -- from $from device v1 send $to a device w1 send $to b
  hear 'a member by both links, of one leaves' 'a' "$bind" 7000 \
    join $group v0 - join $group w0 - leave $group w0 - \
    -- from $from device w1 send $to b device v1 send $to a
  hear 'one who left' '' "$bind" 7000 join $group v0 - leave $group v0 - \
    -- from $from device v1 send $to a
  hear 'another group' '' "$bind" 7000 join $group v0 - \
    -- from $from device v1 send $to_another a
  hear '0 hops, from a host that has a member' '' "$bind" 7000 \
    join $group v0 - -- from $from join $group v1 - device v1 hops 0 send $to a
  hear '1 hop' 'a' "$bind" 7000 join $group v0 - \
    -- from $from device v1 hops 1 send $to a
  hear 'a source' 'a' "$bind" 7000 join $group v0 $from \
    -- from $from device v1 send $to a
  hear 'another source' '' "$bind" 7000 join $group v0 $other \
    -- from $from device v1 send $to a
  hear 'two sources' 'a' "$bind" 7000 join $group v0 $other join $group v0 $from \
    -- from $from device v1 send $to a
  hear 'a source that was left' '' "$bind" 7000 join $group v0 $other \
    join $group v0 $from leave $group v0 $from \
    -- from $from device v1 send $to a
  hear 'a blocked source' '' "$bind" 7000 join $group v0 - block $group v0 $from \
    -- from $from device v1 send $to a
  hear 'another blocked source' 'a' "$bind" 7000 join $group v0 - \
    block $group v0 $other -- from $from device v1 send $to a
  hear 'a source that is blocked no more' 'a' "$bind" 7000 join $group v0 - \
    block $group v0 $from unblock $group v0 $from \
    -- from $from device v1 send $to a
  hear 'any source, then one, which is refused' 'join: SKT_EINVAL a' \
    "$bind" 7000 join $group v0 - join $group v0 $other \
    -- from $from device v1 send $to a
  hear 'one source, then any, which is refused' 'join: SKT_EINVAL' \
    "$bind" 7000 join $group v0 $other join $group v0 - \
    -- from $from device v1 send $to a
  hear 'leaving a source of any, which is refused' \
    'leave: SKT_EADDRNOTAVAIL a' "$bind" 7000 join $group v0 - \
    leave $group v0 $other -- from $from device v1 send $to a
}

# beside: another process is a member on the first link. Linux receives what is
# sent to a group of IPv6 by whichever link, once joined on one (skt_join).
beside() {
  start $$ "$out/beside" "${bind/dual/4}" 7001 join $group v0 - ready hear 15000
  local member=$!
  hear 'no member, beside one' '' "$bind" 7000 \
    -- from $from device v1 send $to a
  hear 'a member by the other link, beside one' "$1" "$bind" 7000 \
    join $group w0 - -- from $from device v1 send $to a
  kill $member 2>/dev/null || true
}

# loops WANT LOOP: what a member on the sender's own host hears, and one on the
# other.
loops() {
  start $far "$out/heard.far" $bind 7000 join $group v1 - ready hear 5000
  local probe=$!
  hear "the sender's host, loop $2: the other host" a "$bind" 7000 \
    join $group v0 - -- from $from device v1 loop "$2" send $to a \
    send "$own" end
  wait $probe || true
  verdict "the sender's host, loop $2: itself" "$1" "$(outcome "$out/heard.far")"
}

# fragments BIND TO ROOM: over the link whose MTU is 1300.
fragments() {
  local bind=$1 to=$2 room=$3 got
  start $far "$out/heard.far" "$bind" 7000 ready hear 5000
  local probe=$!
  got=$("$out/probe" "$bind" 0 fragment 1 send $to =$room \
    send $to =$((room + 1)) send $to =9000 fragment 0 send $to =$((room + 1)) \
    send $to end | paste -sd' ')
  wait $probe || true
  verdict 'too long for a packet' 'send: SKT_EMSGSIZE send: SKT_EMSGSIZE' "$got"
  verdict 'what arrived' "$room bytes $((room + 1)) bytes" \
    "$(outcome "$out/heard.far")"
  got=$("$out/probe" "$bind" 0 connect $to fragment 1 mtu write =$room \
    write =$((room + 1)) mtu | paste -sd' ')
  verdict 'with a peer' 'mtu 1300 write: SKT_EMSGSIZE mtu 1300' "$got"
  got=$("$out/probe" "$bind" 0 mtu | paste -sd' ')
  verdict 'without a peer' 'mtu: SKT_ENOTCONN' "$got"
}

# path BIND TO: over a router whose next link has an MTU of 1300. Its report comes at
# some time; the first read waits for it.
path() {
  local bind=$1 to=$2 got
  ip route flush cache 2>/dev/null || true
  ip -6 route flush cache 2>/dev/null || true
  got=$("$out/probe" "$bind" 0 fragment 1 send $to =1400 next 300 | paste -sd' ')
  verdict 'a router, without a peer' 'receive: SKT_ETIMEDOUT' "$got"
  ip route flush cache 2>/dev/null || true
  ip -6 route flush cache 2>/dev/null || true
  got=$("$out/probe" "$bind" 0 connect $to fragment 1 write =1400 next 5000 \
    next 300 mtu | paste -sd' ')
  verdict 'a router, with a peer' \
    'receive: SKT_EMSGSIZE receive: SKT_ETIMEDOUT mtu 1300' "$got"
}

if [ "$inside" != yes ]; then
  mkdir -p "$out"
  need linux
  need costs # ip, unshare and nsenter
  build_probe
  enter_namespaces '-n'
fi

trap leave EXIT
set_up
for kind in IPv4 'IPv4 on a dual stack' IPv6; do
  bind=4 group=239.77.1.1:0 to=239.77.1.1:7000 to_another=239.77.1.2:7000
  unicast=10.77.0.1:7000 own=10.77.0.2:7000 from=10.77.0.2:0 other=10.77.0.3:0
  if [ "$kind" = IPv6 ]; then
    bind=6 group='[ff15::77:1]:0' to='[ff15::77:1]:7000' to_another='[ff15::77:2]:7000'
    unicast='[fd77::1]:7000' own='[fd77::2]:7000' from='[fd77::2]:0' other='[fd77::3]:0'
  elif [ "$kind" != IPv4 ]; then
    bind=dual
  fi
  groups $bind $from $other
  loops a 1
  loops '' 0
  case $kind in
    IPv6) beside a && fragments 6 '[fd78::2]:7000' 1252 && path 6 '[fd79::2]:7000' ;;
    *) beside '' && fragments $bind 10.78.0.2:7000 1272 && path $bind 10.79.0.2:7000 ;;
  esac
done
# A dual-stack socket that sends to a group of IPv4 goes by the options of both.
kind='IPv4 by a dual stack' unicast=10.77.0.1:7000
member='4 7000 join 239.77.1.1:0 v0 -' sender='dual 0 join 239.77.1.1:0 v1 -'
hear '0 hops' '' $member -- $sender device v1 hops 0 send 239.77.1.1:7000 a
hear '1 hop' a $member -- $sender device v1 hops 1 send 239.77.1.1:7000 a
hear 'by the other link' '' $member -- $sender device w1 send 239.77.1.1:7000 a
finish
