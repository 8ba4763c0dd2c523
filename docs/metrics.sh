#!/bin/bash
# Makes docs/metrics.md anew from the list of metrics in the code: docs/metrics.sh [BUILD-DIRECTORY]
set -euo pipefail
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/..")
build=${1:-$root/build/release}
cmake --build "$build" --target prometheus_test > /dev/null
VPCP_UPDATE_DOCS=1 "$(find "$build" -name prometheus_test -type f -perm -u+x | head -n 1)" --gtest_filter='MetricsDoc.*' --gtest_brief=1
