#!/bin/bash
# Three regions on real hosts: a hub with spokes that becomes a full mesh, a VPC and a server that were there before, a
# peering that is suspended, a system that is not supported, a refused API key, a controller that is killed again and again,
# and both ways to end.
#   tests/e2e/topologies.sh     VPCP_BIN: folder of the programs; without it they are built
# Ends in "topologies: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
work=$VPCP_LAB_DIR/run-topologies
bin=${VPCP_BIN:-$root/build/release/bin}
lab_regions="ams blr fra"
object=network.three
# shellcheck source=deploy/lab/story.sh
. "$root/deploy/lab/story.sh"
# shellcheck source=deploy/lab/running.sh
. "$root/deploy/lab/running.sh"
# shellcheck source=tests/e2e/topologies_scenes.sh
. "$here/topologies_scenes.sh"

"$root/deploy/lab/preflight.sh"
hold_machine 1200
echo "Three regions on this machine: Amsterdam, Bangalore and Frankfurt, 72 ms apart each way."
prepare_machine

at_the_end stop_everything

scene_start
scene_hub_and_spoke
scene_full_mesh
scene_reboots_of_adopted
scene_suspended
scene_unsupported_system
scene_killed
scene_retained
scene_deleted
printf '\ntopologies: %d checks passed, %d failed\n' "$checks_passed" "$checks_failed"
[ "$checks_failed" = 0 ]
