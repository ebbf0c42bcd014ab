#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/wine10.sh
# Run the suite's Windows programs, of 64 and of 32 bits, under the Wine of Debian
# sid, which is newer than Debian 12's and runs both without packages of 32 bits.
# It lives in a chroot, build/wine10 or what WINE10 says, which root makes in about
# a minute; remove the folder for a newer one. Not a part of ci/test.sh.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly results=$PWD/build/wine10-results
root=$(realpath -m "${WINE10:-build/wine10}")
passed=0 failed=0 skipped=0 lines=()

skip() {
  echo "skip: $*"
  exit 0
}

# apart SECONDS COMMAND...: run it with mounts and processes of its own, which are
# gone when it ends, however it ends.
apart() {
  bounded "$1" unshare --mount --propagation private --pid --fork --kill-child \
    "${@:2}"
}

# in_root SECONDS FOLDER COMMAND...: the same in the chroot, where FOLDER is /exe.
in_root() {
  # shellcheck disable=SC2016 # it is for the inner shell
  apart "$1" sh -ec '
    root=$1
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --bind "$2" "$root/exe"
    shift 2
    exec chroot "$root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      http_proxy="${http_proxy:-}" DEBIAN_FRONTEND=noninteractive \
      XDG_RUNTIME_DIR=/tmp WINEDEBUG=-all WINEPREFIX=/root/prefix \
      WINEDLLOVERRIDES="mscoree,mshtml=" "$@"' sh "$root" "${@:2}"
}

# remove_root: but not what a mount may have brought in.
remove_root() {
  ! grep -qF " $root" /proc/self/mountinfo ||
    die "something is mounted below $root"
  rm -rf --one-file-system "$root"
}

# The mirror from which this system's own packages come.
mirror() {
  local uri
  uri=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' |
    head -n 1) || true
  echo "${uri:-http://deb.debian.org/debian}"
}

# Wine's programs leave services behind; its server ends when those have.
make_root() {
  apart 600 debootstrap --variant=minbase sid "$root" "$(mirror)" || return
  mkdir -p "$root/exe"
  in_root 900 "$root/tmp" sh -ec '
    apt-get -q -y install --no-install-recommends wine wine64
    apt-get clean
    wineboot -i
    for server in /usr/lib/wine/wineserver /usr/lib/*/wine/wineserver; do
      [ ! -x "$server" ] || timeout 60 "$server" -w
    done
    touch /made'
}

# add WORD LOG: count the tests with that result.
add() { tr -d '\r' <"$2" | grep -ac "^\\[ *$1 *\\] .*ms)\$" || true; }

# run TARGET PRESET PROGRAM...: programs that make one line of the summary.
run() {
  local program log good=0 bad=0 off=0
  say "testing: $1"
  for program in "${@:3}"; do
    log=$results/$1-$program.log
    in_root 600 "$PWD/build/$2/tests" \
      sh -c "cd /tmp && exec wine /exe/$program.exe" >"$log" 2>&1 || true
    good=$((good + $(add OK "$log"))) bad=$((bad + $(add FAILED "$log")))
    off=$((off + $(add SKIPPED "$log")))
    tr -d '\r' <"$log" | grep -a '^skip: ' | sed 's/^/    /' || true
    grep -a -B 9 '^\[  FAILED' "$log" || true
    if ! grep -aq '^\[  PASSED  \]' "$log"; then
      bad=$((bad + 1))
      echo "the tests came to no end, see $log"
    fi
  done
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + off))
  lines+=("$(printf '%-17s %4d passed %3d failed %3d skipped' "$1" \
    "$good" "$bad" "$off")")
}

trap stop_programs EXIT
[ "$(id -u)" -eq 0 ] || skip 'only root can make a chroot'
[ "$(uname -m)" = x86_64 ] || skip 'this machine does not run programs for x64'
need linux
need wine10
apart 20 true 2>/dev/null || skip 'this system lets nobody have mounts of his own'

if [ ! -e "$root/made" ]; then
  say "making a chroot of Debian sid with Wine: $root"
  remove_root
  if ! make_root >build/wine10.log 2>&1; then
    remove_root
    skip 'Debian sid could not be had with Wine, see build/wine10.log'
  fi
fi
mkdir -p "$results"
version=$(in_root 60 "$root/tmp" wine --version)
say "testing under $version"
for preset in mingw mingw32; do
  bits=x64
  [ $preset = mingw ] || bits=x86
  build_preset $preset
  run "wine10-$bits" $preset skt_tests skt_codes_tests
  run "wine10-$bits-fake" $preset skt_fake_tests
done

say "summary, $version"
printf '    %s\n' "${lines[@]}"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
