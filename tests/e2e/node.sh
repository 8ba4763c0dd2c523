#!/bin/bash
# The controller on a real Kubernetes node with real hosts: killed in the middle of a creation, rolled out anew under a steady ping, out of
# memory, with its namespace deleted; every command on a host tells under which reign it was sent.
#   tests/e2e/node.sh     VPCP_BIN: folder of the programs; without it they are built
# Ends in "node: N checks passed, M failed"; exit code 0 only for M = 0, 2 when the machine cannot run it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
export VPCP_LAB_DIR=${VPCP_LAB_DIR:-/var/lib/vpcp-lab}
work=$VPCP_LAB_DIR/run-node
bin=${VPCP_BIN:-$root/build/release/bin}
here=$root/deploy/lab
# shellcheck source=deploy/lab/story.sh
. "$here/story.sh"
# shellcheck source=deploy/lab/scenes.sh
. "$here/scenes.sh"
# shellcheck source=deploy/lab/kubernetes/scenes.sh
. "$here/kubernetes/scenes.sh"
# shellcheck source=tests/e2e/node_scenes.sh
. "$root/tests/e2e/node_scenes.sh"

"$here/preflight.sh"
hold_machine 1200
echo "The controller on a Kubernetes node, peering Amsterdam and Bangalore."
prepare_machine
prepare_kubernetes

at_the_end stop_everything

scene_start
scene_killed_while_creating
scene_ready
scene_rollout
scene_tcp_dropped
scene_out_of_memory
scene_reigns_on_hosts
scene_namespace_deleted
printf '\nnode: %d checks passed, %d failed\n' "$checks_passed" "$checks_failed"
[ "$checks_failed" = 0 ]
