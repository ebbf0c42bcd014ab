#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/programs.sh
# Run the programs that people copy (README.md, include/skt.h, docs/guide.md,
# examples) on Linux where things go wrong. Servers: 30 clients and 20
# descriptors, clients that reset the connection, no descriptor free at the start.
# Clients: a server that refuses, resets, ends early or sends nothing. Installs
# what is missing; accepts that fail are counted if strace may trace.
#
# Exit code: 0 all passed, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly out=build/programs

# build NAME FILE...: statically, as the loader of a shared library has to open a
# file, which takes a descriptor.
build() {
  quietly "$out/$1.log" gcc -static -D_DEFAULT_SOURCE -std=c11 -O2 -Wall -Wextra \
    -Wpedantic -Iinclude "${@:2}" -o "$out/$1" build/dev/libskt.a
}

# at_any_address: README.md and skt.h have a fixed address; take it from SKT_AT.
at_any_address() {
  echo '#include <stdlib.h>'
  sed 's/"\(127[.]0[.]0[.]1\)\{0,1\}:7000"/getenv("SKT_AT")/'
}

if [ $# -gt 0 ]; then
  sed -n '/^# usage/s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
trap stop_programs EXIT
need linux
need python
build_preset dev
rm -rf $out
mkdir -p $out
for name in $(programs); do
  case $name in
    readme | serve_one | say_hello) program "$name" | at_any_address >"$out/$name.c" ;;
    *) program "$name" >"$out/$name.c" ;;
  esac
  build "$name" "$out/$name.c"
done
build echo_client examples/echo_client.c examples/seconds.c
build echo_server examples/echo_server.c
build http_server examples/http_server.c
build after examples/moving/after.c

say 'programs that people copy, where things go wrong'
bounded 300 python3 ci/run/programs/peers.py $out
