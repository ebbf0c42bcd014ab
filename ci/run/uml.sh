#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/uml.sh [FILTER]
# Boot user-mode-linux, a Linux that is a program, whose kernel has what the
# host's may lack: SCTP and TIPC. Run there the tests that FILTER selects, those
# of kinds and of SCTP unless it is given; '*' is all. Not a part of ci/test.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

tests=${1:-'sctp.*:kinds.*'} log=build/uml/guest.log
trap stop_programs EXIT
need linux
need uml
build_preset dev
mkdir -p build/uml
gcc -Wall -Wextra -O2 -shared -fPIC -o build/uml/ptrace.so ci/run/uml/ptrace.c
gcc -Wall -Wextra -Iinclude -o build/uml/rdm ci/run/uml/rdm.c build/dev/libskt.a

say "booting: user-mode-linux, for the tests $tests"
status=0
bounded 600 env LD_PRELOAD="$PWD/build/uml/ptrace.so" linux.uml \
  rootfstype=hostfs rootflags=/ ro mem=512M quiet con=null con0=null,fd:1 \
  uml_dir="$PWD/build/uml/" init="$PWD/ci/run/uml/init.sh" tests="$tests" \
  >"$log" 2>&1 || status=$?
tr -d '\r' <"$log" | grep -av '\[ RUN  \|\[       OK \|^\[---\|^$' || true

code=$(tr -d '\r' <"$log" | sed -n 's/^guest: exit \([0-9]*\)$/\1/p')
[ "$status" -eq 0 ] || die "user-mode-linux ended with $status, see $log"
[ -n "$code" ] || die "the guest did not get to its end, see $log"
[ "$code" -eq 0 ] || die "the tests in the guest ended with $code, see $log"
if grep -aq '^skip: sctp' "$log"; then
  die "the guest has no SCTP, see $log"
fi
say "passed under user-mode-linux: $(sed -n 's/^\[  PASSED  \] //p' "$log" | tr -d '\r')"
