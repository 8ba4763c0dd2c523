#!/bin/bash
# Builds the Debian package, for the Debian release and architecture that it runs on; prints its path.
set -euo pipefail
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
"$root/deploy/install.sh" build package >&2
"$root/deploy/build.sh" release vpc-peering-controller vpcpctl >&2
cd "$root/build/release"
rm -rf package
cpack --config CPackConfig.cmake > package.log 2>&1 || { tail -n 15 package.log >&2; exit 1; }
readlink -f package/*.deb
