#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/check/layers.sh [LIBRARY.a ...]
# The rules of the sources that layers.py proves. Installs Python if it is
# missing. Exit code: 0 no rule is broken.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need python
exec python3 ci/check/layers.py "$@"
