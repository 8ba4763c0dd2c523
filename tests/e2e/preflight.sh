#!/bin/bash
# deploy/lab/preflight.sh on a machine that is full in one place after the other: a small file system is mounted over each, in a namespace of
# its own. One sentence that names the place, and 2; without VPCP_BIN it asks for the room of a build too.
set -euo pipefail
root=$(readlink -f "$(dirname "$(readlink -f "$0")")/../..")
lab=$(mktemp -d /var/tmp/vpcp-preflight.XXXXXX)
trap 'rmdir "$lab"' EXIT
failed=0

# with_full FOLDER COMMAND...: with 8 MB free there
with_full() {
  # shellcheck disable=SC2016
  unshare --mount --propagation private sh -c 'mount -t tmpfs -o size=8m none "$1" && shift && exec "$@"' sh "$@"
}
# says TEXT COMMAND...: fails with 2 and this one sentence; an empty TEXT: nothing is missing
says() {
  local wanted=$1 said status=0
  shift
  said=$("$@" 2>&1) || status=$?
  if [ -z "$wanted" ] && [ $status = 0 ] && [ -z "$said" ]; then return; fi
  if [ -n "$wanted" ] && [ $status = 2 ] && [ "$said" = "This machine cannot run the lab: it needs $wanted." ]; then return; fi
  echo "preflight: expected '$wanted', got $status: $said"
  failed=1
}
preflight() { # BIN [FOLDER-THAT-IS-FULL]
  local bin=$1 full=("${@:2}")
  local run=(env VPCP_LAB_DIR="$lab" VPCP_BIN="$bin" "$root/deploy/lab/preflight.sh")
  if [ ${#full[@]} = 0 ]; then "${run[@]}"; else with_full "${full[0]}" "${run[@]}"; fi
}
mkdir -p "$root/build"
says "" preflight built
says "" preflight ""
says "1024 MB of free disk for $lab, and there are 8" preflight built "$lab"
says "32 MB of free disk for /tmp, and there are 8" preflight built /tmp
says "16 MB of free disk for $root/build/reports, and there are 8" preflight built "$root/build"
says "656 MB of free disk for $root/build/reports, $root/build, and there are 8" preflight "" "$root/build"
[ $failed = 0 ] && echo "preflight: each place is asked"
exit $failed
