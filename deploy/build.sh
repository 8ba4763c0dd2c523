#!/bin/bash
# Configures and builds a preset of CMakePresets.json: deploy/build.sh [release|asan|tsan] [TARGET...]
set -euo pipefail
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/..")
preset=${1:-release}
[ $# -eq 0 ] || shift
cd "$root"
cmake --preset "$preset" > /dev/null
exec cmake --build --preset "$preset" ${1:+--target "$@"}
