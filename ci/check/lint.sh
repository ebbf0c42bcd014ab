#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/check/lint.sh
# Check the layout of the sources and what clang-tidy finds in them, the scripts
# of ci, the workflow of the hosted CI, which must call scripts that are there,
# and that each rule of layers.sh can fail. Installs what is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

readonly workflow=.github/workflows/ci.yml
passed=0 failed=0

check() {
  if "${@:2}"; then
    passed=$((passed + 1))
    printf '%-50s ok\n' "$1"
  else
    failed=$((failed + 1))
    printf '%-50s FAILED\n' "$1"
  fi
}

sources_are_laid_out() {
  git ls-files '*.c' '*.h' '*.cc' | xargs clang-format -n -Werror
}

# tidy FLAGS FILE...: what .clang-tidy lists. The pollers over kqueue need a
# header that Linux lacks.
tidy() {
  printf '%s\n' "${@:2}" | grep -v kqueue |
    xargs -P "$(nproc)" -n 4 bash -c \
      'clang-tidy --quiet "${@:2}" -- -Iinclude -Isrc $1 2>&1' _ "$1" |
    sed '/warnings* generated[.]$/d'
}

sources_are_tidy() { tidy -std=c11 src/*.c src/names/*.c src/posix/*.c; }
windows_is_tidy() {
  tidy --target=x86_64-w64-mingw32 src/win32/*.c tests/win32/*.c examples/spawn_win32.c
}
programs=(examples/*.c) # but what is Windows' alone, an empty name for xargs
users_are_tidy() { # before.c and sender_before.c are written without skt, to be compared with
  tidy '-DSKT__FAKE -DSKT_TEST_HEADER="" -DSKT_TEST_LIST="codes_list.h"' tests/*.c tests/posix/*.c \
    "${programs[@]/*spawn_win32.c/}" examples/moving/after.c examples/moving/sender_after.c
}

scripts_are_clean() { shellcheck -x -P ci -P ci/run -P ci/check -P ci/measure -S warning ci/*.sh ci/*/*.sh ci/*/*/*.sh docs/*.sh; }

workflow_is_clean() {
  yamllint --strict -d \
    '{extends: default, rules: {document-start: disable, truthy: disable}}' \
    $workflow
}

# steps: the shell's part of the workflow, a line each.
steps() { sed -n 's/^ *\(- \)\{0,1\}run: //p' $workflow; }

called_scripts_are_there() {
  local script bad=0
  for script in $(steps | grep -o 'ci/[a-z/]*[.]sh' | sort -u); do
    [ -x "$script" ] || { echo "$workflow: $script is not there" && bad=1; }
  done
  [ $bad -eq 0 ]
}

# What stands for a value of the matrix is a word to shellcheck.
steps_are_clean() {
  { echo '#!/bin/bash' && steps | sed 's/[$]{{[^}]*}}/word/'; } |
    shellcheck -
}

need lint
# Beside the others, for it has one thing to do at a time.
ci/check/layers_test.sh >build/layers_test.log 2>&1 &
layers_test=$!
each_rule_is_found() {
  local status=0
  wait $layers_test || status=$?
  cat build/layers_test.log
  return $status
}
check 'clang-format: the sources' sources_are_laid_out
check 'clang-tidy: the library' sources_are_tidy
check 'clang-tidy: the library on Windows' windows_is_tidy
check 'clang-tidy: tests and examples' users_are_tidy
check 'shellcheck: the scripts' scripts_are_clean
check "yamllint: $workflow" workflow_is_clean
check 'shellcheck: the steps of the workflow' steps_are_clean
check 'the workflow calls scripts that are there' called_scripts_are_there
check 'each rule, broken, is found' each_rule_is_found
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
