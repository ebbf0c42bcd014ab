#!/bin/bash
# SPDX-License-Identifier: MIT
# The first program of the machine that ci/run/uml.sh boots. The host's files are
# there to be read; written is in memory only. "guest: exit N" is the outcome,
# because the exit code of user-mode-linux is always 0.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=$(cd "${BASH_SOURCE[0]%/*}/../../.." && pwd)
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/lib /run/tests
ln -s /usr/lib/uml/modules /run/lib/modules
echo "guest: Linux $(uname -r)"
# hmac, because SCTP listens with it only
for module in ipv6 hmac sctp tipc; do
  modprobe -d /run "$module" && echo "guest: has $module"
done
ip link set lo up
cd /run/tests || exit
code=0
"$root/build/uml/rdm" || code=$?
"$root/build/dev/tests/skt_tests" --gtest_color=no \
  --gtest_filter="${tests:?}" || code=$?
echo "guest: exit $code"
echo o >/proc/sysrq-trigger
sleep 60
