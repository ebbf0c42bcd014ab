#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/dial.sh
# Dial in a network of our own: addresses that never answer (what is sent there
# is discarded), routes that refuse, names by the hosts file in an
# order that is fixed by gai.conf. A line is an outcome, its milliseconds and its
# verdict. Installs what is missing; skips where a process may have no network of
# its own.
#
# Times are compared within the run, the best of five; on a machine that is busy
# with other work some can fail all the same, so CI does not run it.
#
# Exit code: 0 all passed, 1 something failed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
. ci/run/counted.sh

readonly out=$PWD/build/dial

build_probes() {
  local flags=(-std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -I"$out" -pthread
    ci/run/names/dial.c "$out/skt.c")
  quietly "$out/two_files.log" cmake -P src/package/two_files.cmake "$out"
  quietly "$out/plain.log" gcc "${flags[@]}" -o "$out/plain" -ldl
  quietly "$out/asan.log" gcc "${flags[@]}" -fsanitize=address,undefined \
    -o "$out/asan"
}

# 10.9.8.1 and 2001:db8:8::1 are ours. What goes to 10.9.9.0/24 and
# 2001:db8:9::/64 comes back, is for nobody here, and is discarded without a
# word. 10.9.7.0/24 is refused at once.
set_up() {
  local i file
  ip link set lo up
  ip address add 10.9.8.1/32 dev lo
  ip address add 2001:db8:8::1/128 dev lo nodad
  ip route add 10.9.9.0/24 dev lo src 10.9.8.1
  ip route add 2001:db8:9::/64 dev lo src 2001:db8:8::1
  ip route add unreachable 10.9.7.0/24
  {
    echo '127.0.0.1 localhost'
    echo '10.9.8.1 live.test'
    printf '%s dead.test\n' 10.9.9.2 10.9.8.1
    printf '%s dead6.test\n' 2001:db8:9::2 10.9.8.1
    printf '%s live6.test\n' 2001:db8:8::1 10.9.8.1
    printf '%s both-dead.test\n' 2001:db8:9::2 10.9.9.2
    printf '%s no-route.test\n' 10.9.7.2 10.9.8.1
    printf '%s never.test\n' 10.9.7.2 10.9.7.3
    for i in $(seq 2 40); do echo "10.9.9.$i many.test"; done
    echo '10.9.8.1 many.test'
  } >"$out/hosts"
  # The silent ones first.
  printf 'precedence %s\n' '::ffff:10.9.9.0/120 200' '::ffff:10.9.7.0/120 200' \
    '::ffff:0:0/96 10' '2001:db8::/32 100' '::/0 40' >"$out/gai.conf"
  echo 'nameserver 127.0.0.3' >"$out/resolv.conf"
  echo 'hosts: files dns' >"$out/nsswitch.conf"
  for file in hosts gai.conf resolv.conf nsswitch.conf; do
    [ -e "/etc/$file" ] || : >"/etc/$file"
    mount --bind "$out/$file" "/etc/$file"
  done
  python3 ci/run/names/server.py 127.0.0.2 127.0.0.3 >"$out/server.out" 2>&1 &
  for i in $(seq 100); do
    grep -q ready "$out/server.out" && return
    sleep 0.05
  done
  die "the silent name server does not start, see $out/server.out"
}

# dial TEXT TIMEOUT [COUNT]: sets outcome and ms.
dial() {
  local left=0
  outcome='' ms=''
  { read -r outcome && read -r ms && read -r left; } \
    <<<"$(timeout -k 5 60 "$out/$kind" "$@" 2>"$out/err")" || true
  [ "$left" = 0 ] || outcome="$outcome, and $left descriptors more"
}

# expect WHAT OUTCOME LEAST MOST TEXT TIMEOUT
expect() {
  local word=FAIL
  dial "${@:5}"
  if [[ $outcome == "$2" && $ms =~ ^[0-9]+$ && $ms -ge $3 && $ms -le $4 ]]; then
    word=ok
  fi
  report $word "$kind: $1: ${outcome:-nothing} in ${ms:-?} ms"
  [ $word = ok ] || head -n 20 "$out/err"
}

# costs WHAT LEAST MOST TEXT: how much later than to a live address alone; the
# best of 5, so that the machine's load does not count.
costs() {
  local live word=FAIL more
  dial live.test:7000 9000 5
  live=$ms
  dial "$4" 9000 5
  more=$((${ms:-9999} - ${live:-0}))
  if [[ $outcome == '10.9.8.1:7000' && $more -ge $2 && $more -le $3 ]]; then
    word=ok
  fi
  report $word "$kind: $1: $outcome, $more ms later than a live address alone"
}

connecting() { awk '$4 == "02"' /proc/net/tcp | wc -l; } # SYN_SENT

# 40 addresses of which the last answers: every 250 ms another, six at once.
dial_many() {
  local most=0 now again
  (dial many.test:7000 20000; echo "$outcome $ms") >"$out/many" &
  while [ -n "$(jobs -pr %%)" ] && [ ! -s "$out/many" ]; do
    now=$(connecting) again=$(connecting) # one may see what just changes
    [ "$again" -ge "$now" ] || now=$again
    [ "$now" -le "$most" ] || most=$now
    sleep 0.05
  done
  read -r outcome ms <"$out/many"
  if [ "$outcome" = 10.9.8.1:7000 ] && [ "$ms" -ge 9750 ] &&
    [ "$ms" -le 12000 ] && [ "$most" = 6 ]; then
    report ok "$kind: 40 addresses, the last is live: in $ms ms, $most at once"
  else
    report FAIL "$kind: 40 addresses: $outcome in $ms ms, $most at once"
  fi
}

if [ "$inside" != yes ]; then
  mkdir -p "$out"
  need linux
  need python
  need names
  build_probes
  enter_namespaces '-n -m'
fi

trap stop_programs EXIT
set_up
for kind in plain asan; do
  costs 'the first address is silent' 240 300 dead.test:7000
  costs 'IPv6 is silent' 240 300 dead6.test:7000
  costs 'the first address has no route' -50 50 no-route.test:7000
  expect 'IPv6 is live, and first' '[2001:db8:8::1]:7000' 0 300 \
    live6.test:7000 9000
  expect 'all are silent' SKT_ETIMEDOUT 1000 1500 both-dead.test:7000 1000
  expect 'a silent number' SKT_ETIMEDOUT 500 1000 10.9.9.2:7000 500
  expect 'no route to any' SKT_EHOSTUNREACH 0 300 never.test:7000 9000
  expect 'refused' SKT_ECONNREFUSED 0 300 live6.test:7001 9000
  expect 'refused and silent' SKT_ETIMEDOUT 700 1200 dead.test:7001 700
  expect 'the name server is silent' 'SKT_ETIMEDOUT, and 1 descriptors more' \
    300 800 silent.test:7000 300 # the abandoned look-up's
  dial_many
done
kind=plain
if echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null; then
  expect 'without IPv6' 10.9.8.1:7000 0 300 live6.test:7000 9000
else
  report skip 'IPv6 cannot be switched off here'
fi
finish
