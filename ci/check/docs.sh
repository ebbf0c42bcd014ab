#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/check/docs.sh [linux] [windows]
# Make the manual from include/skt.h and check it, compile the programs of
# README.md, include/skt.h and docs/guide.md, and run those of the guide, on both
# systems unless one is named, Windows under Wine. Installs what is missing.
# (ci/run/programs.sh runs all of them with peers that misbehave.)
#
# Exit code: 0 all passed, 1 something failed, 2 wrong arguments.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly out=$PWD/build/docs prefix=$PWD/build/docs/prefix
readonly guide=docs/guide.md
passed=0 failed=0

# check WHAT COMMAND...: run it, and show what it said if it fails.
check() {
  local status=0 word=ok
  set +e
  (set -euo pipefail; "${@:2}") >"$out/said" 2>&1 </dev/null
  status=$?
  set -e
  if [ $status -eq 0 ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1)) word=FAILED
  fi
  printf '%-66s %s\n' "$1" "$word"
  [ $status -eq 0 ] || tail -n 30 "$out/said"
}

#
# The manual
#

build_manual() {
  bounded 120 cmake -G Ninja -S . -B "$out/build" -DSKT_DOCS=ON -DSKT_TESTS=OFF \
    -DSKT_EXAMPLES=OFF "-DCMAKE_INSTALL_PREFIX=$prefix"
  bounded 300 cmake --build "$out/build" --target docs
  bounded 60 cmake -DCMAKE_INSTALL_PREFIX="$prefix" \
    -P "$out/build/docs/cmake_install.cmake"
}

names_of_header() {
  sed -n '/^SKT_API/s/.*\(skt_[a-z0-9_]*\)(.*/\1/p' include/skt.h
}

# What a terminal shows: without what is overprinted.
plain() { sed 's/.\x08//g'; }

# By the index that makewhatis makes, as on a system.
pages_are_there() {
  local name
  cp -r "$prefix/share/man" "$out/man"
  PATH=$PATH:/usr/sbin makewhatis "$out/man"
  for name in skt $(names_of_header); do
    mman -M "$out/man" 3 "$name" | plain >"$out/page"
    if ! grep -q "^ *$name . [^ ]" "$out/page"; then
      echo "no page of $name"
      exit 1
    fi
  done
}

