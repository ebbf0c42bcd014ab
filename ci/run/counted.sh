# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the scripts of this folder share that count results, sourced after
# common.sh.

passed=0 failed=0 skipped=0

report() { # ok|FAIL|skip TEXT
  printf '%-4s %s\n' "$1" "$2"
  case $1 in
    ok) passed=$((passed + 1)) ;;
    FAIL) failed=$((failed + 1)) ;;
    skip) skipped=$((skipped + 1)) ;;
  esac
}

# is WHAT WANTED GOT
is() {
  if [ "$2" = "$3" ]; then
    report ok "$1: ${3:-nothing}"
  else
    report FAIL "$1: wanted ${2:-nothing}, got ${3:-nothing}"
  fi
}

finish() {
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
  exit
}

# await_address PROCESS: set `address` to where that server of ours listens, which
# it says in $out/server.out, within 60 s.
# shellcheck disable=SC2154 # $out is the caller's
await_address() {
  local line deadline=$((SECONDS + 60))
  address=
  while [ -z "$address" ] && [ "$SECONDS" -lt "$deadline" ] &&
    kill -0 "$1" 2>/dev/null; do
    sleep 0.05
    if read -r line <"$out/server.out" && [[ $line == 'listening on '* ]]; then
      address=${line#listening on } address=${address%$'\r'}
    fi
  done
  [ -n "$address" ] || die "the server did not start, see $out/server.err"
}

# enter_namespaces FLAGS ARGUMENT...: begin the script again, with $inside=yes, in
# a network of its own, and what else the flags of unshare say.
# shellcheck disable=SC2034 # for those who source this
inside=${SKT_INSIDE:-}
enter_namespaces() {
  local enter
  for enter in "unshare $1" "unshare -r $1"; do
    if $enter true 2>/dev/null; then
      exec $enter env SKT_INSIDE=yes "ci/run/$(basename "$0")" "${@:2}"
    fi
  done
  report skip 'this process may have no network of its own'
  finish
}
