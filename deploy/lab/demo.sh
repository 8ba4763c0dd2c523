#!/bin/bash
# The whole story on one machine: two VPCs peered, proven, broken in every way we know, repaired, and removed without a trace.
#   deploy/lab/demo.sh                runs it and takes everything down again
#   deploy/lab/demo.sh --kubernetes   the same, told with kubectl on a real node: the image, the deployment, the object
#   deploy/lab/demo.sh --keep         leaves it running and says how to look around (`deploy/lab/lab down` ends it)
#   --monitoring                      with a Prometheus that scrapes it meanwhile, and a check that dashboard and alerts find their data there
# Ends in "demo: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
work=$VPCP_LAB_DIR/run-demo
bin=${VPCP_BIN:-$root/build/release/bin}
keep= kubernetes= monitoring=
for argument in "$@"; do
  case $argument in
    --keep) keep=1 ;;
    --kubernetes) kubernetes=1 ;;
    --monitoring) monitoring=1 ;;
    *) sed -n '2,7s/^# //p' "$0" >&2; exit 2 ;;
  esac
done
[ -z "$kubernetes" ] || [ -z "$monitoring" ] || { echo "demo: --monitoring is told without Kubernetes" >&2; exit 2; }
# shellcheck source=deploy/lab/story.sh
. "$here/story.sh"
# shellcheck source=deploy/lab/scenes.sh
. "$here/scenes.sh"
if [ -n "$kubernetes" ]; then
  work=$VPCP_LAB_DIR/run-demo-kubernetes
  # shellcheck source=deploy/lab/kubernetes/scenes.sh
  . "$here/kubernetes/scenes.sh"
fi

"$here/preflight.sh" ${kubernetes:+--node}
hold_machine 0
echo "VPC peering on this machine: Amsterdam and Bangalore, 72 ms apart each way."
prepare_machine
[ -z "$kubernetes" ] || prepare_kubernetes

finish() { [ -n "$keep" ] && [ "${story_told:-}" = 1 ] || stop_everything; }
at_the_end finish

scene_start
scene_ready
[ -z "$kubernetes" ] || scene_shown
scene_proofs
scene_drift
[ -z "$monitoring" ] || scene_monitoring
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
