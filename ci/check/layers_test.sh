#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/check/layers_test.sh
# Break each rule of layers.sh in a copy of the sources, and those that the
# compiler, clang-tidy and a test keep: the check must fail, for that reason
# and no other. Needs what `need lint` installs.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly origin=$PWD/build/layers_test/origin copy=$PWD/build/layers_test/copy
passed=0 failed=0

report() { # WORD TEXT
  printf '%-4s %s\n' "$1" "$2"
  if [ "$1" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# changed COMMAND: a new copy of the sources, in which it has run.
changed() {
  rm -rf "$copy"
  cp -r "$origin" "$copy"
  (cd "$copy" && eval "$1")
}

# breaks RULE WHAT COMMAND [LIBRARY]: only the rule that has this text is
# broken then; RULE "nothing" is for what is allowed.
breaks() {
  local said
  changed "$3"
  said=$(cd "$copy" && ci/check/layers.sh "${@:4}" | sed -n 's/^FAIL //p') || true
  case "$1:$said" in
    nothing: | *:*"$1"*) [ "$(wc -l <<<"$said")" -eq 1 ] && report ok "$1: $2" && return ;;
  esac
  report FAIL "$1: $2, but broken is: ${said:-nothing}"
}

# refused CHECK WHAT REASON COMMAND: the check, a function, succeeds before the
# command, and after it fails with this reason.
refused() {
  local before=0 said
  (cd "$origin" && "$1") >/dev/null 2>&1 || before=$?
  changed "$4"
  if said=$(cd "$copy" && "$1" 2>&1) || [[ $before -ne 0 || $said != *"$3"* ]]; then
    report FAIL "${1//_/ }: $2, but before was $before, and then: $said"
  else
    report ok "${1//_/ }: $2"
  fi
}

gcc_compiles() {
  local file
  for file in src/*.c src/names/*.c; do gcc -std=c11 -Iinclude -Isrc -fsyntax-only "$file" || return; done
}
gcc_compiles_some() {
  local file
  for file in src/*.c src/names/*.c; do ! gcc -std=c11 -Iinclude -Isrc -fsyntax-only "$file" || return 0; done
  return 1
}
clang_tidy_finds_nothing() { clang-tidy --quiet src/io.c -- -std=c11 -Iinclude -Isrc; }
test_error_codes() {
  gcc -std=c11 -DSKT__FAKE -DSKT_TEST_HEADER='"include/skt.h"' -DSKT_TEST_LIST='"codes_list.h"' \
    -Iinclude -Isrc -o codes tests/test_error_codes.c tests/{no_child,main,runner}.c src/posix/names_error.c \
    tests/posix/{native_call,thread}.c src/error.c src/posix/error.c -lpthread && ./codes
}

# results TEST: what ci/test.sh leaves when only that one ran.
results() {
  mkdir -p build/results
  echo "<testcase name=\"$1\" classname=\"\" status=\"run\">" |
    tee build/results/linux.xml >build/results/linux-fake.xml
}

# first PATTERN COMMAND FILE: sed's command on the first line that matches.
first() { sed -i "0,/$1/{/$1/$2}" "$3"; }

rm -rf "$origin"
mkdir -p "$origin"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$origin"

breaks nothing 'the sources as they are' true
breaks nothing 'a system in a comment' 'echo "/* __linux__ */" >>src/io.c'
rule='two lines choose the system'
breaks "$rule" 'a third line' 'echo "#ifdef _WIN32" >>src/io.c'
breaks "$rule" 'the line is gone' 'sed -i "s/^#ifdef _WIN32/#if 0/" src/sys.h'
breaks "$rule" 'a system in a backend' 'echo "#ifdef __linux__" >>src/posix/io.c'
breaks "$rule" 'a second block of systems' 'echo -e "#ifdef __sun\n#endif" >>src/posix/os.h'
rule='tests have no #if'
breaks "$rule" 'a header of the system' 'echo "#include <sys/socket.h>" >>examples/echo_client.c'
breaks "$rule" 'a branch in a test' 'echo "#if 1" >>tests/test_io.c'
rule='a concern has one name'
breaks "$rule" 'another in a backend' 'touch src/posix/bytes.c'
breaks "$rule" 'another in the seam' 'touch src/sys_bytes.h'
breaks "$rule" 'another in a test' 'touch tests/test_fake_bytes.c'
breaks 'twin files share' 'one twin is a copy' 'cp src/posix/socket.c src/win32/socket.c'
rule='80 columns, files of src 300 lines'
breaks "$rule" '81 columns' 'printf "/* %75s */\n" "" >>tests/test_io.c'
breaks "$rule" '301 lines' 'printf "\n%.0s" {1..300} >>src/mode.c'
rule='the tests name every documented code'
breaks "$rule" 'a test in no list' 'echo "TEST(io, nothing) {}" >>tests/test_io.c'
breaks "$rule" 'a list names no test' 'echo "X(io, nothing)" >>tests/test_list.h'
breaks "$rule" 'a list names a test twice' 'tail -n 1 tests/test_list.h >>tests/fake_list.h'
breaks "$rule" 'a code in no test' 'echo "/* SKT_ENOWHERE */" >>include/skt.h'
rule='every documented difference names tests'
breaks "$rule" 'a name of no test' \
  'first "socket[.]" "s/\`socket[.]/\`sockets./" docs/differences.md'
breaks "$rule" 'a test that did not run' 'results socket.nothing'
breaks "$rule" 'a row without a test' 'first "^| [0-9]" "s/\`//g" docs/differences.md'
breaks "$rule" 'a row without a state' 'first "| kept |" "s/| kept |/| |/" docs/differences.md'
breaks "$rule" 'another state, not counted' \
  'first "| kept |" "s/| kept |/| narrowed |/" docs/differences.md'
breaks "skt.h brings in no header" 'a header of the system' \
  'sed -i "1i #include <errno.h>" include/skt.h'
breaks "the library's symbols begin with skt" 'a symbol of another name' \
  'echo "int other;" | gcc -c -x c -o a.o - && ar rc a.a a.o' a.a
breaks "the library's symbols begin with skt" 'no symbols' 'ar rc a.a' a.a

refused gcc_compiles 'a socket call in a shared source' 'poisoned "close"' \
  'echo "int skt__x(void) { return close(0); }" >>src/io.c'
refused gcc_compiles_some 'errno in each shared source' 'poisoned "errno"' \
  'for f in src/*.c src/names/*.c; do echo "int skt__x = errno;" >>$f; done'
refused clang_tidy_finds_nothing 'a function of 61 lines' 'readability-function-size' \
  '{ echo "int skt__x(void) {"; printf "\n%.0s" {1..60}; echo "return 0; }"; } >>src/io.c'
refused clang_tidy_finds_nothing 'a body without braces' 'readability-braces' \
  'sed -i "/^SKT__INLINED ptrdiff_t skt_read(/,/^}/s/^  return/  if (n == 0) return 0;\n&/" src/io.c'
refused test_error_codes 'a promise is gone' 'lack SKT_EPIPE' \
  'sed -i "/^ [*]  *SKT_EPIPE /d" include/skt.h'
refused test_error_codes 'a promise that nothing keeps' 'nothing gives, SKT_EAGAIN' \
  'first "[*] Errors   SKT_EIO" "s/SKT_EIO/SKT_EIO SKT_EAGAIN/" include/skt.h'
refused test_error_codes 'an event that no field promises' 'lack SKT_EPROTO' \
  'echo "SEEN(CLOSE, \"x\", 0, 0, SKT_EPROTO)" >>tests/native_codes.h'

rm -rf "$copy" "$origin"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
