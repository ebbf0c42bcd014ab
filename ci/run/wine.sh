#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# usage: ci/run/wine.sh PROGRAM [ARGUMENT...]
# Run a Windows program in a Wine of our own: no window, no question, no noise.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." >/dev/null && pwd)
export WINEPREFIX=${WINEPREFIX:-$root/build/wine}
export WINEDEBUG=${WINEDEBUG:--all} WINEDLLOVERRIDES='mscoree,mshtml='
export XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-$WINEPREFIX} # Wine 10 asks for one
unset DISPLAY WAYLAND_DISPLAY
mkdir -p "$WINEPREFIX"
exec wine "$@"