# References between our pages, which lint looks for in the system only.
references_are_there() {
  local name
  sed -n 's/^[.]Xr \([^ ]*\) 3.*/\1/p' "$prefix"/share/man/man3/* |
    sort -u >"$out/references"
  while read -r name; do
    [ -e "$prefix/share/man/man3/$name.3" ] || { echo "no page $name"; exit 1; }
  done <"$out/references"
}

pages_are_clean() {
  local said
  said=$(mandoc -T lint "$prefix"/share/man/man3/*.3 |
    grep -v 'STYLE: referenced manual not found: Xr skt' || true)
  echo "$said"
  [ -z "$said" ]
}

fits_a_terminal() {
  local page
  for page in "$prefix"/share/man/man3/skt_*.3; do
    mandoc -T ascii "$page" | plain | awk -v page="$page" '
      length > 80 { print page ": " $0; wide = 1 } END { exit wide }'
  done
}

# The targets that links into the folder can have, and those that they have.
html_targets() {
  ls
  grep -oE ' id="[^"]*"' ./*.html | sed 's/^..//; s/: id="/#/; s/"$//'
}
html_links() {
  grep -oE 'href="[^"]*"' ./*.html | sed -E 's/^..//; s/"$//
    s/:href="#/#/; s/^[^#]*:href="//'
}

# The first page leads to every function and to the guide, and no link leads
# nowhere.
html_is_whole() {
  local name names lost
  names=$(names_of_header | sed 's/$/.3/')
  cd "$prefix/share/doc/skt/html"
  for name in skt.3 $names guide; do
    grep -q "href=\"$name.html\"" index.html || { echo "no $name"; exit 1; }
  done
  lost=$(comm -23 <(html_links | sort -u) <(html_targets | sort -u))
  echo "$lost"
  [ -z "$lost" ]
}

nothing_else_installed() {
  find "$prefix" -type f | sed "s,^$prefix/,," |
    grep -v '^share/man/man3/skt[a-z0-9_]*[.]3$\|^share/doc/skt/html/' && exit 1
  ! grep -rlF "$PWD" "$prefix"
}

# refused SED TEXT: the header changed so is refused, and the message says TEXT.
refused() {
  mkdir -p "$out/refused"
  sed "$1" include/skt.h >"$out/refused/skt.h"
  ! cmp -s include/skt.h "$out/refused/skt.h" || { echo 'no change'; exit 1; }
  if awk -v out="$out/refused" -v date=today -f docs/header.awk \
    -f docs/mdoc.awk "$out/refused/skt.h" 2>"$out/refused/said"; then
    echo 'it was not refused'
    exit 1
  fi
  cat "$out/refused/said"
  grep -q "skt.h:[0-9]*: $2" "$out/refused/said"
}

#
# The guide
#

# Each block of C is a program or a quotation.
blocks_are_marked() {
  awk '/^```c$/ && last !~ /^<!-- (program|excerpt): / {
      print FILENAME ":" FNR ": neither a program nor an excerpt"; bad = 1 }
    { last = $0 } END { exit bad }' $guide
}

# Quotations are what the files say.
excerpts_are_true() {
  awk '
    /^<!-- excerpt: / { file = $3; at = FNR; next }
    file != "" && /^```c$/ { text = ""; inside = 1; next }
    inside && /^```$/ {
      whole = ""
      while ((getline row < file) > 0) whole = whole row "\n"
      close(file)
      if (text == "" || index(whole, text) == 0) {
        print FILENAME ":" at ": " file " does not say this"; bad = 1 }
      inside = 0; file = "" }
    inside { text = text $0 "\n" }
    END { exit bad }' $guide
}

functions_of() { sed -n 's/^static .*[ *]\([a-z_]*\)(.*/\1/p' "$1" | sort; }

# counts BEFORE AFTER: the table that the guide must have, of what vanished by
# moving a program of examples/moving to skt.
counts() {
  local b=examples/moving/$1 a=examples/moving/$2
  local choices='^ *# *(if|ifdef|ifndef|elif|else|endif)'
  echo "| | $1 | $2 |"
  echo '| --- | --- | --- |'
  echo "| lines | $(wc -l <$b) | $(wc -l <$a) |"
  echo "| lines of the preprocessor for one system or the other | $(
    grep -cE "$choices" $b) | $(grep -cE "$choices" $a || true) |"
  echo "| headers | $(grep -c '^#include' $b) | $(grep -c '^#include' $a) |"
  echo "| functions | $(functions_of $b | wc -l) | $(functions_of $a | wc -l) |"
  echo
  echo "Gone are $(comm -23 <(functions_of $b) <(functions_of $a) | sed 's/.*/*&*/' |
    paste -sd ' ' | sed 's/ /, /g; s/, \([*][a-z_]*[*]\)$/ and \1/')."
}

# Behind each mark that names two programs. There are two such tables.
counts_are_true() {
  local before after n=0
  while read -r before after; do
    counts "$before" "$after" >"$out/counts"
    awk -v mark="<!-- counts: $before $after -->" '$0 == mark { on = 1; next }
      on && /^<!-- end -->$/ { exit } on' $guide | diff - "$out/counts"
    n=$((n + 1))
  done < <(sed -n 's/^<!-- counts: \(.*\) -->$/\1/p' $guide)
  [ $n -eq 2 ]
}

