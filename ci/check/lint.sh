#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/check/lint.sh
# Check the layout of the sources, the scripts of ci, and the workflow
# of the hosted CI, which must call scripts that are there. Installs what is
# missing.
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
check 'clang-format: the sources' sources_are_laid_out
check 'shellcheck: the scripts' scripts_are_clean
check "yamllint: $workflow" workflow_is_clean
check 'shellcheck: the steps of the workflow' steps_are_clean
check 'the workflow calls scripts that are there' called_scripts_are_there
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
