# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2086
# What the scripts of this folder share. It is sourced by bash, goes to the root
# of the repository, and expects `set -euo pipefail`.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
mkdir -p build

say() { printf '==> %s\n' "$*"; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# bounded SECONDS COMMAND...: run a command for no longer than that. Bash waits
# for it in the background, because only so a signal to the script is heeded at
# once; and `timeout` hands signals on to all that the command has started.
bounded() {
  timeout -k 5 "$1" "${@:2}" </dev/null &
  wait "$!"
}

# End what `bounded`, or a `timeout ... &`, has left running; for an EXIT trap.
# They take their children with them.
stop_programs() {
  local running
  running=$(jobs -pr)
  if [ -n "$running" ]; then
    kill $running 2>/dev/null || true
    wait $running 2>/dev/null || true
  fi
}

# quietly LOG COMMAND...: keep the output in LOG, and show it only on failure.
quietly() {
  local log=$1
  shift
  if ! "$@" >"$log" 2>&1; then
    tail -n 60 "$log" >&2
    die "this failed, its whole output is in $log: $*"
  fi
}

#
# Packages
#

# lacks PACKAGE PROBE: print the package unless the probe, a command or an
# absolute path, is there.
lacks() {
  case $2 in
    /*) [ -e "$2" ] ;;
    *) command -v "$2" >/dev/null ;;
  esac || echo "$1"
}

# Wine's command is there without its other half too, but then does not work.
lacks_wine() {
  WINEDEBUG=-all wine --version >/dev/null 2>&1 || echo wine wine64
}

# cross_library PREFIX: the package of the C library for that cross compiler.
cross_library() {
  case $1 in
    aarch64-*) echo libc6-dev-arm64-cross ;;
    arm-*) echo libc6-dev-armhf-cross ;;
    powerpc64le-*) echo libc6-dev-ppc64el-cross ;;
    *) echo "libc6-dev-${1%%-*}-cross" ;;
  esac
}

missing_for() {
  case $1 in
    linux)
      lacks gcc gcc
      lacks g++ g++
      lacks libc6-dev /usr/include/stdio.h
      lacks make make
      lacks cmake cmake
      lacks ninja-build ninja
      lacks googletest /usr/src/googletest
      ;;
    windows)
      lacks g++-mingw-w64-x86-64-posix x86_64-w64-mingw32-g++-posix
      lacks_wine
      ;;
    wine10)
      lacks g++-mingw-w64-x86-64-posix x86_64-w64-mingw32-g++-posix
      lacks g++-mingw-w64-i686-posix i686-w64-mingw32-g++-posix
      lacks debootstrap debootstrap
      lacks util-linux unshare
      ;;
    python) lacks python3 python3 ;;
    netcat) lacks netcat-openbsd nc.openbsd ;;
    musl) lacks musl-tools musl-gcc ;;
    names)
      lacks dnsmasq-base dnsmasq
      lacks iproute2 ip
      lacks util-linux unshare
      ;;
    dig) lacks bind9-dnsutils dig ;;
    i386) # not gcc-multilib, which bears no cross compiler beside it
      lacks "gcc-$(gcc -dumpversion)-multilib" \
        "$(gcc -print-file-name=32/libgcc.a)"
      ;;
    consumers)
      lacks git git
      lacks pkgconf pkgconf
      lacks abigail-tools abidiff
      lacks clang clang
      lacks binutils readelf
      ;;
    costs)
      lacks strace strace
      lacks valgrind valgrind
      lacks binutils size
      lacks iproute2 ip
      lacks util-linux unshare
      ;;
    docs) # to make the manual
      lacks lowdown lowdown
      lacks mandoc mman
      ;;
    lint) # to check sources, with Windows' headers too, and scripts
      missing_for python
      lacks git git
      lacks gcc gcc
      lacks libc6-dev /usr/include/stdio.h
      lacks clang-format clang-format
      lacks clang-tidy clang-tidy
      lacks mingw-w64-x86-64-dev /usr/x86_64-w64-mingw32/include/winsock2.h
      lacks shellcheck shellcheck
      lacks yamllint yamllint
      ;;
    clang) # to compile for systems that are not at hand
      lacks clang clang
      lacks g++-mingw-w64-x86-64-posix x86_64-w64-mingw32-g++-posix
      ;;
    cross_*) # a compiler and its C library
      lacks "gcc-${1#cross_}" "${1#cross_}-gcc"
      lacks "$(cross_library "${1#cross_}")" "/usr/${1#cross_}/lib/libc.a"
      ;;
    qemu) lacks qemu-user qemu-arm ;;
    new_clang) lacks clang-19 clang-19 ;;
    uml)
      lacks user-mode-linux linux.uml
      lacks kmod modprobe
      lacks iproute2 ip
      ;;
    http)
      lacks curl curl
      lacks wrk wrk
      ;;
    workers)
      lacks procps pgrep
      lacks strace strace
      lacks iproute2 ip
      lacks util-linux unshare
      lacks systemd /usr/bin/systemd-socket-activate
      ;;
    loops)
      lacks libuv1-dev /usr/include/uv.h
      lacks libevent-dev /usr/include/event2/event.h
      lacks libev-dev /usr/include/ev.h
      lacks libasio-dev /usr/include/asio.hpp
      ;;
    *) die "need: nothing is known of $1" ;;
  esac
}

update_and_install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -o DPkg::Lock::Timeout=300 update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -q -y -o DPkg::Lock::Timeout=300 install \
      --no-install-recommends --no-remove "$@"
}

install_packages() {
  local as_root=()
  if ! command -v apt-get >/dev/null; then
    die "please install these packages, there is no apt-get to do it: $*"
  fi
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      die "please install as root: apt-get install --no-install-recommends $*"
    fi
    as_root=(sudo)
  fi
  say "installing: $*"
  quietly build/apt-get.log update_and_install "$@"
}

# need WHAT: install what one of the words of missing_for takes.
need() {
  local packages
  packages=$(missing_for "$1")
  if [ -n "$packages" ]; then
    install_packages $packages
    hash -r
    packages=$(missing_for "$1")
    [ -z "$packages" ] || die "installed, but still not found:" $packages
  fi
}

#
# Building
#

configure_and_build() {
  bounded 600 cmake --preset "$1" && bounded 1800 cmake --build --preset "$1"
}

# build_preset NAME: one of CMakePresets.json, into build/NAME.
build_preset() {
  say "building: $1"
  quietly "build/$1.log" configure_and_build "$1"
}

#
# The programs of the documentation
#

# programs: their names. `readme` stands in README.md, serve_one and say_hello
# stand in the head of skt.h, the others in docs/guide.md.
programs() {
  sed -n 's/^<!-- program: \(.*\) -->$/\1/p' docs/guide.md
  echo readme serve_one say_hello | tr ' ' '\n'
}

# program NAME: print its source.
program() {
  case $1 in
    readme) awk '/^```c$/ { on = 1; next } on && /^```$/ { exit } on' README.md ;;
    serve_one | say_hello)
      printf '#include <skt.h>\n#include <stdio.h>\n'
      awk -v first=" *   int $1(void) {" '
        $0 == first { on = 1 }
        on { print substr($0, 6) }
        on && $0 == " *   }" { exit }' include/skt.h
      printf 'int main(void) {\n  int rc = %s();\n' "$1"
      printf '  fprintf(stderr, "%%s\\n", skt_strerror(rc));\n  return rc < 0;\n}\n'
      ;;
    *)
      awk -v mark="<!-- program: $1 -->" '
        $0 == mark { found = 1; next }
        found && /^```c$/ { inside = 1; next }
        inside && /^```$/ { exit }
        inside' docs/guide.md
      ;;
  esac
}

#
# Wine
#
# Its server is started apart and kept, so that a program starts in a fraction
# of a second. It must not inherit our output: who reads that through a pipe
# would wait for the server to end.
#

wineserver() {
  local server
  for server in "$(type -P wineserver)" /usr/lib/wine/wineserver \
    /usr/lib/x86_64-linux-gnu/wine/wineserver; do
    if [ -x "$server" ]; then
      timeout -k 5 20 "$server" "$@" </dev/null >/dev/null 2>&1
      return
    fi
  done
  die "Wine is here, but its wineserver is not"
}

# It ends by itself ten minutes after the last program, should nobody stop it.
# One that runs already is about to end, or somebody else's and left alone.
start_wine() {
  export WINEPREFIX=${WINEPREFIX:-$PWD/build/wine}
  say "starting Wine in $WINEPREFIX"
  mkdir -p "$WINEPREFIX"
  if wineserver -p600 || { wineserver -w && wineserver -p600; }; then
    wine_is_ours=yes
  fi
  quietly build/wine.log bounded 180 ci/run/wine.sh cmd /c exit 0
}

# Stop the Wine of our prefix and no other; for an EXIT trap.
stop_wine() {
  if [ "${wine_is_ours:-no}" = yes ]; then
    wine_is_ours=no
    wineserver -k || true
    wineserver -w || true
  fi
}