# for_linux, for_windows: how to compile, and how to run.
for_linux() {
  exe='' runner=()
  cc=(gcc -D_DEFAULT_SOURCE)
  libraries=(build/dev/libskt.a)
}
for_windows() {
  exe=.exe runner=(ci/run/wine.sh)
  cc=(x86_64-w64-mingw32-gcc-posix -static)
  libraries=(build/mingw/libskt.a -lws2_32 -liphlpapi)
}

compile() {
  mkdir -p "$out/$system"
  program "$1" >"$out/$system/$1.c"
  "${cc[@]}" -std=c11 -O2 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror \
    -Iinclude "$out/$system/$1.c" -o "$out/$system/$1$exe" "${libraries[@]}"
}

run() { "${runner[@]}" "$out/$system/$1$exe" "${@:2}"; }

# start SERVER ADDRESS: set `server`, a process, and `address`.
start() {
  local deadline=$((SECONDS + 60))
  : >"$out/server.out" # what the last one said
  timeout -k 5 120 "${runner[@]}" "$out/$system/$1$exe" "$2" \
    </dev/null >"$out/server.out" 2>&1 &
  server=$!
  until grep -q listening "$out/server.out"; do
    if [ $SECONDS -ge $deadline ] || ! kill -0 "$server"; then
      cat "$out/server.out"
      exit 1
    fi
    sleep 0.05
  done
  address=$(tr -d '\r' <"$out/server.out" | sed -n 's/^listening on //p')
}

stop() {
  kill "$server" 2>/dev/null || true
  wait "$server" || true
}

# Three clients, one after another.
served_by() {
  local n said
  start "$1" 127.0.0.1:0
  for n in one two three; do
    said=$(run client "$address" "$n for $1" | tr -d '\r') || true
    echo "$said"
    [ "$said" = "$n for $1" ] || { stop; exit 1; }
  done
  stop
}

connects_to_name() {
  local status=0
  start server 127.0.0.1:0
  run names 127.0.0.1 "${address##*:}" | grep connected || status=1
  run names localhost "${address##*:}" | grep connected || status=1
  stop
  return $status
}

systems=("$@")
[ $# -gt 0 ] || systems=(linux windows)
for system in "${systems[@]}"; do
  case $system in
    linux | windows) ;;
    *)
      echo 'usage: ci/check/docs.sh [linux] [windows]' >&2
      exit 2
      ;;
  esac
done

trap 'stop_programs; stop_wine' EXIT
need linux
need docs
rm -rf "$out"
mkdir -p "$out"

say 'the manual'
check 'man pages and HTML are made from skt.h' build_manual
check 'every function has a man page' pages_are_there
check 'mandoc finds nothing to complain about' pages_are_clean
check 'the pages that man pages refer to are there' references_are_there
check 'man pages fit a terminal of 80 columns' fits_a_terminal
check 'every function is in the HTML, and every link leads somewhere' \
  html_is_whole
check 'nothing else is installed, and nothing names the build folder' \
  nothing_else_installed
check 'a function without a comment is refused' refused \
  '/^\/\*\* Let peers connect/s/\*\*/*/' 'not documented'
check 'an unknown field is refused' refused 's/^ \* Blocks   never/ * Waits    never/' \
  'a field without a meaning'
check 'an argument that the function has not is refused' refused \
  's/^ \*   backlog  how/ *   queue    how/' 'skt_listen has no argument queue'

say 'the guide'
check 'every block of C is a program or an excerpt' blocks_are_marked
check 'excerpts are what the files say' excerpts_are_true
check 'the tables of what vanished are true' counts_are_true
for system in "${systems[@]}"; do
  case $system in
    linux) build_preset dev ;;
    windows)
      need windows
      build_preset mingw
      start_wine
      ;;
  esac
  "for_$system"
  for name in $(programs); do
    check "$system: $name compiles" compile "$name"
  done
  check "$system: client meets server" served_by server
  check "$system: client meets poller" served_by poller
  check "$system: names connects" connects_to_name
done

echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
