#!/bin/bash
# The whole story on one machine: two VPCs peered, proven, broken in every way we know, repaired, and removed without a trace.
#   deploy/lab/demo.sh          runs it and takes everything down again
#   deploy/lab/demo.sh --keep   leaves it running and says how to look around (`deploy/lab/lab down` ends it)
# Ends in "demo: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
work=$VPCP_LAB_DIR/run-demo
bin=${VPCP_BIN:-$root/build/release/bin}
keep=
case ${1:-} in
  --keep) keep=1 ;;
  '') ;;
  *) sed -n '2,5s/^# //p' "$0" >&2; exit 2 ;;
esac
# shellcheck source=deploy/lab/story.sh
. "$here/story.sh"

"$here/preflight.sh"
mkdir -p "$VPCP_LAB_DIR"
exec 8> "$VPCP_LAB_DIR/demo.lock"
flock -n 8 || { echo "Another demo is running on this machine; wait for it, or end it." >&2; exit 2; }
echo "VPC peering on this machine: Amsterdam and Bangalore, 72 ms apart each way."
progress "Packages" "$root/deploy/install.sh" build lab
"$here/preflight.sh"  # again: now with the tools that look deeper
[ -n "${VPCP_BIN:-}" ] || progress "Build" "$root/deploy/build.sh" release
progress "Host image" "$here/image.sh"
image=$("$here/image.sh" --path)
progress "Cleaning up what an earlier run left" "$here/cleanup.sh"

# shellcheck source=deploy/lab/scenes.sh
. "$here/scenes.sh"

finish() {
  local status=$?
  trap - EXIT INT TERM
  if [ -n "$keep" ] && [ "${story_told:-}" = 1 ]; then exit $status; fi
  stop_everything
  exit $status
}
trap finish EXIT
trap 'exit 130' INT TERM

scene_start
scene_ready
scene_proofs
scene_drift
scene_reboots
scene_next_steps
if [ -n "$keep" ]; then
  story_told=1
  scene_keep
else
  scene_removal
fi
printf '\ndemo: %d checks passed, %d failed\n' "$checks_passed" "$checks_failed"
[ "$checks_failed" = 0 ]
